/** What an answer, a way back or a correction makes of the progress. Pure. */

import type { Passed, Place } from './pending.ts';
import {
  type Path,
  type Progress,
  reopened,
  unconfirmed,
  withAnswer,
  without,
  withPassed,
  withRounds,
} from './progress.ts';
import { namedSteps } from './steps.ts';

/** The pending question has been answered; a summary by anything, a repeat by `"yes"` for another round. */
export function answered(progress: Progress, place: Place, value: unknown): Progress {
  switch (place.kind) {
    case 'ask':
      return withAnswer(progress, place.path, value);
    case 'confirm':
      return withPassed(progress, place.path);
    case 'again':
      return withRounds(progress, place.path, place.rounds, value === 'yes');
  }
}

/** Back to a question: its answer is forgotten. */
export function backTo(progress: Progress, { kind, path, count }: Passed): Progress {
  if (kind === 'again') return reopened(progress, path, count);
  return kind === 'confirm' ? unconfirmed(progress, [path]) : without(progress, path);
}

/**
 * A step of the same level is to be answered again; later answers stay, later summaries are shown again.
 *
 * @returns `undefined` if the level has no such step
 */
export function redone(
  progress: Progress,
  { path, level }: Pick<Place, 'path' | 'level'>,
  name: string,
): Progress | undefined {
  const steps = namedSteps(level);
  const at = steps.findIndex((step) => step.name === name);
  if (at < 0) return undefined;
  const beside = (other: string): Path => [...path.slice(0, -1), other];
  const summaries = steps.slice(at).filter(({ kind }) => kind === 'confirm');
  const again = unconfirmed(
    progress,
    summaries.map((step) => beside(step.name)),
  );
  return without(again, beside(name));
}
