/** How large a record may be. */

import { FsmError } from '../base/errors.ts';
import { roughSize } from '../base/json.ts';
import type { Write } from '../storage/statements.ts';
import type { ConversationRecord } from './record.ts';

/**
 * Refuses a record that is too large; its text, which is costly, is made only where it could be.
 *
 * @param limit - in bytes of UTF-8
 * @param isTextWanted - whether the storage asks for the text anyway
 * @throws FsmError `RECORD_TOO_LARGE`
 */
export function checkSize(
  record: ConversationRecord,
  write: Write,
  limit: number,
  isTextWanted: boolean,
): void {
  // a character takes at most three bytes in UTF-8, and six as an escape
  if (isTextWanted ? write.text.length * 3 <= limit : roughly(record) * 6 <= limit) return;
  const bytes = new TextEncoder().encode(write.text).length;
  if (bytes > limit) throw new FsmError('RECORD_TOO_LARGE', { bytes, limit });
}

/** About how many characters a record has. */
function roughly({ frames, ids, timers, session, extra }: ConversationRecord): number {
  let rough = 200 + roughSize(extra) + roughSize(ids) + roughSize(timers) + roughSize(session);
  for (const { scene, state, data, memo, history, paused } of frames) {
    const size = roughSize(data);
    rough += size + roughSize(memo) + roughSize(paused) + history.weight;
    rough += (scene?.length ?? 0) + (state?.length ?? 0);
    // the last step is told anew where data has changed since, by names and values of both
    if (history.data !== data) rough += size + roughSize(history.data);
  }
  return rough;
}
