/** Finds code that waits for the conversation that it is in, where the platform supports it. */

import type { Awaitable } from '../base/type-tools.ts';

/** A turn's stay in its conversation. */
export interface Stay {
  /** The conversation is taken. */
  begin(): void;
  /** The conversation is left; code that the turn has started may continue, and take it again. */
  end(): void;
  /** A turn within this one has done its work, and keeps its conversation until this one ends. */
  keep(inner: Stay): void;
}

/** A stay that is looked for. */
class TrackedStay implements Stay {
  /** Two machines may have conversations of one key, in two storages. */
  readonly machine: object;
  readonly key: string;
  isInside = false;
  readonly kept: Stay[] = [];

  constructor(machine: object, key: string) {
    this.machine = machine;
    this.key = key;
  }

  begin(): void {
    this.isInside = true;
  }

  end(): void {
    this.isInside = false;
  }

  keep(inner: Stay): void {
    this.kept.push(inner);
  }
}

const isTracked = (stay: Stay): stay is TrackedStay => stay instanceof TrackedStay;

interface AsyncStorage<T> {
  run<R>(value: T, task: () => R): R;
  getStore(): T | undefined;
}

/** In which conversations the running code is. */
export interface Reentry {
  /** Begins to look; until then it costs nothing. */
  enable(): void;
  /** Whether it looks. */
  readonly isOn: boolean;
  /** Whether the running code is in a turn of this conversation. */
  isInside(key: string): boolean;
  /** How many turns run that are not looked for. */
  untracked: number;
  /** Remembers who asks, where that may be a turn that is not looked for; `undefined` where it certainly is none. */
  trace(): Error | undefined;
  /** Runs a turn whose stay is looked for, if it looks. */
  track<R>(key: string, turn: (stay: Stay) => Promise<R>): Promise<R>;
  /** Runs the rest of a turn where its stay is looked for. */
  resume<R>(stay: Stay | undefined, rest: () => R): R;
  /** Runs code in a conversation. */
  inside<R>(key: string, task: () => Awaitable<R>): Promise<R>;
}

/**
 * Makes the detector of a machine.
 *
 * It is switched on by the first work from outside an update, since it slows all asynchronous code a little; and it exists only where
 * AsyncLocalStorage does (Node, Bun, Deno).
 */
export function reentryOf(): Reentry {
  const machine = {};
  const all = () => (reentry.isOn ? stays()?.getStore() : undefined) ?? [];
  const here = () =>
    all()
      .flatMap((stay) => [stay, ...stay.kept.filter(isTracked)])
      .filter(({ isInside }) => isInside);
  const resume = <R>(stay: Stay | undefined, rest: () => R): R => {
    const storage = reentry.isOn ? stays() : undefined;
    if (storage === undefined || stay === undefined || !isTracked(stay)) return rest();
    return storage.run([...here(), stay], rest);
  };
  const track = <R>(key: string, turn: (stay: Stay) => Promise<R>): Promise<R> => {
    const stay = new TrackedStay(machine, key);
    return resume(stay, () => turn(stay));
  };
  const reentry: { -readonly [Part in keyof Reentry]: Reentry[Part] } = {
    isOn: false,
    enable() {
      reentry.isOn = stays() !== undefined;
    },
    untracked: 0,
    // the turn that asks has its own stay, which has not begun
    trace() {
      return reentry.untracked > 0 && all().length <= 1 ? deepError() : undefined;
    },
    isInside: (key) => here().some((stay) => stay.machine === machine && stay.key === key),
    track,
    resume,
    inside: (key, task) =>
      track(key, async (stay) => {
        stay.begin();
        try {
          return await task();
        } finally {
          stay.end();
        }
      }),
  };
  return reentry;
}

/** The functions that run turns, as stacks name them. */
const turnInStack = /\btelefsm(?:Nested|Session)?Turn\b/;

/**
 * Counts the turns that a trace leads through, by the chain of `await`s that V8 adds to a stack.
 *
 * The stack is written only when it is asked for. Other engines, minified names and code that no `await` joins are not recognized.
 */
export function turnsIn({ stack = '' }: Error): number {
  // the first one is the turn that waits
  return Math.max(0, stack.split(turnInStack).length - 2);
}

/** An error with a stack that is not cut off: frameworks put many functions between a turn and its handler. */
function deepError(): Error {
  const { stackTraceLimit } = Error as { stackTraceLimit?: number };
  if (stackTraceLimit === undefined) return new Error();
  try {
    Reflect.set(Error, 'stackTraceLimit', 200);
    return new Error();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** One for all machines: each of its own would slow all asynchronous code a little more, also when its machine is gone. */
let shared: AsyncStorage<readonly TrackedStay[]> | undefined;

function stays(): AsyncStorage<readonly TrackedStay[]> | undefined {
  if (shared !== undefined) return shared;
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  const hooks = process?.getBuiltinModule?.('node:async_hooks') as
    | { AsyncLocalStorage: new () => AsyncStorage<readonly TrackedStay[]> }
    | undefined;
  shared = hooks && new hooks.AsyncLocalStorage();
  return shared;
}
