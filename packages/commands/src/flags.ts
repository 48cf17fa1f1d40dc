/** The flags of one input: read, changed, passed to their hooks, and committed only if the command succeeds. */

import { isPromise } from '@telefsm/core/scene-kit';
import type { CommandError, CommandErrorArgs } from './errors.ts';
import { type FlagNode, pathOf, type StateNode } from './nodes.ts';
import type { StoredFlags } from './position.ts';
import { freezeJson, sameJson } from './values.ts';

/** A working copy of every flag that is seen in a state. */
export interface WorkingFlags {
  /** The values as they are at the moment of reading. */
  readonly view: Readonly<Record<string, unknown>>;
  /**
   * Changes a flag and calls its hook.
   *
   * @throws CommandError `FLAG_NOT_DEFINED`
   * @throws FsmError `DATA_NOT_JSON`
   */
  set(name: string, value: unknown): void;
  /** Discards every change. */
  reset(): void;
  /** Resolves when all hooks have ended, rejects with what one threw; `undefined` if none is running. */
  settled(): Promise<void> | undefined;
  /** The flags to store when the user moves to this state. Flags of states that are left are deleted. */
  stored(target: StateNode): StoredFlags;
  /** From now on {@link set} does nothing. */
  close(): void;
}

/** The parts of a running tree that flags need. */
export interface FlagsPort {
  /** The turn of a hook. */
  readonly turn: object;
  fail(
    code: 'FLAG_NOT_DEFINED',
    args: CommandErrorArgs['FLAG_NOT_DEFINED'],
  ): CommandError<'FLAG_NOT_DEFINED'>;
}

interface Slot {
  readonly owner: string;
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

/** Opens the flags of a state and its parents. */
export function openFlags(state: StateNode, stored: StoredFlags, port: FlagsPort): WorkingFlags {
  const slots = new Map<string, Slot>();
  const values = Object.create(null) as Record<string, unknown>;
  for (const { id, flags } of pathOf(state)) {
    for (const flag of flags.values()) {
      const slot = openSlot(id, flag, stored[id]);
      slots.set(flag.name, slot);
      values[flag.name] = slot.before;
    }
  }
  let hooks: Promise<unknown> | undefined;
  let open = true;

  function notify({ onChange }: FlagNode, value: unknown, before: unknown): void {
    if (!onChange) return;
    const call = () => onChange(value, before, port.turn);
    const called = hooks === undefined ? call() : hooks.then(call);
    if (!isPromise(called)) return;
    hooks = Promise.resolve(called);
    // `settled` reports the rejection; until then nothing handles it.
    hooks.catch(() => {});
  }

  async function allHooks(): Promise<void> {
    while (hooks !== undefined) {
      const waited = hooks;
      try {
        await waited;
      } finally {
        if (hooks === waited) hooks = undefined;
      }
    }
  }

  return {
    view: new Proxy(values, readOnly),
    set(name, value) {
      if (!open) return;
      const slot = slots.get(name);
      if (!slot) {
        throw port.fail('FLAG_NOT_DEFINED', {
          state: state.id,
          flag: String(name),
          known: [...slots.keys()],
        });
      }
      const forgets = value === undefined && slot.flag.initial === undefined;
      const next = forgets ? undefined : freezeJson(value, `flags.${name}`);
      const before = values[name];
      if (sameJson(before, next)) return;
      values[name] = next;
      notify(slot.flag, next, before);
    },
    reset() {
      for (const { flag, before } of slots.values()) values[flag.name] = before;
    },
    settled: () => (hooks === undefined ? undefined : allHooks()),
    stored(target) {
      const path = pathOf(target);
      const kept: { [state: string]: { [flag: string]: unknown } } = {};
      for (const { owner, flag, kept: had, before } of slots.values()) {
        const value = values[flag.name];
        if (value === undefined || (!had && value === before)) continue;
        if (!path.some(({ id }) => id === owner)) continue;
        kept[owner] ??= {};
        kept[owner][flag.name] = value;
      }
      return kept;
    },
    close() {
      open = false;
    },
  };
}

function openSlot(owner: string, flag: FlagNode, stored: StoredFlags[string] | undefined): Slot {
  const { name, initial } = flag;
  const made = typeof initial === 'function';
  const had = stored !== undefined && Object.hasOwn(stored, name);
  // what a record keeps is frozen already
  const value = had ? stored[name] : made ? freezeJson(initial(), `flags.${name}`) : initial;
  return { owner, flag, before: value, kept: had || made };
}
