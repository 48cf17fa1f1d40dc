/** Rejects an input if the value that a scene made of it cannot be stored. Loaded with the first one. */

import { isFsmError } from '../base/errors.ts';
import { textFor } from './apologies.ts';
import { commitId, commitsEnded, rollBack } from './commit.ts';
import { deliver } from './deliver.ts';
import type { OpenTurn } from './runtime.ts';

/** The result of an input cannot be stored: the user gets a message, and everything is rolled back except for the id of the update. */
export async function rejectInput(turn: OpenTurn, error: unknown): Promise<void> {
  const { effects, rt, input, key = '', copy } = turn;
  await commitsEnded(turn);
  const { state } = copy.top;
  rollBack(turn);
  // too much text is the user's doing, anything else that of the bot's code
  const isTooLong = isFsmError(error, 'RECORD_TOO_LARGE');
  if (isTooLong) rt.notify('inputRejected', { key, error });
  else rt.inputRejected(key, state, error);
  const text = await textFor(turn, isTooLong ? 'tooLong' : 'invalid');
  if (input?.kind === 'button') effects.answer = { text, show_alert: true };
  else effects.send(text);
  turn.phase = 'over';
  await commitId(turn);
  await deliver(turn);
}
