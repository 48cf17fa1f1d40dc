/** Order inside one process: one queue for each conversation, joined before anything is awaited. */

import type { StorageStatements } from '../storage/statements.ts';

/** A seat at the head of a queue; nobody else of this process works on the conversation until it is left. */
export interface Seat {
  leave(): void;
}

/** How many turns of this process have a seat, on any storage, or run tasks after they have left it. */
export const working: { turns: number } = { turns: 0 };

/** Queues by key. */
export interface LocalQueues {
  /** Takes the head immediately if nobody is there; `undefined` if somebody is. */
  tryJoin(key: string): Seat | undefined;
  /**
   * Joins the end.
   *
   * @param signal - stops the waiting; the promise rejects with its reason
   * @param isNext - joins in front of all others that wait
   */
  join(key: string, signal?: AbortSignal, isNext?: boolean): Promise<Seat>;
  /** How many wait. */
  waiting(key: string): number;
}

const queues = new WeakMap<StorageStatements, LocalQueues>();

/** The queues of a storage: machines of one process that share it wait for each other in one line. */
export function queuesOf(storage: StorageStatements): LocalQueues {
  const known = queues.get(storage) ?? localQueues();
  queues.set(storage, known);
  return known;
}

/** Unused keys are deleted only beyond so many: to use one again is cheaper. */
const fewest = 1024;

/** Makes queues. */
export function localQueues(): LocalQueues {
  const heads = new Map<string, Head>();
  let most = fewest;
  const tryJoin = (key: string): Head | undefined => {
    if (heads.get(key)?.hasLeft === false) return undefined;
    // now and then all at once: to delete each key when its turn ends would cost as much as a lease
    if (heads.size >= most) {
      for (const { key: unused, hasLeft } of heads.values()) if (hasLeft) heads.delete(unused);
      most = Math.max(fewest, 2 * heads.size);
    }
    return new Head(heads, key, undefined);
  };
  return {
    tryJoin,
    join(key, signal, isNext = false) {
      const first = tryJoin(key);
      if (first !== undefined) return Promise.resolve(first);
      const waiting = (heads.get(key) as Head).line();
      return new Promise((go, fail) => {
        if (isNext) waiting.unshift(go);
        else waiting.push(go);
        signal?.addEventListener('abort', () => {
          const at = waiting.indexOf(go);
          if (at < 0) return;
          waiting.splice(at, 1);
          fail(signal.reason);
        });
      });
    },
    waiting: (key) => heads.get(key)?.length ?? 0,
  };
}

/** The waiters, in order: a callback each, for when it is at the head. */
type Line = ((seat: Seat) => void)[];

/** A class, since one is made for every update; most have no queue behind them. */
class Head implements Seat {
  private readonly heads: Map<string, Head>;
  readonly key: string;
  private behind: Line | undefined;
  hasLeft = false;

  constructor(heads: Map<string, Head>, key: string, line: Line | undefined) {
    this.heads = heads;
    this.key = key;
    this.behind = line;
    heads.set(key, this);
    working.turns++;
  }

  get length(): number {
    return this.behind?.length ?? 0;
  }

  /** The line behind it, which it hands to the next. */
  line(): Line {
    this.behind ??= [];
    return this.behind;
  }

  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    working.turns--;
    const next = this.behind?.shift();
    if (next !== undefined) next(new Head(this.heads, this.key, this.behind));
  }
}
