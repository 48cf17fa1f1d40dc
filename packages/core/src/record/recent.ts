/** Ids of turns for storages that keep none of a cleared record: a bounded ring in this process. */

import type { StorageStatements } from '../storage/statements.ts';
import { noIds, type SeenIds, withIds } from './ids.ts';

/** How long ids of a cleared conversation are kept, in ms: Telegram sends an update for no longer (Bot API, "Getting updates"). */
export const idsKeptFor = 86_400_000;

/** How many conversations a ring remembers. */
const ringSize = 4096;

/** Ids of conversations without a record, in this process: of those that were cleared, and of storages that keep no ids. */
export class RecentIds {
  readonly #known = new Map<string, SeenIds>();

  /** The ids that it remembers. A record that begins later continues them. */
  idsOf(key: string): SeenIds {
    return this.#known.get(key) ?? noIds;
  }

  /** Remembers ids instead of the earlier ones, which the record has continued. */
  keep(key: string, ids: SeenIds): void {
    // put at the end, so that the conversation that has been quiet for longest is forgotten first
    this.#known.delete(key);
    this.#known.set(key, ids);
    if (this.#known.size > ringSize) this.#known.delete(this.#known.keys().next().value as string);
  }

  /** Remembers ids beside those that it has. */
  add(key: string, ids: SeenIds): void {
    this.keep(key, withIds(this.idsOf(key), ids));
  }
}

const rings = new WeakMap<StorageStatements, RecentIds>();

/** The ring of a storage: shared by the machines that use it, and gone with it. */
export function recentIdsOf(storage: StorageStatements): RecentIds {
  const ring = rings.get(storage) ?? new RecentIds();
  rings.set(storage, ring);
  return ring;
}
