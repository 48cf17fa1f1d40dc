/** Which conversations of the memory storage are due: a heap that may look too early, and never looks too late. Loaded with the first look. */

/** The index entry of a conversation; infinite without a deadline. */
export interface Waking {
  readonly key: string;
  readonly deadlineAt: number;
  /** When the index looks at it next; the index keeps it. */
  wakeAt: number;
}

/** Finds due conversations without a timer for each. */
export interface DeadlineIndex {
  /** Looks at a conversation at this instant, and no more at the one before. */
  put(entry: Waking, at: number): void;
  /** Keys that begin with a prefix and whose deadline has passed; looked at again after `claim` ms. */
  claim(limit: number, claim: number, now: number, prefix?: string): readonly string[];
  /** The first instant at which there may be something to claim. */
  nextAt(): number;
}

interface Item {
  readonly at: number;
  readonly key: string;
}

/**
 * Makes the index over the conversations of a storage: of those that are there, and then of those that are put into it.
 *
 * A replaced or removed deadline stays in the heap until its time comes; when such leftovers outnumber the conversations, they are
 * cleared out at once.
 */
export function deadlineIndex(entries: ReadonlyMap<string, Waking>): DeadlineIndex {
  let heap: Item[] = [];
  const valid = (item: Item) => entries.get(item.key)?.wakeAt === item.at;

  function put(entry: Waking, at: number): void {
    if (entry.wakeAt === at) return;
    entry.wakeAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    push(heap, { at, key: entry.key });
    // A sorted array is a heap.
    if (heap.length > 2 * entries.size + 64) heap = heap.filter(valid).sort((a, b) => a.at - b.at);
  }

  function claim(limit: number, length: number, now: number, prefix = ''): readonly string[] {
    const keys: string[] = [];
    const others: Item[] = [];
    for (let top = heap[0]; keys.length < limit && top && top.at <= now; top = heap[0]) {
      pop(heap);
      const entry = entries.get(top.key);
      if (!entry || entry.wakeAt !== top.at) continue;
      if (entry.deadlineAt > now) put(entry, entry.deadlineAt);
      else if (!top.key.startsWith(prefix)) others.push(top);
      else {
        keys.push(top.key);
        put(entry, now + Math.max(length, 1));
      }
    }
    for (const other of others) push(heap, other);
    return keys;
  }

  for (const entry of entries.values()) put(entry, entry.deadlineAt);
  return { put, claim, nextAt: () => heap[0]?.at ?? Number.POSITIVE_INFINITY };
}

function push(heap: Item[], item: Item): void {
  let index = heap.length;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.at <= item.at) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = item;
}

function pop(heap: Item[]): void {
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    const [left, right] = [heap[below], heap[below + 1]];
    const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
    if (child === undefined || child.at >= item.at) break;
    if (child === right) below++;
    heap[index] = child;
    index = below;
  }
  heap[index] = item;
}
