/** Records on their way to a storage and back: as text for most storages, as objects for those that return the same object. Also checks their size. */

import { FsmError } from '../base/errors.ts';
import { roughSize } from '../base/json.ts';
import type { StoredText, Write } from '../storage/statements.ts';
import { type Decoded, encode, format, parse } from './codec.ts';
import { type ConversationRecord, topOf } from './record.ts';

/** A record that need not be read from its text. */
interface Warm {
  readonly record: ConversationRecord;
  /** Its position among the others. */
  at?: number;
}

/**
 * A write whose text is made when somebody asks for it.
 *
 * A storage in this process hands the same object back, and then neither writing nor reading costs a conversion.
 */
class LazyWrite implements Write, StoredText {
  readonly state: string | null;
  /** The record, or its text: one of them, and nothing else, since there may be a million that wait for their users. */
  private content: Warm | string;

  constructor(record: ConversationRecord) {
    this.state = topOf(record).state;
    this.content = { record };
  }

  get text(): string {
    if (typeof this.content !== 'string') this.content = encode(this.content.record);
    return this.content;
  }

  /** Keeps the text alone, and in one piece: `JSON.stringify` gives a tree of small ones, which a search puts together. */
  cool(): void {
    anything.test(this.text);
  }

  static warmIn(stored: object): Warm | undefined {
    return stored instanceof LazyWrite && typeof stored.content === 'object'
      ? stored.content
      : undefined;
  }
}

/** One that ends or has a deadline; most have neither. */
class TimedWrite extends LazyWrite {
  readonly ttl?: number;
  readonly deadlineIn?: number;

  constructor(record: ConversationRecord, ttl: number | undefined, deadlineIn: number | undefined) {
    super(record);
    if (ttl !== undefined) this.ttl = ttl;
    if (deadlineIn !== undefined) this.deadlineIn = deadlineIn;
  }
}

/** How many records of this process stay decoded, so that a parked conversation costs no more than its text. */
const warmest = 1024;
const ring: (LazyWrite | undefined)[] = /* @__PURE__ */ Array.from({ length: warmest });
let coldest = 0;
const anything = /^/;

/**
 * Makes what a storage commits.
 *
 * @param ttl - ms until the record may be forgotten
 * @param deadlineIn - ms until it is due
 */
export function writeOf(
  record: ConversationRecord,
  ttl: number | undefined,
  deadlineIn: number | undefined,
): Write {
  return ttl === undefined && deadlineIn === undefined
    ? new LazyWrite(record)
    : new TimedWrite(record, ttl, deadlineIn);
}

/**
 * Notes that a record was written in place of another.
 *
 * It stays decoded for a while if the storage has not asked for its text: it may hand the same object back. Of the other hardly anybody
 * needs the text any more, so none is made and nothing holds on to it.
 */
export function replaced(before: StoredText | undefined, after: Write | undefined): void {
  const old = before && LazyWrite.warmIn(before);
  if (old?.at !== undefined) ring[old.at] = undefined;
  const warm = after && LazyWrite.warmIn(after);
  if (warm === undefined) return;
  ring[coldest]?.cool();
  ring[coldest] = after as LazyWrite;
  warm.at = coldest;
  coldest = (coldest + 1) % warmest;
}

/** Reads what a storage kept. */
export function decode(stored: StoredText): Decoded {
  return LazyWrite.warmIn(stored) ?? parse(stored.text);
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
function roughly({ frames, ids, timers, session, extra }: ConversationRecord): number {
  let rough = 200 + roughSize(extra) + roughSize(ids) + roughSize(timers) + roughSize(session);
  for (const { scene, state, data, memo, history, paused } of frames) {
    const size = roughSize(data);
    rough += size + roughSize(memo) + roughSize(paused) + history.weight;
    rough += (scene?.length ?? 0) + (state?.length ?? 0);
    // the last step is written anew where data has changed since, by names and values of both
    if (history.data !== data) rough += size + roughSize(history.data);
  }
  return rough;
}
