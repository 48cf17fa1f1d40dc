/** The record as text: what a storage keeps, versioned, compact, and read with mistrust. */

import { freezeParsed, type JsonObject, noData, put } from '../base/json.ts';
import type { StoredText, Write } from '../storage/storage.ts';
import type { ReplyAddress } from '../update/subject.ts';
import {
  type ConversationRecord,
  emptyFrame,
  emptyRecord,
  type Frame,
  isBlank,
  noTimers,
  type Past,
  type PastStep,
  pastStep,
  type StoredTimer,
  type UnitId,
} from './record.ts';

/** Number of the text format. A record of a higher one was written by a later telefsm and is left alone. */
const format = 1;

/**
 * The text form: names of one letter, and nothing that has its usual value, since there may be ten million of these.
 * The top frame's fields stand beside the record's own.
 */
interface RecordText extends FrameText {
  /** Format. */
  v: number;
  /** Version: the highest migration. */
  m?: number;
  /** Frames below the top one, bottom first. */
  f?: FrameText[];
  /** Ids, newest first; a number after a number is the difference between them. */
  i?: UnitId[];
  /** Place: chat, thread or 0, business or '', topic of direct messages. */
  p?: PlaceText;
  /** Timers: name, and ms after the deadline. */
  t?: [string, number][];
  /** Failures of the deadline's handler. */
  x?: number;
  /** Owed. */
  o?: 1;
  /** Number of the last visit, if it is not the top frame's. */
  z?: number;
}

type PlaceText = [chat: number, thread?: number, business?: string, directMessagesTopic?: number];

interface FrameText {
  /** Scene. */
  c?: string;
  /** State; left out where it is the scene's own id or there is none. */
  s?: string | null;
  /** Data. */
  d?: JsonObject;
  /** Memo. */
  k?: JsonObject;
  /** Visit. */
  n?: number;
  /** Where the result goes. */
  r?: string;
  /** History, newest first. */
  h?: PastText[];
  /** Timers that wait: name, and ms that are left. */
  w?: [string, number][];
}

/** A past as the difference to what came after it: names that were not there then, and values that were others. */
type PastText = [
  state: string | null,
  added?: string[],
  other?: JsonObject | 0,
  scene?: string | null,
  memo?: JsonObject,
];

const ownNames: ReadonlySet<string> = new Set('vmfiptxozcsdknrhw');

/** Why a stored text cannot be read, or the record in it. */
export type Decoded =
  | { readonly record: ConversationRecord }
  | { readonly newer: number }
  | { readonly unreadable: string };

/**
 * A write whose text is made when somebody asks for it.
 *
 * A storage in this process hands the same object back, and then neither writing nor reading costs a conversion. Only the most recent
 * ones keep their record, so that a parked conversation costs no more than its text.
 */
class LazyWrite implements Write, StoredText {
  readonly ttl?: number;
  readonly deadlineIn?: number;
  readonly state: string | null;
  #record: ConversationRecord | undefined;
  #text: string | undefined;
  /** Its place among the warm ones. */
  readonly #place: number;

  constructor(record: ConversationRecord, ttl: number | undefined, deadlineIn: number | undefined) {
    this.#record = record;
    this.#text = undefined;
    this.state = (record.frames[record.frames.length - 1] as Frame).state;
    if (ttl !== undefined) this.ttl = ttl;
    if (deadlineIn !== undefined) this.deadlineIn = deadlineIn;
    this.#place = warm(this);
  }

  get text(): string {
    this.#text ??= encode(this.#record as ConversationRecord);
    return this.#text;
  }

  cool(): void {
    this.#text ??= encode(this.#record as ConversationRecord);
    this.#record = undefined;
  }

  static retire(stored: object): void {
    if (#place in stored && ring[stored.#place] === stored) ring[stored.#place] = undefined;
  }

  static recordOf(stored: object): ConversationRecord | undefined {
    return #record in stored ? stored.#record : undefined;
  }
}

/** How many records of this process stay decoded. */
const warmest = 1024;
const ring: (LazyWrite | undefined)[] = new Array(warmest).fill(undefined);
let coldest = 0;

function warm(write: LazyWrite): number {
  const place = coldest;
  ring[place]?.cool();
  ring[place] = write;
  coldest = (place + 1) % warmest;
  return place;
}

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
  return new LazyWrite(record, ttl, deadlineIn);
}

