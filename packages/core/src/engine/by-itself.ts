/** Timers of the active scene, and answers that the code of the bot gives: both come without an update. */

import { collections } from '../conversation/behavior.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { interruptible } from './bursts.ts';
import { FrameRun } from './frame-run.ts';
import { behaviorOn, guarded } from './hooks.ts';

/** Fires a timer of the active scene, and returns whether there is one. */
export async function passTimer(turn: OpenTurn, timer: string): Promise<boolean> {
  const { top } = turn.copy;
  const behavior = behaviorOn(turn, top);
  if (behavior === undefined) return false;
  const pass = () =>
    guarded(turn, behavior, () => behavior.timeout?.(new FrameRun(turn, top), timer));
  await (timer in collections ? interruptible(turn, pass) : pass());
  return true;
}

/** Answers the active scene as the user would; `false` if that state is not pending. */
export async function answer(turn: OpenTurn, state: string, value: unknown): Promise<boolean> {
  const { top } = turn.copy;
  const behavior = behaviorOn(turn, top);
  if (behavior?.answer === undefined) return false;
  return behavior.answer(new FrameRun(turn, top), state, value);
}
