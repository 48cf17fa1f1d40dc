/** Asks the next question if that of a node has moved the user on. Loaded with the first one. */

import { sceneError } from '../base/area-errors.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** How often questions of one turn may move the user on. */
const mostMoves = 100;

/**
 * `enter` of a node has moved the user on: the question of where they are now is asked at once.
 *
 * @param moves - how often that has happened in this turn
 * @throws FsmError `TRANSITION_LOOP`
 */
export async function moveOn(
  turn: OpenTurn,
  moves: number,
  runHooks: (turn: OpenTurn, moves: number) => Promise<void>,
): Promise<void> {
  const { copy, effects } = turn;
  if (moves > mostMoves) throw sceneError('TRANSITION_LOOP', { scenes: [copy.top.scene ?? ''] });
  await runHooks(turn, moves);
  for (const say of effects.take('outbox') ?? []) await turn.sendOwn(say);
  await effects.take('prompt')?.();
}