/** Notes that a record was replaced: its text will hardly be wanted any more, so none is made and nothing holds on to it. */
export function retire(stored: StoredText): void {
  LazyWrite.retire(stored);
}

/** Reads what a storage kept. */
export function decode(stored: StoredText): Decoded {
  const record = LazyWrite.recordOf(stored);
  return record ? { record } : parse(stored.text);
}

function encode(record: ConversationRecord): string {
  const { version, frames, ids, place, timers, failures, owed, visits, extra } = record;
  const top = frames[frames.length - 1] as Frame;
  const text: RecordText = { v: format };
  if (version !== 0) text.m = version;
  encodeFrame(top, text);
  if (frames.length > 1) {
    text.f = frames.slice(0, -1).map((frame) => {
      const below: FrameText = {};
      encodeFrame(frame, below);
      return below;
    });
  }
  if (ids.length > 0) text.i = encodeIds(ids);
  if (place !== undefined) text.p = encodePlace(place);
  if (timers.length > 0) text.t = encodeTimers(timers);
  if (failures !== 0) text.x = failures;
  if (owed) text.o = 1;
  if (visits !== top.visit) text.z = visits;
  return JSON.stringify(isBlank(extra) ? text : { ...extra, ...text });
}

function encodeFrame(frame: Frame, text: FrameText): void {
  if (frame.scene !== null) text.c = frame.scene;
  if (frame.state !== frame.scene) text.s = frame.state;
  if (!isBlank(frame.data)) text.d = frame.data;
  if (!isBlank(frame.memo)) text.k = frame.memo;
  if (frame.visit !== 0) text.n = frame.visit;
  if (frame.into !== undefined) text.r = frame.into;
  if (frame.history.length > 0) text.h = encodeHistory(frame);
  if (frame.paused.length > 0) text.w = encodeTimers(frame.paused);
}

function encodeTimers(timers: readonly StoredTimer[]): [string, number][] {
  return timers.map(({ name, plus }) => [name, plus]);
}

function encodeHistory(frame: Frame): PastText[] {
  const texts: PastText[] = [];
  let after: Past = frame;
  for (let at = frame.history.length - 1; at >= 0; at--) {
    const past = frame.history[at] as Past;
    texts.push(encodePast(past, after));
    after = past;
  }
  return texts;
}

function encodePast(past: Past, after: Past): PastText {
  const added = Object.keys(after.data).filter((name) => !Object.hasOwn(past.data, name));
  const other: [string, unknown][] = Object.entries(past.data).filter(
    ([name, value]) => !Object.hasOwn(after.data, name) || after.data[name] !== value,
  );
  const text: PastText = [
    past.state,
    added,
    other.length > 0 ? (Object.fromEntries(other) as JsonObject) : 0,
    past.scene,
    past.memo,
  ];
  // what has its usual value at the end is left out
  if (isBlank(past.memo)) text.pop();
  if (text.length === 4 && past.scene === after.scene) text.pop();
  if (text.length === 3 && other.length === 0) text.pop();
  if (text.length === 2 && added.length === 0) text.pop();
  return text;
}

function encodeIds(ids: readonly UnitId[]): UnitId[] {
  const out: UnitId[] = [];
  let before: UnitId | undefined;
  for (let at = ids.length - 1; at >= 0; at--) {
    const id = ids[at] as UnitId;
    out.push(typeof id === 'number' && typeof before === 'number' ? before - id : id);
    before = id;
  }
  return out;
}

function encodePlace({ chat, thread, business, directMessagesTopic }: ReplyAddress): PlaceText {
  const text: PlaceText = [chat, thread ?? 0, business ?? '', directMessagesTopic ?? 0];
  while (text.length > 1 && !text[text.length - 1]) text.pop();
  return text;
}

function parse(text: string): Decoded {
  let found: unknown;
  try {
    // too deep for either is foreign: telefsm writes nothing of the kind
    found = freezeParsed(JSON.parse(text));
  } catch {
    return { unreadable: 'it is not JSON, or nested too deeply' };
  }
  if (!isObject(found) || !isNumber(found['v'])) return { unreadable: 'it has no format number' };
  if (found['v'] > format) return { newer: found['v'] };
  const broken = firstBroken(found);
  if (broken !== undefined) return { unreadable: `its field '${broken}' is broken` };
  return { record: Object.freeze(read(found as unknown as RecordText)) };
}

