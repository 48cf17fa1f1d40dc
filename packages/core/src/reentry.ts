/** Finds a handler that opens the conversation it is in, where the platform can tell. */

import type { Awaitable } from './type-tools.ts';

/** A unit of work. Code that it has started may go on when it has ended, and is inside no longer. */
interface Stay {
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
 * AsyncLocalStorage does (Node, Bun, Deno). Elsewhere such a call ends in `WAIT_TIMEOUT`.
 */
export function reentryOf(): Reentry {
  let storage: AsyncStorage<readonly Stay[]> | undefined;
  return {
    enable() {
      storage ??= newStorage();
    },
    get isOn() {
      return storage !== undefined;
    },
    isInside: (key) =>
      storage?.getStore()?.some((stay) => stay.key === key && !stay.isOver) ?? false,
    async inside(key, task) {
      const stay: Stay = { key, isOver: false };
      const around = storage?.getStore()?.filter(({ isOver }) => !isOver) ?? [];
      try {
        return await (storage === undefined ? task() : storage.run([...around, stay], task));
      } finally {
        stay.isOver = true;
      }
    },
  };
}

function newStorage(): AsyncStorage<readonly Stay[]> | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as
    | { AsyncLocalStorage: new () => AsyncStorage<readonly Stay[]> }
    | undefined;
  return hooks && new hooks.AsyncLocalStorage();
}
