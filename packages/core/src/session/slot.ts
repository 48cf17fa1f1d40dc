/** Session data of one turn, as an object that handlers change in place. */

import { type JsonObject, put, thawed, withMember } from '../base/json.ts';
import { sessionSlot } from '../engine/turn-session.ts';
import type { SessionAccess } from '../state/context.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { isFromChat } from '../update/subject.ts';
import { settled } from './values.ts';
import type { SessionWarnings } from './warning.ts';

/** Where in the session of a conversation a value is, and what it begins as. */
export interface SlotPlan {
  /** Name of the slot, which is the context property of the session. */
  readonly slot: string;
  /** Name of the member inside the slot, for one of several sessions in one object. */
  readonly part?: string | undefined;
  /** Makes the value of a session that is not there. */
  readonly initial?: (() => unknown) | undefined;
  /** The session of an earlier system's store; it counts only if the record has none. */
  readonly adopted?: unknown;
  /** Whether there is such a store. A removed value then stays as `null`: its old key may still be there, and must not come back. */
  readonly adopts?: boolean | undefined;
  /** Called for values that JSON changes. */
  readonly warnings: SessionWarnings;
}

/** A session value that can be read and assigned. */
export interface SessionValue {
  value: unknown;
  /**
   * Called before a handler assigns the value, or changes it by a verb.
   *
   * @param change - the verb, for a warning. Default: the assignment
   */
  changing?(change?: string): void;
}

/** Opens the value; what handlers change in it is written with the turn's commit. */
export function openSlot(access: SessionAccess, plan: SlotPlan): Slot {
  const slot = new Slot(access, plan);
  if (plan.slot === sessionSlot && plan.part === undefined) {
    const before = Object(access.opened?.value);
    if (Object.keys(before).length > 0) slot.value = before;
    access.opened = slot;
  }
  access.beforeCommit(() => slot.flush());
  return slot;
}

/** An open value. */
export class Slot implements SessionValue {
  readonly #access: SessionAccess;
  readonly #plan: SlotPlan;
  isRead = false;
  #value: unknown;

  constructor(access: SessionAccess, plan: SlotPlan) {
    this.#access = access;
    this.#plan = plan;
    if (plan.adopted == null || this.#stored !== undefined) return;
    // data of an earlier system moves into the record whether or not a handler reads it; a store in memory keeps its own object
    this.value = copied(plan.adopted);
  }

  get value(): unknown {
    if (!this.isRead) {
      this.isRead = true;
      const stored = this.#stored;
      this.#value = stored == null ? this.#plan.initial?.() : thawed(stored);
    }
    return this.#value;
  }

  set value(value: unknown) {
    this.isRead = true;
    this.#value = value;
  }

  changing(change = `Assigning ctx.${this.#path}`): void {
    this.#plan.warnings.changing(this.#access, change);
  }

  /** Waits for a promise that a handler has assigned. */
  async finish(): Promise<void> {
    if (this.isRead) this.#value = await this.#value;
  }

  /** Brings the value into the working copy of the record. */
  flush(): void {
    if (!this.isRead) return;
    const { slot, part, warnings, adopts, adopted } = this.#plan;
    const before = this.#stored;
    const removed = adopts === true && (before ?? adopted) !== undefined ? null : undefined;
    const value =
      settled(this.#value ?? undefined, before, this.#path, warnings.converted) ?? removed;
    if (value === before) return;
    const access = this.#access;
    const whole =
      part === undefined
        ? value
        : withMember(access.readSession(slot) as JsonObject | undefined, part, value);
    access.writeSession(slot, whole);
  }

  get #path(): string {
    const { slot, part } = this.#plan;
    return part === undefined ? slot : `${slot}.${part}`;
  }

  get #stored(): unknown {
    return storedIn(this.#access, this.#plan.slot, this.#plan.part);
  }
}

/**
 * Copies plain objects and lists, deeply. All else is converted when the session is written, so that handlers may read it first.
 *
 * @param copies - those that were made before, since a value may contain itself
 */
function copied(value: unknown, copies = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isList = Array.isArray(value);
  if (!isList && prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = Object(isList ? [] : {});
  copies.set(value, copy);
  for (const [name, member] of Object.entries(value)) put(copy, name, copied(member, copies));
  return copy;
}

/**
 * Whether an update has a session. The session of a chat is for updates from that chat, as in both frameworks. A wizard must not take a
 * checkout for an answer, nor a request to join a group.
 */
export function hasSession(access: SessionAccess, update: RawUpdate): boolean {
  const { key, scope } = access;
  return key !== undefined && (scope?.chat === undefined || isFromChat(update, scope.chat));
}

/**
 * A slot as a simple store, for plugins that read and write their whole state. For an update without a session it is empty and keeps nothing.
 *
 * @param slot - its name, such as the name of the plugin's package
 * @returns `read` gives a copy that may be changed; `write` keeps what JSON makes of a value, and `undefined` removes the slot
 */
export function slotStore(
  access: SessionAccess,
  update: RawUpdate,
  slot: string,
): { read(): unknown; write(value: unknown): void } {
  if (!hasSession(access, update)) return { read: () => undefined, write() {} };
  return {
    read: () => thawed(access.readSession(slot)),
    write(value) {
      access.writeSession(
        slot,
        settled(value, access.readSession(slot), slot, () => {}),
      );
    },
  };
}

/** Whether the record has something in a slot, or in a part of one. */
export function hasValue(access: SessionAccess, slot: string, part: string | undefined): boolean {
  return storedIn(access, slot, part) !== undefined;
}

function storedIn(access: SessionAccess, slot: string, part: string | undefined): unknown {
  const whole = access.readSession(slot);
  if (part === undefined) return whole;
  const isThere = typeof whole === 'object' && whole !== null && Object.hasOwn(whole, part);
  return isThere ? (whole as JsonObject)[part] : undefined;
}
