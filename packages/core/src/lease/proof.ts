/** Proof from a record whether a commit that was rejected, or not answered, was written. */

import { hasSeen } from '../record/ids.ts';
import { hasMark, type Marks, mayHaveRolled, noMarks } from '../record/marks.ts';
import { decode } from '../record/stored.ts';
import type { StoredText } from '../storage/statements.ts';
import type { Committing } from './committing.ts';

/** After so many ms a missing mark proves nothing: the record may have been deleted in between. */
const proofEnds = 3_600_000;

/** The facts that a lease has beside the record. */
export interface Circumstances {
  /** Whether an earlier commit of the turn was accepted. */
  readonly committedBefore: boolean;
  /** Ms since the commit was sent first. */
  readonly age: number;
  /** The marks that the record had before. */
  readonly seen: Marks;
}

/** Reads from the stored record whether a commit was written. */
export function verdictOf(
  { write, id, mark, isUnsure }: Committing,
  found: StoredText | undefined,
  { committedBefore, age, seen }: Circumstances,
): 'kept' | 'lost' | 'handled' | 'unknown' {
  if (write === undefined) return found === undefined && isUnsure ? 'kept' : 'lost';
  if (mark === undefined) {
    if (found?.text === write.text) return 'kept';
    return isUnsure ? 'unknown' : 'lost';
  }
  const isTooOld = age > Math.min(proofEnds, write.ttl ?? proofEnds);
  if (found === undefined) return isTooOld ? 'unknown' : 'lost';
  const { record } = decode(found);
  if (record === undefined) return 'unknown';
  const { marks, ids } = record;
  if (hasMark(marks, mark)) return 'kept';
  // written by a version that has no marks
  if (marks === noMarks) return 'unknown';
  if (isTooOld || mayHaveRolled(marks, seen)) return 'unknown';
  return id !== undefined && !committedBefore && hasSeen(ids, id) ? 'handled' : 'lost';
}
