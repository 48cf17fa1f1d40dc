/** Answers that a correction has outdated: choices that are not offered any more. Loaded with the first correction. */

import { type ActiveFlow, text } from './active-flow.ts';
import { isChoice } from './answer.ts';
import { optionsOf } from './choices.ts';
import { changing } from './moves.ts';
import { positionOf } from './pending.ts';
import type { PendingAsk } from './pending-question.ts';
import { type Path, type Progress, pathKey, readAt, without } from './progress.ts';
import { namedSteps, type Step } from './steps.ts';

/** The progress after one look, and the question from which to look on; `undefined` if no answer is outdated. */
interface Look {
  readonly progress: Progress;
  readonly next: number | undefined;
}

/**
 * Deletes the first answer that is none of the present choices, where a function makes these of the answers before, so that it is asked again.
 *
 * Answers of rounds stay, and those of a list that a loader gives page by page: nobody can see from one page what is on the others. So do
 * those that a schema or `validate` may have changed.
 *
 * @param from - the first question to look at: after a look, those behind the deleted answer, so that choices which change each time end too
 */
export async function withoutOutdated(active: ActiveFlow, from: number): Promise<Look> {
  const { progress } = active;
  for (const [at, path] of chosen(active.plan.steps, []).entries()) {
    const answer = at < from ? undefined : readAt(progress.answers, path);
    const asked = answer === undefined ? undefined : await asking(active, progress, path);
    if (asked === undefined || (await isOffered(active, asked, answer))) continue;
    return { progress: changing(without(progress, path), path, asked.level), next: at + 1 };
  }
  return { progress, next: undefined };
}

/** The paths of questions whose choices a function makes. */
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

/** The question at a path as it would be asked now; `undefined` if it does not apply, or if another one comes first. */
async function asking(
  { plan, run }: ActiveFlow,
  progress: Progress,
  path: Path,
): Promise<PendingAsk | undefined> {
  const { pending } = await positionOf(plan, without(progress, path), run.turn);
  return pending?.kind === 'ask' && pathKey(pending.path) === pathKey(path) ? pending : undefined;
}

async function isOffered(active: ActiveFlow, asked: PendingAsk, answer: unknown): Promise<boolean> {
  const listing = await optionsOf(asked, active.run.turn, (name) => text(active, name), 0);
  if (listing === undefined || (listing.loaded?.pages ?? 1) > 1) return true;
  return isChoice(asked.step.question, listing.options, answer);
}
