/** Ids of turns for storages that keep none of a cleared record: a bounded ring in this process. */

import type { StorageStatements } from '../storage/statements.ts';
import { type SeenIds, withIds } from './ids.ts';

/** How long ids of a cleared conversation are kept, in ms: Telegram sends an update for no longer (Bot API, "Getting updates"). */
export const idsKeptFor = 86_400_000;

/** How many conversations a ring remembers. */
const ringSize = 4096;

/** Ids of conversations without a record, in this process: of those that were cleared, and of storages that keep no ids. */
export interface RecentIds {
  /** The ids that it remembers, by key. A record that begins later continues them. */
  readonly known: ReadonlyMap<string, SeenIds>;
  /** Remembers ids instead of the earlier ones, which the record has continued. */
  keep(key: string, ids: SeenIds): void;
  /** Remembers ids beside those that it has. */
  add(key: string, ids: SeenIds): void;
}

const rings = new WeakMap<StorageStatements, RecentIds>();

/** The ring of a storage: shared by the machines that use it, and gone with it. */
export function recentIdsOf(storage: StorageStatements): RecentIds {
  const ring = rings.get(storage) ?? ringOf(new Map());
  rings.set(storage, ring);
  return ring;
}

function ringOf(known: Map<string, SeenIds>): RecentIds {
  return {
    known,
    keep(key, ids) {
      // put at the end, so that the conversation that has been quiet for longest is forgotten first
      known.delete(key);
      known.set(key, ids);
      if (known.size > ringSize) known.delete(known.keys().next().value as string);
    },
    add(key, ids) {
      const before = known.get(key);
      this.keep(key, before === undefined ? ids : withIds(before, ids));
    },
  };
}
