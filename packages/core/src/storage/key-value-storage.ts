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
  /** Tries the store out once; after a failure the next caller tries again. */
  function tried(): Promise<void> {
    trial ??= tryOut(store).catch((error: unknown) => {
      trial = undefined;
      throw error;
    });
    return trial;
  }
  async function read(key: string): Promise<StoredText | undefined> {
    return unwrap(asText(await store.get(await shortKey(key))), clock.now());
  }

  return {
    features: { shared: false, fencing: false, ttl: false, deadlines: false, list: false },

    async acquire(key) {
      await tried();
      return { fence: 0, stored: await read(key) };
    },

    async commit(key, _, next) {
      const short = await shortKey(key);
      if (next === undefined) await store.delete(short);
      else checkWritten(await store.set(short, wrap(next, clock.now()), next.ttl));
      return 'done' as const;
    },

    renew: () => true,
    release() {},

    peek: read,
  };
}

/** Begins every text that needs more than itself; any other text is the record as it is. */
const mark = 'telefsm@';
const marked = /^telefsm@([\d.e+-]*),([\d.e+-]*);/;

function wrap({ text, ttl, deadlineIn }: Write, now: number): string {
  if (ttl === undefined && deadlineIn === undefined && !text.startsWith(mark)) return text;
  const at = (length: number | undefined) => (length === undefined ? '' : now + length);
  return `${mark}${at(ttl)},${at(deadlineIn)};${text}`;
}

function unwrap(kept: string | undefined, now: number): StoredText | undefined {
  if (kept === undefined) return undefined;
  const [head, expiresAt, deadlineAt] = marked.exec(kept) ?? [''];
  if (expiresAt && Number(expiresAt) <= now) return undefined;
  const text = kept.slice(head.length);
  return deadlineAt ? { text, deadlineIn: Number(deadlineAt) - now } : { text };
}

/** Passes any found value to core as text, also one that somebody else wrote: core decides about it. */
function asText(found: string | undefined | null): string | undefined {
  // JSON has no text for `undefined`
  return typeof found === 'string' ? found : JSON.stringify(found ?? undefined);
}
