/** The record of a conversation: everything that is kept of it, as a value that nobody can change. */

import { isBlank, type JsonObject, noData } from '../base/json.ts';
import type { ReplyAddress } from '../update/address.ts';
import { type History, noHistory, type Past } from './history.ts';
import { noIds, type SeenIds } from './ids.ts';
import { type Marks, noMarks } from './marks.ts';

/** One level of a conversation: a scene or none, a state or none, and data. */
export interface Frame extends Past {
  /** Number of this entry of its scene; never used twice in a conversation. */
  readonly entry: number;
  /** Key of the caller's data that takes the result. */
  readonly into: string | undefined;
  readonly history: History;
  /** Its timers while a scene runs that it has called: how long each still has, in ms. */
  readonly paused: readonly StoredTimer[];
}

/** A timer of the top frame: how long after the record's deadline it passes, in ms; never an instant. */
export interface StoredTimer {
  readonly name: string;
  readonly plus: number;
}

/** Whether a question was committed and is still to be sent. A number, as it is stored. */
export type PendingPrompt = 0 | typeof promptUnsent | typeof promptRejected;
/** It was not sent yet. */
export const promptUnsent = 1;
/** Telegram has rejected it, and the user was notified; it is sent again. */
export const promptRejected = 2;

/** The owner of the reply keyboard that is shown: the entry of a scene, or the state in which a handler has shown it. */
export type KeyboardOwner = number | string;

/** Everything that is kept of one conversation. Nobody can change it; a turn makes a new one. */
export interface ConversationRecord {
  /** The highest migration that it has seen. */
  readonly version: number;
  /** The active frame. */
  readonly top: Frame;
  /** The frames that have called it, bottom first; most conversations have none. */
  readonly below: readonly Frame[];
  readonly ids: SeenIds;
  /** Proofs of the last commits, for storages that are shared. */
  readonly marks: Marks;
  /** Where the conversation last was, if its key does not contain it. */
  readonly replyAddress: ReplyAddress | undefined;
  /** Timers of the top frame, soonest first. */
  readonly timers: readonly StoredTimer[];
  /** How often the deadline's handler has failed. */
  readonly failures: number;
  /** The question that was committed and has not been asked yet. */
  readonly pendingPrompt: PendingPrompt;
  /** The owner of the reply keyboard that is shown, until it is removed. */
  readonly keyboard: KeyboardOwner | undefined;
  /** The number of the last entry. */
  readonly entries: number;
  /** Session data by the name that its owner chose; it stays when the conversation is cleared. */
  readonly session: JsonObject | undefined;
  /** Fields of a later version of this format; they are kept. */
  readonly extra: JsonObject;
}

/** No timers. */
export const noTimers: readonly StoredTimer[] = /* @__PURE__ */ Object.freeze([]);

/** A frame without scene, state and data. */
export const emptyFrame: Frame = /* @__PURE__ */ Object.freeze({
  scene: null,
  state: null,
  data: noData,
  memo: noData,
  entry: 0,
  into: undefined,
  history: noHistory,
  paused: noTimers,
});

/** Whether a frame has nothing: no state, no data and no past. */
export function isBlankFrame(frame: Frame): boolean {
  const names = Object.keys(emptyFrame) as (keyof Frame)[];
  return names.every((name) => frame[name] === emptyFrame[name]);
}

/** Nothing below the top frame. */
export const noFrames: readonly Frame[] = /* @__PURE__ */ Object.freeze([]);

/** A record of nothing. */
export const emptyRecord: ConversationRecord = /* @__PURE__ */ Object.freeze({
  version: 0,
  top: emptyFrame,
  below: noFrames,
  ids: noIds,
  marks: noMarks,
  replyAddress: undefined,
  timers: noTimers,
  failures: 0,
  pendingPrompt: 0,
  keyboard: undefined,
  entries: 0,
  session: undefined,
  extra: noData,
});

/** The frames of a conversation. */
export type Frames = Pick<ConversationRecord, 'top' | 'below'>;

/** All frames, bottom first. */
export function framesOf({ top, below }: Frames): readonly Frame[] {
  return [...below, top];
}

/** The opposite of {@link framesOf}. */
export function stackOf(frames: readonly Frame[]): Frames {
  const below = frames.slice(0, -1);
  return { top: frames.at(-1) ?? emptyFrame, below: below.length > 0 ? below : noFrames };
}

/** Whether nothing but ids is worth keeping. */
export function isEmpty(record: ConversationRecord): boolean {
  const { top, below, timers, session, keyboard, extra } = record;
  if (top.state !== null || top.scene !== null || below.length > 0) return false;
  const hasMore = session !== undefined || keyboard !== undefined || timers.length > 0;
  return !hasMore && isBlank(top.data) && isBlank(extra);
}

/** How long an idle record is kept, in ms: never less than until its deadline, from where the time counts. */
export function lifetime(ttl: number, deadlineIn: number | undefined): number {
  return ttl + Math.max(0, deadlineIn ?? 0);
}
