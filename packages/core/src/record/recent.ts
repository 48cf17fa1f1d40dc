/** Ids of units of work: which are remembered in a record, and a bounded ring for storages that keep none of a cleared one. */

import type { FsmStorage } from '../storage/storage.ts';
import type { UnitId } from './record.ts';

/** Ids within this distance of the newest are kept: a batch of polling, and Telegram's queues for webhooks. */
const distance = 1000;
/** At most so many. */
const most = 128;
/** At least so many of a conversation of one user. */
export const leastOfOne = 16;
/** At least so many of a conversation of many users. */
export const leastOfMany: number = most;

/**
 * Adds an id to those that a record remembers.
 *
 * It is a set, never a maximum: `update_id` starts anew at random after a week without updates (Bot API, Update).
 *
 * @param least - how many are kept whatever their distance
 */
export function withId(ids: readonly UnitId[], id: UnitId, least: number): readonly UnitId[] {
  if (ids.includes(id)) return ids;
  const kept = [...ids, id];
  if (kept.length <= least) return kept;
  // ids of work from outside have no distance: they are kept as the last ones, and make no number older
  const newest = kept.findLast((one) => typeof one === 'number') as number;
  const isFar = (one: UnitId) => typeof one !== 'number' || Math.abs(newest - one) > distance;
  // mostly it is the first that has come too far away
  while (kept.length > least && isFar(kept[0] as UnitId)) kept.shift();
  for (let at = kept.length - least - 1; at > 0; at--) {
    if (isFar(kept[at] as UnitId)) kept.splice(at, 1);
  }
  if (kept.length > most) kept.shift();
  return kept;
}

/** How long ids of a cleared conversation are kept, in ms: Telegram sends an update for no longer (Bot API, "Getting updates"). */
export const idsKeptFor = 86_400_000;

/** How many conversations a ring remembers. */
const ringSize = 4096;

/** Ids of conversations without a record, in this process: of those that were cleared, and of storages that keep no ids. */
export interface RecentIds {
  has(key: string, id: UnitId): boolean;
  add(key: string, ids: readonly UnitId[]): void;
}

/** Ids of one conversation, oldest first; a new update's is beyond the highest, and need not be looked for. */
interface Remembered {
  ids: UnitId[];
  highest: number;
}

const rings = new WeakMap<FsmStorage, RecentIds>();

/** The ring of a storage: shared by the machines that use it, and gone with it. */
export function recentIdsOf(storage: FsmStorage): RecentIds {
  let ring = rings.get(storage);
  if (ring === undefined) {
    const byKey = new Map<string, Remembered>();
    ring = {
      has(key, id) {
        const known = byKey.size > 0 ? byKey.get(key) : undefined;
        return known !== undefined && isRemembered(known, id);
      },
      add(key, ids) {
        const known = byKey.get(key) ?? { ids: [], highest: Number.NEGATIVE_INFINITY };
        for (const id of ids) if (!isRemembered(known, id)) remember(known, id);
        // put at the end, so that the conversation that has been quiet for longest is forgotten first
        byKey.delete(key);
        byKey.set(key, known);
        if (byKey.size > ringSize) byKey.delete(byKey.keys().next().value as string);
      },
    };
    rings.set(storage, ring);
  }
  return ring;
}

function isRemembered({ ids, highest }: Remembered, id: UnitId): boolean {
  return (typeof id !== 'number' || id <= highest) && ids.includes(id);
}

function remember(known: Remembered, id: UnitId): void {
  known.ids.push(id);
  // twice as many at most, so that they are seldom copied
  if (known.ids.length >= 2 * most) known.ids = known.ids.slice(-most);
  if (typeof id === 'number' && id > known.highest) known.highest = id;
}
