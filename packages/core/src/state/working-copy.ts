/** The working copy of a record during one turn: frames, history, data, timers. It is independent of the behavior of scenes. */

import { type JsonObject, mergedData, noData, withMember } from '../base/json.ts';
import { before, type HistoryRules, lastOf, type Past, remember } from '../record/history.ts';
import {
  type ConversationRecord,
  emptyRecord,
  type Frame,
  isBlankFrame,
  type KeyboardOwner,
  noTimers,
  type PendingPrompt,
  type StoredTimer,
} from '../record/record.ts';
import type { ReplyAddress } from '../update/address.ts';

/** A change of a frame, deeply frozen; an `undefined` member stays as it is. */
export type FrameChange = {
  readonly [Name in 'state' | 'data' | 'memo']?: Frame[Name] | undefined;
};

/** The rules that all working copies of a machine share. */
export interface CopyRules {
  readonly history: HistoryRules;
  /** A number for a new entry, greater than the last one of the conversation, also of a deleted one. */
  nextEntry(last: number): number;
}

/** The timer of a state, which ends with it; others are their scene's. */
export const stateTimer = 'state';

/** The slot of session data that has the user's language. As every slot with `~`, it goes with the conversation. */
export const languageSlot = '~language';

/** Which changes of timers a record has, and when its deadline passes. */
interface TimerPoint {
  readonly changes: number;
  readonly deadlineAt: number | undefined;
}

/** One for all without timers, which are most. */
const noTimerPoint: TimerPoint = /* @__PURE__ */ Object.freeze({
  changes: 0,
  deadlineAt: undefined,
});

/**
 * A working copy.
 *
 * A class, since one is made for every update: its methods are on the prototype.
 */
export class WorkingCopy {
  /** The record as it was read, or as it was committed last. */
  base: ConversationRecord;
  /** The active frame; setting it is the only way to change it. */
  top: Frame;
  below: readonly Frame[];
  entries: number;
  pendingPrompt: PendingPrompt;
  /** The owner of the reply keyboard that is shown; it outlives the frame, and `clear()`. */
  keyboard: KeyboardOwner | undefined;
  failures: number;
  version: number;
  /** Session data by slot, as the last commit or the last flush left it. */
  session: JsonObject | undefined;
  /** When timers of the top frame pass, by the monotonic clock; `undefined` while there are none. A wall clock may be set meanwhile. */
  timers: Map<string, number> | undefined;
  /** How often timers have been changed. */
  timerChanges = 0;
  /** The frame that a `leave` hook sees. */
  leaving: Frame | undefined;
  /** The timers that the base has. */
  private kept: TimerPoint;
  /** The timers of the record that was made last, which becomes the base when it has been written. */
  private written: TimerPoint;
  readonly rules: CopyRules;

  constructor(record: ConversationRecord, rules: CopyRules, deadlineAt: number | undefined) {
    this.base = record;
    this.top = record.top;
    this.below = record.below;
    this.entries = record.entries;
    this.pendingPrompt = record.pendingPrompt;
    this.keyboard = record.keyboard;
    this.failures = record.failures;
    this.version = record.version;
    this.session = record.session;
    this.rules = rules;
    this.timers = deadlineAt === undefined ? undefined : timersAt(record.timers, deadlineAt);
    this.kept = deadlineAt === undefined ? noTimerPoint : { changes: 0, deadlineAt };
    this.written = this.kept;
  }

  /** The frame for reads: the top one, or in a `leave` hook the one that was left. */
  get shown(): Frame {
    return this.leaving ?? this.top;
  }

  /** Whether a commit would write anything but an id. */
  get changed(): boolean {
    return (
      this.top !== this.base.top ||
      this.below !== this.base.below ||
      this.pendingPrompt !== this.base.pendingPrompt ||
      this.keyboard !== this.base.keyboard ||
      this.failures !== this.base.failures ||
      this.entries !== this.base.entries ||
      this.session !== this.base.session ||
      this.timerChanges !== this.kept.changes
    );
  }

  /**
   * Moves to a state, or changes data where the state stays; the place before is where `back` leads.
   *
   * @param scene - the frame's own, or `null` to leave it
   */
  move(state: string | null, patch: object | undefined, scene: string | null): void {
    const { top } = this;
    const { entry, into } = top;
    const data = patch === undefined ? top.data : mergedData(top.data, patch, 'data');
    const moved = state !== top.state || scene !== top.scene;
    const history = moved
      ? remember(top.history, top, { scene, data }, this.rules.history, patch)
      : top.history;
    if (scene !== top.scene) this.dropTimers();
    else if (moved && this.timers !== undefined) this.arm(stateTimer, undefined);
    const memo = scene === null ? noData : top.memo;
    this.top = { scene, state, data, memo, entry, into, history, paused: noTimers };
  }

  /** Changes the frame without a step of history. */
  change({ state, data, memo }: FrameChange): void {
    const { top } = this;
    this.top = {
      scene: top.scene,
      state: state === undefined ? top.state : state,
      data: data ?? top.data,
      memo: memo ?? top.memo,
      entry: top.entry,
      into: top.into,
      history: top.history,
      paused: top.paused,
    };
  }

