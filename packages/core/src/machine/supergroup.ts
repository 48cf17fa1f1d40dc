/** A group that becomes a supergroup gets another id: its conversations are taken along, one by one. */

import type { Hold, Leases } from '../lease/lease.ts';
import { type Place, queuesOf } from '../lease/queue.ts';
import type { FsmStorage } from '../lease/storage.ts';
import { isEmpty, lifetime, topOf } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import type { StoredText, Write } from '../storage/statements.ts';

/** Ms that each conversation is waited for. */
const bound = 5000;

/**
 * Moves conversations to their new keys.
 *
 * Each is moved by itself, and only if the new one is empty; doing it again does no harm. Both are held meanwhile, in the order of their
 * keys, so that two processes that do this at once cannot wait for each other.
 *
 * @param prefix - begins the keys to look at
 * @param newKey - the new key of a conversation, `undefined` for one that stays
 * @param ttl - how long an idle conversation is kept, in ms; counted anew
 */
export async function takeAlong(
  storage: FsmStorage,
  leases: Leases,
  prefix: string,
  newKey: (key: string) => string | undefined,
  ttl: number | undefined,
): Promise<void> {
  const moves: (readonly [string, string])[] = [];
  for await (const { key } of storage.list?.({ prefix }) ?? []) {
    const target = newKey(key);
    if (target !== undefined) moves.push([key, target]);
  }
  for (const [from, to] of moves) await move(storage, leases, from, to, ttl);
}

async function move(
  storage: FsmStorage,
  leases: Leases,
  from: string,
  to: string,
  ttl: number | undefined,
): Promise<void> {
  const holds = new Map<string, Hold>();
  const places: Place[] = [];
  try {
    for (const key of [from, to].sort()) {
      places.push(await queuesOf(storage).join(key));
      holds.set(key, (await leases.take(key, { bound })) as Hold);
    }
    const [old, fresh] = [holds.get(from) as Hold, holds.get(to) as Hold];
    if (!isKept(old.stored) || isKept(fresh.stored)) return;
    await fresh.commit(copyOf(old.stored, ttl), { keep: false });
    holds.delete(to);
    await old.commit(undefined, { keep: false });
    holds.delete(from);
  } finally {
    for (const hold of holds.values()) await hold.release();
    for (const place of places) place.leave();
  }
}

/** Whether there is more than ids of a cleared conversation, which end by themselves; what cannot be read is kept as it is. */
function isKept(stored: StoredText | undefined): stored is StoredText {
  if (stored === undefined) return false;
  const decoded = decode(stored);
  return !('record' in decoded) || !isEmpty(decoded.record);
}

function copyOf(stored: StoredText, ttl: number | undefined): Write {
  const { text, deadlineIn } = stored;
  const decoded = decode(stored);
  const state = 'record' in decoded ? topOf(decoded.record).state : null;
  return {
    text,
    state,
    ...(ttl === undefined ? {} : { ttl: lifetime(ttl, deadlineIn) }),
    ...(deadlineIn === undefined ? {} : { deadlineIn }),
  };
}
