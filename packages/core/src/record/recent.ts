/** Ids of turns for storages that keep none of a cleared record: a bounded ring in this process. */

import type { StorageStatements } from '../storage/statements.ts';
import { mostIds, type TurnId } from './ids.ts';

/** How long ids of a cleared conversation are kept, in ms: Telegram sends an update for no longer (Bot API, "Getting updates"). */
export const idsKeptFor = 86_400_000;

/** How many conversations a ring remembers. */
const ringSize = 4096;

/** Ids of conversations without a record, in this process: of those that were cleared, and of storages that keep no ids. */
export interface RecentIds {
  /** The conversations that it remembers. */
  readonly known: ReadonlyMap<string, unknown>;
  has(key: string, id: TurnId): boolean;
  add(key: string, ids: readonly TurnId[]): void;
}

/** Ids of one conversation, oldest first; a new update's is beyond the highest, and need not be looked for. */
interface Remembered {
  ids: TurnId[];
  highest: number;
}

const rings = new WeakMap<StorageStatements, RecentIds>();

/** The ring of a storage: shared by the machines that use it, and gone with it. */
export function recentIdsOf(storage: StorageStatements): RecentIds {
  let ring = rings.get(storage);
  if (ring === undefined) {
    const byKey = new Map<string, Remembered>();
    ring = {
      known: byKey,
      has(key, id) {
        const known = byKey.get(key);
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

function isRemembered({ ids, highest }: Remembered, id: TurnId): boolean {
  return (typeof id !== 'number' || id <= highest) && ids.includes(id);
}

function remember(known: Remembered, id: TurnId): void {
  known.ids.push(id);
  // twice as many at most, so that they are seldom copied
  if (known.ids.length >= 2 * mostIds) known.ids = known.ids.slice(-mostIds);
  if (typeof id === 'number' && id > known.highest) known.highest = id;
}
