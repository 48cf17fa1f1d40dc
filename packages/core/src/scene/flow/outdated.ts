/** Answers that a correction has outdated: choices that are not offered any more. Loaded with the first correction. */

import type { JsonObject } from '../../base/json.ts';
import { type ActiveFlow, text } from './active-flow.ts';
import { isChoice } from './answer.ts';
import { optionsOf } from './choices.ts';
import { redone } from './moves.ts';
import { questionAgain } from './pending.ts';
import type { PendingAsk } from './pending-question.ts';
import { isClosed, type Path, type Progress, readAt } from './progress.ts';
import { namedSteps, type Step } from './steps.ts';

/** The result of one look. */
interface Look {
  /** The progress without the outdated answer; `undefined` if none is outdated. */
  readonly progress: Progress | undefined;
  /** The number of the answer from which to look on; `undefined` if all have been compared. */
  readonly next: number | undefined;
}

/**
 * Deletes the first answer that its choices no longer contain, so that its question is asked again. In a repeat, the rounds after it are
 * deleted too.
 *
 * Answers of a list that is loaded page by page stay, because one page does not show the others. So do those that a schema or `validate`
 * may have converted, and those of rounds for which `after` has run.
 *
 * @param from - the number of the first answer to compare: later looks begin after the deleted answer, so that they end even if the choices change
 *   each time. Answers behind the pending question are compared when it has been answered
 */
export async function withoutOutdated(active: ActiveFlow, from: number): Promise<Look> {
  const { plan, run, progress } = active;
  let next: number | undefined;
  for (const [at, path] of chosen(plan.steps, progress.answers, []).entries()) {
    const answer = at < from ? undefined : readAt(progress.answers, path);
    if (answer === undefined || isClosed(progress, path)) continue;
    const asked = await questionAgain(plan, progress, path, run.turn);
    if (asked === undefined) next ??= at;
    else if (!(await isOffered(active, asked, answer))) {
      return { progress: redone(progress, asked, asked.step.name), next: at + 1 };
    }
  }
  return { progress: undefined, next };
}

/** The paths of answers whose choices may depend on other answers. Rounds, and questions that are made, depend on them as a whole. */
function chosen(steps: readonly Step[], answers: JsonObject, path: Path): readonly Path[] {
  return namedSteps(steps).flatMap((step): readonly Path[] => {
    if (step.kind === 'confirm') return [];
    const at = [...path, step.name];
    if (step.kind === 'ask') {
      const mayDepend = typeof step.question.choices === 'function' || path.some(isRound);
      return mayDepend ? [at] : [];
    }
    if (step.kind === 'include') return chosen(step.steps, answers, at);
    const own = readAt(answers, at);
    if (step.kind === 'questions') return Object.keys(Object(own)).map((name) => [...at, name]);
    if (!Array.isArray(own)) return [];
    return own.flatMap((_, round) => chosen(step.steps, answers, [...at, round]));
  });
}

function isRound(key: string | number): boolean {
  return typeof key === 'number';
}

async function isOffered(active: ActiveFlow, asked: PendingAsk, answer: unknown): Promise<boolean> {
  const { question } = asked.step;
  if ((question.schema ?? question.validate) !== undefined) return true;
  const listing = await optionsOf(asked, active.run.turn, (name) => text(active, name), 0);
  if (listing === undefined || (listing.loaded?.pages ?? 1) > 1) return true;
  return isChoice(question, listing.options, answer);
}
