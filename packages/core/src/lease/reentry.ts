/** Finds a handler that opens the conversation it is in, where the platform can tell. */

import type { Awaitable } from '../base/type-tools.ts';

/** A unit of work. Code that it has started may go on when it has ended, and is inside no longer. */
interface Stay {
  /** Two machines may have conversations of one key, in two storages. */
  readonly machine: object;
  readonly key: string;
  isOver: boolean;
}

interface AsyncStorage<T> {
  run<R>(value: T, task: () => R): R;
  getStore(): T | undefined;
}

/** Which conversations the running code is inside of. */
export interface Reentry {
  /** Begins to look; until then it costs nothing. */
  enable(): void;
  /** Whether it looks. */
  readonly isOn: boolean;
  /** Whether the running code is inside a unit of this conversation. */
  isInside(key: string): boolean;
  /** Runs a task inside a unit of a conversation. */
  inside<R>(key: string, task: () => Awaitable<R>): Promise<R>;
}

/**
 * Makes the detector of a machine.
 *
 * It is switched on by the first work from outside an update, since it slows all asynchronous code a little; and it exists only where
 * AsyncLocalStorage does (Node, Bun, Deno). Elsewhere such a call ends in `WAIT_TIMEOUT`, as the very first one does from inside a unit:
 * whether it waits for itself, or only beside that unit, nobody can tell any more.
 */
export function reentryOf(): Reentry {
  const machine = {};
  let isOn = false;
  const here = () =>
    (isOn ? stays()?.getStore() : undefined)?.filter(({ isOver }) => !isOver) ?? [];
  return {
    enable() {
      isOn = stays() !== undefined;
    },
    get isOn() {
      return isOn;
    },
    isInside: (key) => here().some((stay) => stay.machine === machine && stay.key === key),
    async inside(key, task) {
      const stay: Stay = { machine, key, isOver: false };
      try {
        const storage = isOn ? stays() : undefined;
        return await (storage === undefined ? task() : storage.run([...here(), stay], task));
      } finally {
        stay.isOver = true;
      }
    },
  };
}

/** One for all machines: each of its own would slow all asynchronous code a little more, also when its machine is gone. */
let shared: AsyncStorage<readonly Stay[]> | undefined;

function stays(): AsyncStorage<readonly Stay[]> | undefined {
  if (shared !== undefined) return shared;
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as
    | { AsyncLocalStorage: new () => AsyncStorage<readonly Stay[]> }
    | undefined;
  shared = hooks && new hooks.AsyncLocalStorage();
  return shared;
}
