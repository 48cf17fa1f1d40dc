/** Albums whose parts a scene has taken: parts that arrive when it has ended are not messages of their own. */

import { listIds, type SeenIds } from '../record/ids.ts';

/** How many albums are remembered: their parts arrive within seconds. */
const most = 1000;

/** The albums that were taken last, in this process. */
export interface Albums {
  /** The entry that has received a part of an album. */
  takenBy(key: string, album: string): number | undefined;
  took(key: string, album: string, entry: number): void;
}

/** The mark of an album among the ids of a record. Other processes read it there, and ids outlive `clear()`. */
export function albumMark(album: string, entry: number): string {
  return `album:${album}:${entry}`;
}

/** The entry that has received a part of an album, by the ids of a record. */
export function markedEntry(ids: SeenIds, album: string): number | undefined {
  const begin = albumMark(album, 0).slice(0, -1);
  const mark = listIds(ids).findLast((id) => typeof id === 'string' && id.startsWith(begin));
  return mark === undefined ? undefined : Number(String(mark).slice(begin.length));
}

/** Makes the memory of one machine. */
export function recentAlbums(): Albums {
  const entries = new Map<string, number>();
  return {
    takenBy: (key, album) => entries.get(`${key} ${album}`),
    took(key, album, entry) {
      entries.set(`${key} ${album}`, entry);
      if (entries.size > most) entries.delete(entries.keys().next().value as string);
    },
  };
}
