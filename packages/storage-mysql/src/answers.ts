/** The server's answers, and their checks. */

import type { StoredText } from '@telefsm/core';
import type { StoredConversation } from '@telefsm/core/storage';
import { fromBytes } from './bytes.ts';
import { otherRows } from './client.ts';

/** A record with its deadline. */
export interface RecordRow {
  readonly record: Buffer | null;
  readonly deadline_in: number | string | null;
}

/** The answer to `acquire`. */
export interface AcquiredRow extends RecordRow {
  readonly taken: number;
  readonly owner: Buffer | null;
  readonly fence: number | string;
  readonly busy: number | string;
}

/** One row of a listing. */
export interface ListedRow extends RecordRow {
  readonly key: Buffer;
  readonly state: Buffer | null;
}

/** A row that has come up in the index. */
export interface RipeRow {
  readonly key: Buffer;
  readonly what: 'dead' | 'early' | 'due';
}

/** The answer to a statement that changes rows. */
export interface Changed {
  readonly affectedRows: number;
}

/**
 * Reads a text from its bytes. If the driver had decoded it, it might have lost characters.
 *
 * @throws FsmError `INVALID_OPTION` if the driver has
 */
export function readText(value: Buffer): string {
  const given: unknown = value;
  if (Buffer.isBuffer(given)) return fromBytes(given);
  throw otherRows(`${typeof given === 'object' ? 'an' : 'a'} ${typeof given} in place of bytes`);
}

/** Reads a record; `undefined` for none. */
export function storedText({ record, deadline_in: deadlineIn }: RecordRow): StoredText | undefined {
  if (record === null) return undefined;
  const text = readText(record);
  return deadlineIn === null ? { text } : { text, deadlineIn: Number(deadlineIn) };
}

/** Reads a row of a listing; `undefined` for one without a record. */
export function listed(row: ListedRow): StoredConversation | undefined {
  const stored = storedText(row);
  if (stored === undefined) return undefined;
  return {
    key: readText(row.key),
    stored,
    state: row.state === null ? null : readText(row.state),
  };
}