  /**
   * Restores the past that was left last; `false` if there is none.
   *
   * @param placeOf - finds the current ids of a past; `undefined` skips a past that the machine does not have
   */
  back(placeOf: (past: Past) => Pick<Past, 'scene' | 'state'> | undefined): boolean {
    const { entry, into, history: steps } = this.top;
    let history = steps;
    for (let past = lastOf(history); past !== undefined; past = lastOf(history)) {
      history = before(history, past);
      const place = placeOf(past);
      if (place === undefined) continue;
      const { scene, state } = place;
      const { data, memo } = past;
      this.dropTimers();
      const next = scene === null ? entry : this.newEntry();
      this.top = { scene, state, data, memo, entry: next, into, history, paused: noTimers };
      return true;
    }
    return false;
  }

  /** Leaves nothing: no state, no data, no frames, no timers. */
  clear(): void {
    this.dropTimers();
    if (!isBlankFrame(this.top)) this.top = emptyRecord.top;
    this.below = emptyRecord.below;
    this.pendingPrompt = 0;
    this.failures = 0;
    this.entries = 0;
    // telefsm's own data there is deleted with the conversation
    for (const slot of Object.keys(this.session ?? noData)) {
      if (slot.startsWith('~')) this.keep(slot, undefined);
    }
  }

  /** Sets a slot of the session data to a frozen value; `undefined` removes it. */
  keep(slot: string, value: unknown): void {
    if (this.session?.[slot] === value) return;
    this.session = withMember(this.session, slot, value);
  }

  /** Sets a timer of the top frame, or removes it. */
  arm(name: string, at: number | undefined): void {
    if (at === undefined && this.timers?.has(name) !== true) return;
    this.timers ??= new Map();
    if (at === undefined) this.timers.delete(name);
    else this.timers.set(name, at);
    this.failures = 0;
    this.timerChanges++;
  }

  /** Removes a deadline whose timers this version cannot read. */
  disarm(): void {
    this.timers = undefined;
    this.timerChanges++;
  }

  /** Puts off a timer whose handler has failed, or removes it for good. */
  postpone(name: string, at: number | undefined): void {
    const failures = this.failures + 1;
    this.arm(name, at);
    this.failures = at === undefined ? 0 : failures;
  }

  /** When the soonest timer passes. */
  get deadlineAt(): number | undefined {
    if (this.timers === undefined || this.timers.size === 0) return undefined;
    return Math.min(...this.timers.values());
  }

  /** The record that a commit writes, and from then on the base. */
  toRecord(
    ids: ConversationRecord['ids'],
    marks: ConversationRecord['marks'],
    replyAddress: ReplyAddress | undefined,
  ): ConversationRecord {
    const { top, below, entries, pendingPrompt, keyboard, failures, version, session } = this;
    const { extra } = this.base;
    const changes = this.timerChanges;
    // most have none
    const isTimed = this.timers !== undefined || changes > 0;
    const timers = isTimed ? this.storedTimers() : noTimers;
    this.written = isTimed ? { changes, deadlineAt: this.deadlineAt } : noTimerPoint;
    return {
      version,
      top,
      below,
      ids,
      marks,
      replyAddress,
      timers,
      failures,
      pendingPrompt,
      keyboard,
      entries,
      session,
      extra,
    };
  }

  /** Makes the committed record the new base. */
  rebase(record: ConversationRecord): void {
    this.base = record;
    this.kept = this.written;
  }

  /** Discards every change since the base. */
  reset(): void {
    const { top, below, entries, pendingPrompt, keyboard, failures, version, session, timers } =
      this.base;
    const kept = { top, below, entries, pendingPrompt, keyboard, failures, version, session };
    Object.assign(this, kept);
    const { deadlineAt } = this.kept;
    this.timers = deadlineAt === undefined ? undefined : timersAt(timers, deadlineAt);
    this.timerChanges = this.kept.changes;
  }

  private storedTimers(): readonly StoredTimer[] {
    const first = this.deadlineAt;
    if (first === undefined) return noTimers;
    return [...(this.timers as Map<string, number>)]
      .map(([name, at]) => ({ name, plus: Math.round(at - first) }))
      .sort((a, b) => a.plus - b.plus);
  }

  /** Removes the timers of the top frame, which is no longer on top. */
  dropTimers(): void {
    if (this.timers !== undefined) this.timerChanges++;
    this.timers = undefined;
    this.failures = 0;
  }

  /** Numbers an entry of a scene. */
  newEntry(): number {
    this.entries = this.rules.nextEntry(this.entries);
    return this.entries;
  }
}

/** When stored timers pass; `undefined` if there are none. */
function timersAt(
  timers: readonly StoredTimer[],
  deadlineAt: number,
): Map<string, number> | undefined {
  if (timers.length === 0) return undefined;
  return new Map(timers.map(({ name, plus }) => [name, deadlineAt + plus]));
}
