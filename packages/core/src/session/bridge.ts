/** Sessions in a store of the framework: in order inside one process, and written only if the update succeeds. */

import { type Clock, systemClock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { localQueues } from '../lease/queue.ts';
import { reentryOf, type Stay } from '../lease/reentry.ts';
import type { FsmStorage } from '../lease/storage.ts';
import { keyValueStorage } from '../storage/key-value-storage.ts';
import { checkWritten } from '../storage/key-value-store.ts';
import type { StoredText } from '../storage/statements.ts';
import { waitInQueue } from '../transaction/waiting.ts';
import { checkStore } from './checks.ts';
import type { SessionValue } from './slot.ts';

/** A session store of either framework. */
export interface BridgedStore<Value = unknown> {
  get(key: string): Awaitable<Value | undefined | null>;
  set(key: string, value: Value): Awaitable<unknown>;
  delete(key: string): Awaitable<unknown>;
}

/**
 * Lifts a session store of either framework into a storage.
 *
 * @throws FsmError `INVALID_OPTION` if an object without the methods of a store is passed
 */
export function storageOver(store: BridgedStore<StoredText>): FsmStorage {
  checkStore('store', store, 'get', 'set', 'delete');
  return keyValueStorage({
    async get(key) {
      // stores return nothing in several ways, and the machine judges the value of somebody else
      const found: Partial<StoredText> | null | undefined = await store.get(key);
      return found == null ? undefined : (found.text ?? JSON.stringify(found));
    },
    set: (key, text) => store.set(key, { text }),
    delete: (key) => store.delete(key),
  });
}

/** Makes the order of sessions by their keys: each update waits for those before it, and one that would wait for itself is rejected. */
export function inOrder(
  clock: Clock = systemClock,
): (key: string, rest: () => Promise<void>) => Promise<void> {
  const queues = localQueues();
  const reentry = reentryOf();
  // a store is not stopped
  const rt = { clock, reentry, stopping: { ends: () => () => {} } };
  /** Its name is what `reentry` looks for in stacks. */
  async function telefsmSessionTurn(
    key: string,
    rest: () => Promise<void>,
    stay: Stay | undefined,
  ): Promise<void> {
    let seat = queues.tryJoin(key);
    if (stay === undefined) reentry.untracked++;
    try {
      seat ??= await waitInQueue(rt, key, (signal) => queues.join(key, signal));
      stay?.begin();
      await rest();
    } finally {
      seat?.leave();
      if (stay === undefined) reentry.untracked--;
      else stay.end();
    }
  }
  return (key, rest) =>
    reentry.isOn
      ? reentry.track(key, (stay) => telefsmSessionTurn(key, rest, stay))
      : telefsmSessionTurn(key, rest, undefined);
}

/** How a bridged session is read. */
interface BridgePlan {
  readonly store: BridgedStore;
  readonly initial: (() => unknown) | undefined;
  /** Whether a value made by `initial` is written even if no handler touches it. */
  readonly writesInitial: boolean;
}

/** A session value of one update. */
export class BridgedValue implements SessionValue {
  readonly #key: string;
  readonly #plan: BridgePlan;
  #value: unknown;
  #loading: Promise<unknown> | undefined;
  #isLoaded = false;
  #isRead = false;
  #isWritten = false;

  constructor(key: string, plan: BridgePlan) {
    this.#key = key;
    this.#plan = plan;
  }

  /** Reads the store, once; an assignment made meanwhile wins. */
  load(): Promise<unknown> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  get value(): unknown {
    this.#isRead = true;
    return this.#isLoaded || this.#isWritten ? this.#value : this.load();
  }

  set value(value: unknown) {
    this.#isWritten = true;
    this.#value = value;
  }

  /** Writes it, as the update has succeeded. */
  async finish(): Promise<void> {
    if (this.#isRead && !this.#isWritten) await this.load();
    if (!this.#isRead && !this.#isWritten) return;
    const { store } = this.#plan;
    const value = await this.#value;
    if (value == null) await store.delete(this.#key);
    else checkWritten(await store.set(this.#key, value));
  }

  async #load(): Promise<unknown> {
    const { store, initial, writesInitial } = this.#plan;
    const found = await store.get(this.#key);
    if (!this.#isWritten) {
      const isNew = found === undefined || found === null;
      this.#value = isNew ? initial?.() : found;
      if (isNew && writesInitial && this.#value !== undefined) this.#isWritten = true;
    }
    this.#isLoaded = true;
    return this.#value;
  }
}
