/** The progress after an answer, after going back, and after a correction. Pure functions. */

import type { Passed, PendingQuestion } from './pending-question.ts';
import {
  type Path,
  type Progress,
  readAt,
  reopened,
  unconfirmed,
  withAnswer,
  without,
  withPassed,
  withRounds,
} from './progress.ts';
import { namedSteps, namesSharedByCases, type Step } from './steps.ts';

/** The pending question has been answered; a summary by anything, a repeat by `"yes"` for another round. */
export function answered(progress: Progress, question: PendingQuestion, value: unknown): Progress {
  switch (question.kind) {
    case 'ask':
      return withAnswer(progress, question.path, value);
    case 'confirm':
      return withPassed(progress, question.path);
    case 'again':
      return withRounds(progress, question.path, question.rounds, value === 'yes');
  }
}

/** Back to a question: its answer is forgotten. */
export function backTo(progress: Progress, { kind, path, level, count }: Passed): Progress {
  if (kind === 'again') return reopened(progress, path, count);
  const before = without(progress, path);
  return kind === 'confirm' ? before : changing(before, path, level);
}

/**
 * An answer changes: deletes the answers to questions that have the same name in several cases of a branch on it.
 *
 * Other answers stay: they count again where their question applies again.
 */
export function changing(progress: Progress, path: Path, level: readonly Step[]): Progress {
  const name = String(path[path.length - 1]);
  return namesSharedByCases(level, name).reduce(
    (left, shared) => without(left, [...path.slice(0, -1), shared]),
    progress,
  );
}

/**
 * A step of the same level is to be answered again; later answers stay, later summaries are shown again.
 *
 * @param name - of the step; of one question of a step that makes its questions, `step.question`
 * @returns `undefined` if the level has no such step
 */
export function redone(
  progress: Progress,
  { path, level }: Pick<PendingQuestion, 'path' | 'level'>,
  name: string,
): Progress | undefined {
  const [own = '', made] = name.split('.');
  const step = namedSteps(level).find((one) => one.name === own);
  if (step === undefined) return undefined;
  const beside = path.slice(0, -1);
  const at = [...beside, own];
  const before = reviewed(progress, at, level);
  // one of the questions that a step has made
  if (made !== undefined) return without(before, [...at, made]);
  const rounds = step.kind === 'repeat' && step.after && readAt(progress.answers, at);
  // finished rounds stay: there may be more of them
  if (Array.isArray(rounds)) return reopened(before, at, rounds.length);
  return changing(without(before, at), at, level);
}

/** Summaries that come after a step of their level are to be shown again. */
export function reviewed(progress: Progress, path: Path, level: readonly Step[]): Progress {
  const steps = namedSteps(level);
  const beside = path.slice(0, -1);
  const later = steps.slice(steps.findIndex(({ name }) => name === path[beside.length]));
  const summaries = later.filter(({ kind }) => kind === 'confirm');
  return unconfirmed(
    progress,
    summaries.map(({ name }) => [...beside, name]),
  );
}
