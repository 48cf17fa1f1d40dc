/** Records on their way to a storage and back: as text for most storages, as objects for those that return the same object. Also checks their size. */

import { FsmError } from '../base/errors.ts';
import { noData, roughSize } from '../base/json.ts';
import type { StoredText, Write } from '../storage/statements.ts';
import { type Decoded, encode, format, parse } from './codec.ts';
import { type ConversationRecord, type Frame, noTimers } from './record.ts';

/**
 * A write whose text is made when somebody asks for it.
 *
 * A storage in this process hands the same object back, and then neither writing nor reading costs a conversion.
 */
export class LazyWrite implements Write, StoredText {
  readonly state: string | null;
  // most have neither, and then no room for them
  declare readonly ttl?: number;
  declare readonly deadlineIn?: number;
  /** The record, or its text, never both: there may be a million that wait for their users. */
  content: ConversationRecord | string;
  /** Its position among those that stay decoded. */
  at: number | undefined;

  /**
   * @param ttl - ms until the record may be forgotten
   * @param deadlineIn - ms until it is due
   */
  constructor(record: ConversationRecord, ttl: number | undefined, deadlineIn: number | undefined) {
    this.state = record.top.state;
    this.content = record;
    this.at = undefined;
    if (ttl !== undefined) this.ttl = ttl;
    if (deadlineIn !== undefined) this.deadlineIn = deadlineIn;
  }

  get text(): string {
    if (typeof this.content !== 'string') this.content = encode(this.content);
    return this.content;
  }

  /** Keeps the text alone, and in one piece: `JSON.stringify` gives a tree of small ones, which a search puts together. */
  cool(): void {
    anything.test(this.text);
    this.at = undefined;
  }
}

/** How many records of this process stay decoded, so that a parked conversation costs no more than its text. */
const warmest = 1024;
const ring: (LazyWrite | undefined)[] = /* @__PURE__ */ Array.from({ length: warmest });
let coldest = 0;
const anything = /^/;
const nothing: Decoded = {};

/**
 * Notes that a record was written in place of another.
 *
 * It stays decoded for a while if the storage has not asked for its text: it may hand the same object back. Of the other hardly anybody
 * needs the text any more, so none is made and nothing holds on to it.
 */
export function replaced(before: StoredText | undefined, after: Write | undefined): void {
  if (before instanceof LazyWrite && before.at !== undefined) ring[before.at] = undefined;
  if (!(after instanceof LazyWrite) || typeof after.content === 'string') return;
  ring[coldest]?.cool();
  ring[coldest] = after;
  after.at = coldest;
  coldest = (coldest + 1) % warmest;
}

/** Reads what a storage kept; nothing if it kept nothing. */
export function decode(stored: StoredText | undefined): Decoded {
  if (stored === undefined) return nothing;
  return stored instanceof LazyWrite && typeof stored.content === 'object'
    ? { record: stored.content }
    : parse(stored.text);
}

/** Makes the error for a record in a format of a later telefsm. */
export function newerFormat(key: string, version: number): FsmError {
  return new FsmError('RECORD_NEWER', { key, version, known: format });
}

/**
 * Rejects a record that is too large; its text, which is costly, is made only where it could be.
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
function roughly({ top, below, ids, timers, session, extra }: ConversationRecord): number {
  let rough = 200 + roughSize(ids);
  for (let at = -1; at < below.length; at++) {
    const frame = at < 0 ? top : (below[at] as Frame);
    const { scene, state, data, memo, history, paused } = frame;
    const size = roughSize(data);
    rough += size + history.weight + (scene?.length ?? 0) + (state?.length ?? 0);
    // the last step is written anew where data has changed since, by names and values of both
    if (history.data !== data) rough += size + roughSize(history.data);
    // most have none of these
    if (memo !== noData) rough += roughSize(memo);
    if (paused !== noTimers) rough += roughSize(paused);
  }
  if (timers !== noTimers) rough += roughSize(timers);
  if (session !== undefined) rough += roughSize(session);
  if (extra !== noData) rough += roughSize(extra);
  return rough;
}
