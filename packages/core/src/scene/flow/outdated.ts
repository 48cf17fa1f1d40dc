/** Answers that a correction has outdated: choices that are not offered any more. Loaded with the first correction. */

import type { JsonObject } from '../../base/json.ts';
import { type ActiveFlow, askTurnOf, keep, note, text } from './active-flow.ts';
import { isChoice } from './answer.ts';
import { optionsOf } from './choices.ts';
import { redone } from './moves.ts';
import { questionAgain } from './pending.ts';
import type { PendingAsk, PendingQuestion } from './pending-question.ts';
import { isClosed, type Path, type Progress, pathKey, readAt } from './progress.ts';
import { namedSteps, type Step } from './steps.ts';

/**
 * Deletes the first answer that its choices no longer contain, so that its question is asked again. In a repeat, the rounds after it are
 * deleted too; of questions that a step has made, all that are outdated.
 *
 * Answers of a list that is loaded page by page stay, because one page does not show the others. So do those that a schema or `validate`
 * may have converted, and those of rounds for which `after` has run.
 *
 * @param from - `compared` of the memo: each comparison begins behind the one before, so that they end even if the choices change each time
 * @param pending - answers behind it are compared when it has been answered
 * @returns whether an answer was deleted
 */
export async function dropOutdated(
  active: ActiveFlow,
  from: string,
  pending: PendingQuestion | undefined,
): Promise<boolean> {
  const { plan, progress } = active;
  const next = pending && pathKey(pending.path);
  const steps = answeredSteps(plan.steps, progress.answers, []);
  const begin = steps.findLastIndex((step) => isWithin(step, from)) + 1;
  const end = steps.findIndex(({ key }) => key === next);
  for (const { key, answers } of steps.slice(begin, end < 0 ? undefined : end)) {
    let left: Progress | undefined;
    for (const path of answers) {
      const asked = await outdated(active, path);
      if (asked) left = redone(left ?? progress, asked, asked.step.name);
    }
    if (left === undefined) continue;
    keep(active, left, { compared: key });
    return true;
  }
  note(active, { compared: next });
  return false;
}

/** A step with its answers; in a repeat there is one for each round. */
interface AnsweredStep {
  /** The key of its path. */
  readonly key: string;
  /** The paths of answers whose choices may depend on other answers. Rounds, and questions that are made, depend on them as a whole. */
  readonly answers: readonly Path[];
  /** Whether its questions are made while the flow runs. */
  readonly isMade?: boolean;
}

/** All steps, in the order in which they are asked. */
function answeredSteps(
  steps: readonly Step[],
  answers: JsonObject,
  path: Path,
): readonly AnsweredStep[] {
  return namedSteps(steps).flatMap((step): readonly AnsweredStep[] => {
    const at = [...path, step.name];
    const key = pathKey(at);
    if (step.kind === 'ask') {
      const inRound = path.some((part) => typeof part === 'number');
      return [{ key, answers: inRound || typeof step.question.choices === 'function' ? [at] : [] }];
    }
    if (step.kind === 'include') return answeredSteps(step.steps, answers, at);
    const own = readAt(answers, at);
    if (step.kind === 'questions') {
      const made = Object.keys(Object(own)).map((name) => [...at, name]);
      return [{ key, answers: made, isMade: true }];
    }
    const rounds: readonly unknown[] = step.kind === 'repeat' && Array.isArray(own) ? own : [];
    const inside = step.kind === 'repeat' ? step.steps : [];
    // a summary, or the question whether there is another round, which comes behind the rounds
    const asked = { key, answers: [] };
    return [...rounds.flatMap((_, round) => answeredSteps(inside, answers, [...at, round])), asked];
  });
}

/** Whether a step is at a path or below it. Made questions are one step, also for the path of one of them. */
function isWithin({ key, isMade = false }: AnsweredStep, at: string): boolean {
  return key === at || key.startsWith(`${at}.`) || (isMade && at.startsWith(`${key}.`));
}

/** The question of an answer that is not offered any more. */
async function outdated(active: ActiveFlow, path: Path): Promise<PendingAsk | undefined> {
  const { plan, progress } = active;
  const answer = readAt(progress.answers, path);
  if (answer === undefined || isClosed(progress, path)) return undefined;
  const asked = await questionAgain(plan, progress, path, askTurnOf(active));
  return asked && !(await isOffered(active, asked, answer)) ? asked : undefined;
}

async function isOffered(active: ActiveFlow, asked: PendingAsk, answer: unknown): Promise<boolean> {
  const { question } = asked.step;
  if ((question.schema ?? question.validate) !== undefined) return true;
  const listing = await optionsOf(asked, askTurnOf(active), (name) => text(active, name), 0);
  if (listing === undefined || (listing.loaded?.pages ?? 1) > 1) return true;
  return isChoice(question, listing.options, answer);
}
