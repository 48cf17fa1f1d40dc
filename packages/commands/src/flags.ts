/** The flags of one input: read, changed, passed to their hooks, and committed only if the command succeeds. */

import { isPromise } from '@telefsm/core/scene-kit';
import type { CommandError, CommandErrorArgs } from './errors.ts';
import { type FlagNode, isWithin, type StateNode } from './nodes.ts';
import type { StoredFlags } from './position.ts';
import { freezeJson, sameJson } from './values.ts';

/** The parts of a running tree that flags need. */
export interface FlagsPort {
  /** The turn of a hook. */
  readonly hookTurn: object;
  fail(
    code: 'FLAG_NOT_DEFINED',
    args: CommandErrorArgs['FLAG_NOT_DEFINED'],
  ): CommandError<'FLAG_NOT_DEFINED'>;
}

/** A flag that is seen in a state. */
interface Slot {
  readonly owner: StateNode;
  readonly flag: FlagNode;
  readonly before: unknown;
  /** Whether the value has to be stored, because no constant says it. */
  readonly kept: boolean;
}

/**
 * Shows values that change, and lets nobody else change them: one handler for all inputs.
 *
 * Not an object with a getter for each flag. The engine keeps such a getter with the shape of its object, and with it everything that the
 * getter can reach: the whole turn, long after it has ended.
 */
const readOnly: ProxyHandler<Record<string, unknown>> = /* @__PURE__ */ (() => {
  const reject = () => false;
  return {
    set: reject,
    defineProperty: reject,
    deleteProperty: reject,
    setPrototypeOf: reject,
    preventExtensions: reject,
  };
})();

/** A working copy of every flag that is seen in a state: its own, and those of its parents. */
export class WorkingFlags {
  /** The values as they are at the moment of reading. */
  readonly view: Readonly<Record<string, unknown>>;
  private readonly state: StateNode;
  private readonly port: FlagsPort;
  private readonly slots: Slot[] = [];
  private readonly values = Object.create(null) as Record<string, unknown>;
  private hooks: Promise<unknown> | undefined;
  private isOpen = true;

  constructor(state: StateNode, stored: StoredFlags, port: FlagsPort) {
    this.state = state;
    this.port = port;
    for (let at: StateNode | undefined = state; at; at = at.parent) {
      for (const flag of at.flags.values()) {
        const slot = openSlot(at, flag, stored[at.id]);
        this.slots.push(slot);
        this.values[flag.name] = slot.before;
      }
    }
    this.view = new Proxy(this.values, readOnly);
  }

  /**
   * Changes a flag and calls its hook.
   *
   * @throws CommandError `FLAG_NOT_DEFINED`
   * @throws FsmError `DATA_NOT_JSON`
   */
  set(name: string, value: unknown): void {
    if (!this.isOpen) return;
    const { values, slots } = this;
    const flag = slots.find((slot) => slot.flag.name === name)?.flag;
    if (!flag) {
      throw this.port.fail('FLAG_NOT_DEFINED', {
        state: this.state.id,
        flag: String(name),
        known: slots.map((slot) => slot.flag.name),
      });
    }
    const forgets = value === undefined && flag.initial === undefined;
    const next = forgets ? undefined : freezeJson(value, `flags.${name}`);
    const before = values[name];
    if (sameJson(before, next)) return;
    values[name] = next;
    this.notify(flag, next, before);
  }

  /** Discards every change. */
  reset(): void {
    for (const { flag, before } of this.slots) this.values[flag.name] = before;
  }

  /** Resolves when all hooks have ended, rejects with what one threw; `undefined` if none is running. */
  settled(): Promise<void> | undefined {
    return this.hooks === undefined ? undefined : this.allHooks();
  }

  /** The flags to store when the user moves to this state. Flags of states that are left are deleted. */
  stored(target: StateNode): StoredFlags {
    const kept: { [state: string]: { [flag: string]: unknown } } = {};
    for (const { owner, flag, kept: had, before } of this.slots) {
      const value = this.values[flag.name];
      if (value === undefined || (!had && value === before)) continue;
      if (!isWithin(target, owner)) continue;
      const own = kept[owner.id] ?? {};
      own[flag.name] = value;
      kept[owner.id] = own;
    }
    return kept;
  }

  /** From now on {@link set} does nothing. */
  close(): void {
    this.isOpen = false;
  }

  private notify({ onChange }: FlagNode, value: unknown, before: unknown): void {
    if (!onChange) return;
    const call = () => onChange(value, before, this.port.hookTurn);
    const called = this.hooks === undefined ? call() : this.hooks.then(call);
    if (!isPromise(called)) return;
    this.hooks = Promise.resolve(called);
    // `settled` reports the rejection; until then nothing handles it.
    this.hooks.catch(() => {});
  }

  private async allHooks(): Promise<void> {
    while (this.hooks !== undefined) {
      const waited = this.hooks;
      try {
        await waited;
      } finally {
        if (this.hooks === waited) this.hooks = undefined;
      }
    }
  }
}

function openSlot(owner: StateNode, flag: FlagNode, stored: StoredFlags[string] | undefined): Slot {
  const { name, initial } = flag;
  const made = typeof initial === 'function';
  const had = stored !== undefined && Object.hasOwn(stored, name);
  // what a record keeps is frozen already
  const value = had ? stored[name] : made ? freezeJson(initial(), `flags.${name}`) : initial;
  return { owner, flag, before: value, kept: had || made };
}
