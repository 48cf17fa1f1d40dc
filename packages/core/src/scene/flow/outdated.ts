/** Answers that a correction has outdated: choices that are not offered any more. Loaded with the first correction. */

import { type ActiveFlow, text } from './active-flow.ts';
import { isChoice } from './answer.ts';
import { optionsOf } from './choices.ts';
import { changing } from './moves.ts';
import { positionOf } from './pending.ts';
import type { PendingAsk } from './pending-question.ts';
import { type Path, type Progress, pathKey, readAt, without } from './progress.ts';
import { namedSteps, type Step } from './steps.ts';

/**
 * Deletes answers that are none of the present choices, where a function makes these of the answers before, so that they are asked again.
 *
 * Answers of rounds stay, and those of a list that a loader gives page by page: nobody can see from one page what is on the others.
 */
export async function withoutOutdated(active: ActiveFlow): Promise<Progress> {
  let { progress } = active;
  for (const path of chosen(active.plan.steps, [])) {
    const answer = readAt(progress.answers, path);
    const asked = answer === undefined ? undefined : await asking(active, progress, path);
    if (asked === undefined || (await isOffered(active, asked, answer))) continue;
    progress = changing(without(progress, path), path, asked.level);
  }
  return progress;
}

/** The paths of questions whose choices a function makes. */
function chosen(steps: readonly Step[], path: Path): readonly Path[] {
  return namedSteps(steps).flatMap((step): readonly Path[] => {
    const at = [...path, step.name];
    if (step.kind === 'include') return chosen(step.steps, at);
    return step.kind === 'ask' && typeof step.question.choices === 'function' ? [at] : [];
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
