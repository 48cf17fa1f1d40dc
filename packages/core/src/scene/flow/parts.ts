/** Answers of several messages: the parts of an album or a burst are collected until it is complete. Loaded with the first part. */

import { toMs } from '../../base/clock.ts';
import { holds } from '../../base/holds.ts';
import type { UserInput } from '../../update/input.ts';
import { accept, hint, messageId } from './accept.ts';
import { type ActiveFlow, note } from './active-flow.ts';
import type { PendingAsk } from './pending-question.ts';

/** How long after the last part an album or a burst is complete, in ms. */
const albumPause = 1000;

/** The most parts that are collected: no album of Telegram's is larger, but they may come one by one. */
const mostParts = 100;

/** Adds a part. */
export function collect(
  active: ActiveFlow,
  { id, step }: PendingAsk,
  value: unknown,
  input: UserInput,
): void {
  const { parts = [], numbers = [] } = active.memo;
  const { accept } = step.question;
  const quiet = holds(accept, 'burst') ? accept.quiet : undefined;
  if (parts.length < mostParts) {
    const album = input.album === undefined ? {} : { album: input.album };
    // two processes may take two messages in another order than they were written in
    const number = messageId(input) ?? 0;
    const isNumbered = numbers.length === parts.length;
    const at = isNumbered ? numbers.filter((other) => other <= number).length : parts.length;
    const [part] = value as readonly unknown[];
    note(active, {
      parts: parts.toSpliced(at, 0, part),
      numbers: numbers.toSpliced(at, 0, number),
      ...album,
    });
  }
  active.run.arm('album', quiet === undefined ? albumPause : toMs(quiet, `${id} quiet`));
}

/** Ends an album or a burst with the parts that have come. */
export async function finishAlbum(active: ActiveFlow, question: PendingAsk): Promise<void> {
  const { parts } = active.memo;
  if (parts === undefined) return hint(active, question);
  // if they are rejected, the user begins anew
  note(active, { parts: undefined, numbers: undefined });
  return accept(active, question, parts);
}
