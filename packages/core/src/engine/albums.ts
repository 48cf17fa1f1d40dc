/** Albums whose parts a scene has taken: parts that arrive when it has ended are not messages of their own. Loaded with the first part. */

import { listIds } from '../record/ids.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** How many albums are remembered: their parts arrive within seconds. */
const most = 1000;

/** The albums that scenes of one machine have taken last, in this process. */
export class RecentAlbums {
  readonly #entries = new Map<string, number>();

  /** Whether an input is a part of an album that a scene has begun to take, and that scene is over. */
  isRest({ input, key, copy }: OpenTurn): boolean {
    if (input?.album === undefined || input.edited) return false;
    const { album } = input;
    const entry = this.#entries.get(`${key} ${album}`) ?? markedEntry(copy, album);
    return entry !== undefined && entry !== copy.top.entry;
  }

  /** A scene has taken a part of an album: the others are not messages of their own when it is over, wherever they arrive. */
  claim({ key, rt, effects }: OpenTurn, album: string, entry: number): void {
    this.#entries.set(`${key} ${album}`, entry);
    if (this.#entries.size > most) {
      this.#entries.delete(this.#entries.keys().next().value as string);
    }
    if (rt.storage.features.shared) effects.marks.push(`${markOf(album)}${entry}`);
  }
}

/** Begins the mark of an album among the ids of a record. Other processes read it there, and ids outlive `clear()`. */
function markOf(album: string): string {
  return `album:${album}:`;
}

/** The entry that has received a part of an album, by the ids of a record. */
function markedEntry({ base }: OpenTurn['copy'], album: string): number | undefined {
  const begin = markOf(album);
  const mark = listIds(base.ids).findLast((id) => typeof id === 'string' && id.startsWith(begin));
  return mark === undefined ? undefined : Number(String(mark).slice(begin.length));
}