/** Each field, and what it must be. A foreign record must not be half understood. */
const fieldChecks: { readonly [field: string]: (value: unknown) => boolean } = {
  m: isNumber,
  f: (value) => Array.isArray(value) && value.every((one) => isObject(one) && !firstBroken(one)),
  i: (value) => Array.isArray(value) && value.every((id) => isNumber(id) || typeof id === 'string'),
  p: (value) => Array.isArray(value) && isNumber(value[0]),
  t: isTimers,
  x: isNumber,
  z: isNumber,
  c: (value) => typeof value === 'string',
  s: (value) => typeof value === 'string' || value === null,
  d: isObject,
  k: isObject,
  n: isNumber,
  r: (value) => typeof value === 'string',
  h: (value) => Array.isArray(value) && value.every(isPast),
  w: isTimers,
};

function firstBroken(found: JsonObject): string | undefined {
  for (const field in fieldChecks) {
    if (Object.hasOwn(found, field) && !fieldChecks[field]?.(found[field])) return field;
  }
  return undefined;
}

function isTimers(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => Array.isArray(one) && typeof one[0] === 'string' && isNumber(one[1]))
  );
}

function isPast(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [state, added = [], other = 0, scene = null, memo = noData] = value;
  return (
    (state === null || typeof state === 'string') &&
    Array.isArray(added) &&
    (other === 0 || isObject(other)) &&
    (scene === null || typeof scene === 'string') &&
    isObject(memo)
  );
}

function read(text: RecordText): ConversationRecord {
  const top = readFrame(text);
  const below = (text.f ?? []).map(readFrame);
  return {
    version: text.m ?? 0,
    frames: Object.freeze([...below, top]) as unknown as readonly [Frame, ...Frame[]],
    ids: text.i ? readIds(text.i) : emptyRecord.ids,
    place: text.p && readPlace(text.p),
    timers: text.t ? text.t.map(readTimer) : noTimers,
    failures: text.x ?? 0,
    owed: text.o === 1,
    visits: text.z ?? top.visit,
    extra: readExtra(text),
  };
}

function readFrame(text: FrameText): Frame {
  const scene = text.c ?? null;
  const state = text.s === undefined ? scene : text.s;
  const data = text.d ?? noData;
  const memo = text.k ?? noData;
  const history = text.h ? readHistory(text.h, { scene, state, data, memo }) : emptyFrame.history;
  const paused = text.w ? Object.freeze(text.w.map(readTimer)) : noTimers;
  // written out: a spread that is frozen takes ten times as long, and this is done for every update
  const visit = text.n ?? 0;
  return Object.freeze({ scene, state, data, memo, visit, into: text.r, history, paused });
}

function readHistory(texts: readonly PastText[], frame: Past): readonly PastStep[] {
  const pasts: Past[] = [];
  let after = frame;
  for (const [state, added = [], other, past, memo = noData] of texts) {
    const scene = past === undefined ? after.scene : past;
    after = { scene, state, data: readPastData(after.data, added, other || noData), memo };
    pasts.push(after);
  }
  pasts.reverse();
  return Object.freeze(pasts.map((past, at) => Object.freeze(pastStep(past, pasts[at - 1]))));
}

function readPastData(after: JsonObject, added: readonly string[], other: JsonObject): JsonObject {
  const data: Record<string, unknown> = {};
  // picked and not deleted from a copy: an object that has lost a member is slow from then on
  for (const name of Object.keys(after)) {
    if (!added.includes(name)) put(data, name, after[name]);
  }
  for (const name of Object.keys(other)) put(data, name, other[name]);
  return Object.freeze(data);
}

function readIds(text: readonly UnitId[]): readonly UnitId[] {
  const ids: UnitId[] = [];
  let before: UnitId | undefined;
  for (const part of text) {
    before = typeof part === 'number' && typeof before === 'number' ? before - part : part;
    ids.push(before);
  }
  return ids.reverse();
}

function readPlace([chat, thread, business, directMessagesTopic]: PlaceText): ReplyAddress {
  return {
    chat,
    ...(thread ? { thread } : {}),
    ...(business ? { business } : {}),
    ...(directMessagesTopic ? { directMessagesTopic } : {}),
  };
}

function readTimer([name, plus]: [string, number]): StoredTimer {
  return Object.freeze({ name, plus });
}

function readExtra(text: object): JsonObject {
  const names = Object.keys(text).filter((name) => !ownNames.has(name));
  if (names.length === 0) return noData;
  return Object.freeze(Object.fromEntries(names.map((name) => [name, (text as JsonObject)[name]])));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
