/** Any simple store as a storage: what a framework's session adapters can do, and no more. */

import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageStatements, StoredText, Write } from './statements.ts';

/** A store of texts under keys. */
export interface KeyValueStore {
  /** The text under a key; nothing, or `null`, without one. */
  get(key: string): Awaitable<string | undefined | null>;
  /** Keeps a text; `ttl`, in ms, is how long it is wanted, for stores that can forget. */
  set(key: string, value: string, ttl?: number): Awaitable<unknown>;
  /** Forgets a key; an unknown one is no error. */
  delete(key: string): Awaitable<unknown>;
}

/** What `keyValueStorage` can be told. */
export interface KeyValueStorageOptions {
  /** What tells the time; a virtual one in tests. */
  readonly clock?: Clock;
}

/**
 * Lifts any simple store into a storage.
 *
 * Such a store cannot exclude a second writer: with two processes, or two machines, on one store updates are lost. Deadlines do not fire
 * by themselves. Lifetimes and deadlines are kept as instants of this process's clock, beside the text, and judged when it is read.
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
  { clock = systemClock }: KeyValueStorageOptions = {},
): StorageStatements {
  return {
    features: { shared: false, fencing: false, ttl: false, deadlines: false, list: false },

    acquire: (key) =>
      then(store.get(key), (found) => ({ fence: 0, stored: unwrap(asText(found), clock.now()) })),

    commit(key, _, next) {
      const answer =
        next === undefined ? store.delete(key) : store.set(key, wrap(next, clock.now()), next.ttl);
      return then(answer, () => 'done' as const);
    },

    renew: () => true,
    release() {},

    peek: (key) => then(store.get(key), (found) => unwrap(asText(found), clock.now())),
  };
}

/** Continues without a promise where the store answers without one. */
function then<Value, Result>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  return isPromise(value) ? value.then(next) : next(value);
}

function isPromise<Value>(value: Awaitable<Value>): value is PromiseLike<Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** Begins every text that needs more than itself; what begins otherwise is the record as it stands. */
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

/** What somebody else left in the store, be it no text at all, reaches core, which decides about it. */
function asText(found: string | undefined | null): string | undefined {
  if (found === undefined || found === null) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}
