/** Order inside one process: one queue for each conversation, joined before anything is awaited. */

/** A place at the head of a queue; nobody else of this process works on the conversation until it is left. */
export interface Place {
  leave(): void;
}

/** Those who wait, in order: how to tell each that it is at the head. */
interface Line {
  readonly waiting: ((place: Place) => void)[];
}

/** Queues by key. A key that nobody uses has none, so nothing is kept for it. */
export interface LocalQueues {
  /** Takes the head at once if nobody is there; `undefined` if somebody is. */
  tryJoin(key: string): Place | undefined;
  /**
   * Joins the end.
   *
   * @param signal - stops the waiting; the promise rejects with its reason
   */
  join(key: string, signal?: AbortSignal): Promise<Place>;
  /** How many wait. */
  waiting(key: string): number;
  /** Keys in use; for tests. */
  readonly size: number;
}

/** Makes the queues of one machine. */
export function localQueues(): LocalQueues {
  const lines = new Map<string, Line>();

  const placeIn = (key: string, line: Line): Place => {
    let left = false;
    return {
      leave() {
        if (left) return;
        left = true;
        const next = line.waiting.shift();
        if (next === undefined) lines.delete(key);
        else next(placeIn(key, line));
      },
    };
  };
  const tryJoin = (key: string): Place | undefined => {
    if (lines.has(key)) return undefined;
    const line: Line = { waiting: [] };
    lines.set(key, line);
    return placeIn(key, line);
  };
  return {
    tryJoin,
    join(key, signal) {
      const first = tryJoin(key);
      if (first !== undefined) return Promise.resolve(first);
      const line = lines.get(key) as Line;
      return new Promise((go, fail) => {
        line.waiting.push(go);
        signal?.addEventListener('abort', () => {
          const at = line.waiting.indexOf(go);
          if (at < 0) return;
          line.waiting.splice(at, 1);
          fail(signal.reason);
        });
      });
    },
    waiting: (key) => lines.get(key)?.waiting.length ?? 0,
    get size() {
      return lines.size;
    },
  };
}
