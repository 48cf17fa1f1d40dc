/** Cleans up messages of a flow that have done their work. */

import type { FrameRun } from '../../engine/frame-run.ts';
import { cleanUpLater, deletionOf, withoutButtons } from '../view/shown-message.ts';

/**
 * Removes the keyboard of a message of the flow, or the message, after the commit.
 *
 * @param there - its chat, where that may be another one than that of the turn
 * @param others - messages that are deleted with it
 */
export function cleanUp(
  run: FrameRun,
  how: 'removeKeyboards' | 'delete',
  id: number,
  there?: number,
  others?: readonly number[],
): void {
  const { replyAddress } = run.turn;
  if (replyAddress === undefined) return;
  const { chat, business } = replyAddress;
  const message = { chat: there ?? chat, id, others, business };
  cleanUpLater(run, how === 'delete' ? deletionOf(message) : withoutButtons(message));
}
