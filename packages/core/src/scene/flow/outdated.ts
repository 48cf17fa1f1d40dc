/** Answers that a correction has outdated: choices that are not offered any more. Loaded with the first correction. */

import { type ActiveFlow, text } from './active-flow.ts';
import { isChoice } from './answer.ts';
import { optionsOf } from './choices.ts';
import { changing } from './moves.ts';
import { questionAgain } from './pending.ts';
import type { PendingAsk } from './pending-question.ts';
import { type Path, type Progress, readAt, without } from './progress.ts';
import { namedSteps, type Step } from './steps.ts';

/** The progress after one look, and the question from which to look on; `undefined` if no answer is outdated. */
interface Look {
  readonly progress: Progress;
  readonly next: number | undefined;
}

/**
 * Deletes the first answer that its choices no longer contain, so that its question is asked again. Only choices that a function returns are
 * compared.
 *
 * Answers of rounds stay. So do those of a list that is loaded page by page, because one page does not show the others, and those that a
 * schema or `validate` may have converted.
 *
 * @param from - the number of the first question to compare: later looks begin after the deleted answer, so that they end even if the choices change
 *   each time
 */
export async function withoutOutdated(active: ActiveFlow, from: number): Promise<Look> {
  const { plan, run, progress } = active;
  for (const [at, path] of chosen(plan.steps, []).entries()) {
    const answer = at < from ? undefined : readAt(progress.answers, path);
    if (answer === undefined) continue;
    const asked = await questionAgain(plan, progress, path, run.turn);
    if (asked === undefined || (await isOffered(active, asked, answer))) continue;
    return { progress: changing(without(progress, path), path, asked.level), next: at + 1 };
  }
  return { progress, next: undefined };
}

/** The paths of questions whose choices a function returns. */
function chosen(steps: readonly Step[], path: Path): readonly Path[] {
  return namedSteps(steps).flatMap((step): readonly Path[] => {
    const at = [...path, step.name];
    if (step.kind === 'include') return chosen(step.steps, at);
    if (step.kind !== 'ask') return [];
    const { choices, schema, validate } = step.question;
    const isJudged = typeof choices === 'function' && (schema ?? validate) === undefined;
    return isJudged ? [at] : [];
  });
}

async function isOffered(active: ActiveFlow, asked: PendingAsk, answer: unknown): Promise<boolean> {
  const listing = await optionsOf(asked, active.run.turn, (name) => text(active, name), 0);
  if (listing === undefined || (listing.loaded?.pages ?? 1) > 1) return true;
  return isChoice(asked.step.question, listing.options, answer);
}
