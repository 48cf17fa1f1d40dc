/** The record as text: what a storage keeps, versioned, compact, and read with mistrust. */

import { freezeParsed, isBlank, isJsonObject, type JsonObject, noData } from '../base/json.ts';
import type { ReplyAddress } from '../update/address.ts';
import { sortOut } from './fields.ts';
import { type History, noHistory, type Step, stepsFrom } from './history.ts';
import { noIds, type SeenIds } from './ids.ts';
import { type Marks, noMarks } from './marks.ts';
import {
  type ConversationRecord,
  type Frame,
  noFrames,
  noTimers,
  type StoredTimer,
} from './record.ts';

/** Number of the text format. A record of a higher one was written by a later telefsm and is left alone. */
export const format = 1;

/**
 * The text form: names of one letter, and nothing that has its usual value, since there may be ten million of these.
 * The top frame's fields are beside the record's own.
 */
interface RecordText extends FrameText {
  /** Format. */
  v: number;
  /** Version: the highest migration. */
  m?: number;
  /** Frames below the top one, bottom first. */
  f?: FrameText[];
  /** Ids. */
  i?: SeenIds;
  /** Marks. */
  e?: Marks;
  /** Reply address: chat, thread or 0, business or '', topic of direct messages. */
  p?: AddressText;
  /** Timers: name, and ms after the deadline. */
  t?: [string, number][];
  /** Failures of the deadline's handler. */
  x?: number;
  /** A prompt is pending: 2 if Telegram has rejected it. */
  o?: 1 | 2;
  /** Owner of a reply keyboard. */
  b?: number | string;
  /** Number of the last entry, if it is not the top frame's. */
  z?: number;
  /** Session. */
  u?: JsonObject;
}

type AddressText = [chat: number, thread?: number, business?: string, directMessagesTopic?: number];

interface FrameText {
  /** Scene. */
  c?: string;
  /** State; left out where it is the scene's own id or there is none. */
  s?: string | null;
  /** Data. */
  d?: JsonObject;
  /** Memo. */
  k?: JsonObject;
  /** Number of the entry. */
  n?: number;
  /** Where the result goes. */
  r?: string;
  /** Steps of history. */
  h?: readonly Step[];
  /** Timers that wait: name, and ms that are left. */
  w?: [string, number][];
}

/** The record in a stored text, or why it cannot be read. */
export interface Decoded {
  readonly record?: ConversationRecord;
  /** The format, if a later telefsm has written it. */
  readonly newer?: number;
  /** Why it is not a record. */
  readonly unreadable?: string;
}

/** Writes a record. */
export function encode(record: ConversationRecord): string {
  const { version, top, below, ids, marks, replyAddress, timers, failures, pendingPrompt } = record;
  const { keyboard, entries, session, extra } = record;
  const text: RecordText = { v: format };
  if (version !== 0) text.m = version;
  encodeFrame(top, text);
  if (below.length > 0) {
    text.f = below.map((frame) => {
      const part: FrameText = {};
      encodeFrame(frame, part);
      return part;
    });
  }
  if (ids.length > 0) text.i = ids;
  if (marks !== noMarks) text.e = marks;
  if (replyAddress !== undefined) text.p = encodeAddress(replyAddress);
  if (timers.length > 0) text.t = encodeTimers(timers);
  if (failures !== 0) text.x = failures;
  if (pendingPrompt) text.o = pendingPrompt;
  if (keyboard !== undefined) text.b = keyboard;
  if (entries !== top.entry) text.z = entries;
  if (session !== undefined) text.u = session;
  return JSON.stringify(isBlank(extra) ? text : { ...extra, ...text });
}

function encodeFrame(frame: Frame, text: FrameText): void {
  if (frame.scene !== null) text.c = frame.scene;
  if (frame.state !== frame.scene) text.s = frame.state;
  if (!isBlank(frame.data)) text.d = frame.data;
  if (!isBlank(frame.memo)) text.k = frame.memo;
  if (frame.entry !== 0) text.n = frame.entry;
  if (frame.into !== undefined) text.r = frame.into;
  if (frame.history.steps.length > 0) text.h = stepsFrom(frame.history, frame);
  if (frame.paused.length > 0) text.w = encodeTimers(frame.paused);
}

function encodeTimers(timers: readonly StoredTimer[]): [string, number][] {
  return timers.map(({ name, plus }) => [name, plus]);
}

function encodeAddress({ chat, thread, business, directMessagesTopic }: ReplyAddress): AddressText {
  const text: AddressText = [chat, thread ?? 0, business ?? '', directMessagesTopic ?? 0];
  while (text.length > 1 && !text[text.length - 1]) text.pop();
  return text;
}

/** Reads a text. */
export function parse(text: string): Decoded {
  try {
    return readFound(JSON.parse(text), text.length);
  } catch {
    // too deep to be read is foreign: telefsm writes nothing of the kind
    return { unreadable: 'it is not JSON, or nested too deeply' };
  }
}

function readFound(found: unknown, size: number): Decoded {
  if (!isJsonObject(found) || typeof found['v'] !== 'number') {
    return { unreadable: 'it has no format number' };
  }
  if (found['v'] > format) return { newer: found['v'] };
  const sorted = sortOut(found);
  if (typeof sorted === 'string') return { unreadable: `its field '${sorted}' is invalid` };
  return { record: read(found as unknown as RecordText, size, sorted) };
}

function read(text: RecordText, size: number, extra: JsonObject): ConversationRecord {
  const top = readFrame(text, size);
  // the members of WorkingCopy.toRecord, in their order
  return {
    version: text.m ?? 0,
    top,
    below: text.f ? text.f.map((frame) => readFrame(frame, size)) : noFrames,
    ids: text.i ?? noIds,
    marks: text.e ?? noMarks,
    replyAddress: text.p && readAddress(text.p),
    timers: text.t ? text.t.map(readTimer) : noTimers,
    failures: text.x ?? 0,
    pendingPrompt: text.o ?? 0,
    keyboard: text.b,
    entries: text.z ?? top.entry,
    session: text.u && freezeParsed(text.u),
    extra,
  };
}

function readFrame(text: FrameText, size: number): Frame {
  const scene = text.c ?? null;
  const state = text.s === undefined ? scene : text.s;
  // the part that the bot's code gets; the rest stays inside
  const data = text.d ? freezeParsed(text.d) : noData;
  const memo = text.k ? freezeParsed(text.k) : noData;
  const history: History = text.h ? { scene, data, steps: text.h, weight: size } : noHistory;
  const paused = text.w ? text.w.map(readTimer) : noTimers;
  return { scene, state, data, memo, entry: text.n ?? 0, into: text.r, history, paused };
}

function readAddress([chat, thread, business, directMessagesTopic]: AddressText): ReplyAddress {
  return {
    chat,
    ...(thread ? { thread } : {}),
    ...(business ? { business } : {}),
    ...(directMessagesTopic ? { directMessagesTopic } : {}),
  };
}

function readTimer([name, plus]: [string, number]): StoredTimer {
  return { name, plus };
}
