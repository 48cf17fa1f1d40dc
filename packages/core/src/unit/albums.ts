/** Albums whose parts a scene has taken: parts that arrive when it has ended are not messages of their own. */

/** How many albums are remembered: their parts arrive within seconds. */
const most = 1000;

/** The albums that were taken last, in this process. */
export interface Albums {
  /** The visit that has taken a part of an album. */
  takenBy(key: string, album: string): number | undefined;
  took(key: string, album: string, visit: number): void;
}

/** Makes the memory of one machine. */
export function recentAlbums(): Albums {
  const visits = new Map<string, number>();
  return {
    takenBy: (key, album) => visits.get(`${key} ${album}`),
    took(key, album, visit) {
      visits.set(`${key} ${album}`, visit);
      if (visits.size > most) visits.delete(visits.keys().next().value as string);
    },
  };
}
