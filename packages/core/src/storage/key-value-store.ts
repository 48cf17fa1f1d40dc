/** Simple stores, and what they cannot be trusted with: long keys, letters of both cases, and every character in a text. */

import { FsmError } from '../base/errors.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';

/** A store of texts under keys. */
export interface KeyValueStore {
  /** The text under a key, which has at most 32 characters; nothing, or `null`, without one. */
  get(key: string): Awaitable<string | undefined | null>;
  /** Keeps a text; `ttl`, in ms, is how long it is wanted, for stores that can forget. */
  set(key: string, value: string, ttl?: number): Awaitable<unknown>;
  /** Forgets a key; an unknown one is no error. */
  delete(key: string): Awaitable<unknown>;
}

/** The longest key that a store gets: `@telegraf/session` makes columns of 32 characters. */
const longest = 32;
/** Upper case is left out: columns of MySQL compare without regard to it. */
const harmless = /^[a-z\d_.:=-]+$/;

/** The key under which a store keeps a conversation: its own, or a hash of it if a store might not keep it apart from others. */
export function shortKey(key: string): Awaitable<string> {
  if (key.length <= longest && harmless.test(key)) return key;
  return hashed(key);
}

async function hashed(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return `telefsm-${digits.join('')}`.slice(0, longest);
}

/** Quotes, a null character's escape, two, three and four bytes in UTF-8: what columns and encodings are known to lose. */
const trialText = '{"v":1,"text":"\\u0000 \\"ø€😀"}';
/** Ms that a store which can forget should keep the text, should the process end before it is deleted. */
const trialTtl = 60_000;

/**
 * Writes a text under a key of the longest length, reads it back and deletes it.
 *
 * @throws FsmError `STORAGE_UNUSABLE` if it came back changed; what the store throws
 */
export function tryOut(store: KeyValueStore): Awaitable<void> {
  // a key of its own, since another process may be trying the same store
  const random = Array.from({ length: 3 }, () => Math.random().toString(36).slice(2)).join('');
  const key = `telefsm-trial-${random}`.padEnd(longest, '0').slice(0, longest);
  return andThen(store.set(key, trialText, trialTtl), () =>
    andThen(store.get(key), (found) => {
      if (found !== trialText) throw changed(found);
      return andThen(store.delete(key), () => {});
    }),
  );
}

function changed(found: unknown): FsmError<'STORAGE_UNUSABLE'> {
  return new FsmError('STORAGE_UNUSABLE', {
    storage: 'The key-value store',
    reason: `it was given ${shown(trialText)} under a key of ${longest} characters, and returned ${shown(found)}`,
    remedy:
      'Use a store that returns each text exactly as it was written; a column of MySQL needs utf8mb4.',
  });
}

/** Continues without a promise where the store answers without one. */
export function andThen<Value, Result>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Whether an answer is still to come. */
export function isPromise<Value>(value: Awaitable<Value>): value is PromiseLike<Value> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
