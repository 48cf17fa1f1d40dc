/** Simple stores, and what they cannot be trusted with: long keys, letters of both cases, and every character in a text. */

import type { Awaitable } from '../base/type-tools.ts';

/** A store of texts under keys. */
export interface KeyValueStore {
  /** The text under a key, which has at most 32 characters; nothing, or `null`, without one. */
  get(key: string): Awaitable<string | undefined | null>;
  /** Stores a text; `ttl`, in ms, is its lifetime, for stores that can expire texts. If it returns `false`, nothing was stored. */
  set(key: string, value: string, ttl?: number): Awaitable<unknown>;
  /** Deletes a key; an unknown one is no error. */
  delete(key: string): Awaitable<unknown>;
}

/** Keys that every store keeps: `@telegraf/session` makes columns of 32 characters, and columns of MySQL ignore case. */
const harmless = /^[a-z\d_.:=-]{1,32}$/;

/** The key under which a store keeps a conversation: its own, or a hash of it if a store might not keep it apart from others. */
export async function shortKey(key: string): Promise<string> {
  if (harmless.test(key)) return key;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return `telefsm-${digits.join('')}`.slice(0, 32);
}

/** Quotes, a null character's escape, two, three and four bytes in UTF-8: what columns and encodings are known to lose. */
const trialText = '{"text":"\\u0000 \\"ø€😀"}';

/**
 * Writes a text under a key of the longest length, reads it back and deletes it.
 *
 * @throws what {@link checkRead} makes if it came back changed, or was still there at the end; what the store throws
 */
export async function tryOut(store: KeyValueStore): Promise<void> {
  // a key of its own, since another process may be trying the same store
  const key = `telefsm-trial-${crypto.randomUUID()}`.slice(0, 32);
  // a store that can expire texts deletes it in a minute, in case the process ends before
  checkWritten(await store.set(key, trialText, 60_000));
  await checkRead(store, key, trialText);
  await store.delete(key);
  await checkRead(store, key, undefined);
}

/**
 * Checks what a store returns for a key.
 *
 * @throws Error `STORAGE_UNUSABLE`, a plain one: a store does not bring the sentences of all errors, and core makes an FsmError of it
 */
async function checkRead(store: KeyValueStore, key: string, expected: string | undefined) {
  const found = (await store.get(key)) ?? undefined;
  if (found === expected) return;
  const remedy = 'Return text as written until deleted (MySQL: utf8mb4).';
  // the type, since bytes print as their text
  const reason = `it returned '${found}' (${typeof found}), not '${expected}'`;
  const details = { storage: 'The store', reason, remedy };
  throw Object.assign(new Error(remedy), { code: 'STORAGE_UNUSABLE', details });
}

/**
 * Checks what a store answered to a write. Some stores report a failed one only by `false`: Keyv does, unless it is made with `throwOnErrors`.
 *
 * @throws Error if it was not written
 */
export function checkWritten(answer: unknown): void {
  if (answer !== false) return;
  throw new Error('The store returned false.');
}
