/** Any simple store as a storage: what a framework's session adapters can do, and no more. */

import type { Clock } from '../base/clock.ts';
import { checkWritten, type KeyValueStore, shortKey, tryOut } from './key-value-store.ts';
import type { StorageStatements, StoredText, Write } from './statements.ts';

/** Options of `keyValueStorage`. */
export interface KeyValueStorageOptions {
  /** The clock; a virtual one in tests. */
  readonly clock?: Pick<Clock, 'now'>;
}

/**
 * Lifts any simple store into a storage.
 *
 * Such a store cannot lock out a second process: two processes, or two machines, on one store lose updates. Deadlines do not fire
 * by themselves. Lifetimes and deadlines are kept as instants of this process's clock, beside the text, and judged when it is read.
 *
 * If the store does not answer a write within 5 seconds, the update is rejected with `COMMIT_UNKNOWN`. The write may still come. Until the store
 * answers it, the next updates of that conversation wait, each for at most 5 seconds, and end with `STORAGE_FAILED`.
 *
 * Keys that are longer than 32 characters, or have characters other than `a`-`z`, digits and `_.:=-`, become hashes of 32
 * characters: stores cut longer keys, reject them, or ignore case. Before the first conversation is read, a text is written, read back
 * and deleted. So an unsuitable store fails before a handler runs, with its own error as the cause.
 *
 * @throws FsmError with the first update `STORAGE_FAILED`; its cause is the store's error, or `STORAGE_UNUSABLE` if the text came back changed
 *   or is not deleted
 *
 * @example
 * ```ts
 * import { keyValueStorage } from '@telefsm/core';
 *
 * const texts = new Map<string, string>();
 * const storage = keyValueStorage({
 *   get: (key) => texts.get(key),
 *   set: (key, text) => texts.set(key, text),
 *   delete: (key) => texts.delete(key),
 * });
 * ```
 */
export function keyValueStorage(
  store: KeyValueStore,
  { clock = Date }: KeyValueStorageOptions = {},
): StorageStatements {
  let trial: Promise<void> | undefined;
  /** Writes that the store has not answered: they may come late, and must not overwrite what comes after them. */
  const writes = new Map<string, Promise<unknown>>();

  async function read(key: string): Promise<StoredText | undefined> {
    const found = await store.get(await shortKey(key));
    // any value as text, also one that somebody else wrote: core decides about it; JSON has no text for `undefined`
    const kept = typeof found === 'string' ? found : JSON.stringify(found ?? undefined);
    if (kept === undefined) return undefined;
    const now = clock.now();
    const [head, expiresAt, deadlineAt] = marked.exec(kept) ?? [''];
    if (expiresAt && Number(expiresAt) <= now) return undefined;
    const text = kept.slice(head.length);
    return deadlineAt ? { text, deadlineIn: Number(deadlineAt) - now } : { text };
  }

  async function put(short: string, next: Write | undefined): Promise<void> {
    if (next === undefined) return void (await store.delete(short));
    const { text, ttl, deadlineIn } = next;
    const instants = [ttl, deadlineIn]
      .map((length) => (length === undefined ? length : clock.now() + length))
      .join();
    const isPlain = instants === ',' && !marked.test(text);
    const kept = isPlain ? text : `telefsm@${instants};${text}`;
    checkWritten(await store.set(short, kept, ttl));
  }

  return {
    features: { shared: false, fencing: false, ttl: false, deadlines: false, list: false },

    async acquire(key) {
      // once; after a failure the next caller tries again
      trial ??= tryOut(store).catch((error: unknown) => {
        trial = undefined;
        throw error;
      });
      await trial;
      await writes.get(key);
      return { fence: 0, stored: await read(key) };
    },

    async commit(key, _, next) {
      const write = put(await shortKey(key), next);
      const forget = () => writes.delete(key);
      writes.set(key, write.then(forget, forget));
      await write;
      return 'done' as const;
    },

    release() {},
    renew: () => true,

    peek: read,
  };
}

/** Begins every text that needs more than itself, or looks as if it did; any other text is the record as it is. */
const marked = /^telefsm@([\d.e+-]*),([\d.e+-]*);/;
