/** Albums whose parts a scene has taken: parts that arrive when it has ended are not messages of their own. */

import { listIds, type SeenIds } from '../record/ids.ts';

/** How many albums are remembered: their parts arrive within seconds. */
const most = 1000;

/** The mark of an album among the ids of a record. Other processes read it there, and ids outlive `clear()`. */
export function albumKey(album: string, entry: number): string {
  return `album:${album}:${entry}`;
}

/** The entry that has received a part of an album, by the ids of a record. */
export function markedEntry(ids: SeenIds, album: string): number | undefined {
  const begin = albumKey(album, 0).slice(0, -1);
  const mark = listIds(ids).findLast((id) => typeof id === 'string' && id.startsWith(begin));
  return mark === undefined ? undefined : Number(String(mark).slice(begin.length));
}

/** The albums that scenes of one machine have taken last, in this process. */
export class RecentAlbums {
  readonly #entries = new Map<string, number>();

  /** The entry that has received a part of an album. */
  takenBy(key: string, album: string): number | undefined {
    return this.#entries.get(`${key} ${album}`);
  }

  took(key: string, album: string, entry: number): void {
    this.#entries.set(`${key} ${album}`, entry);
    if (this.#entries.size > most) {
      this.#entries.delete(this.#entries.keys().next().value as string);
    }
  }
}
