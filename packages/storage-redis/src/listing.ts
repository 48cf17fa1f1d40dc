/** Walking the conversations: in the order of their keys, which Redis does not keep and the walk makes. */

import type { ListQuery, StoredConversation } from '@telefsm/core/storage';
import type { Layout } from './layout.ts';
import type { RedisPort, Send } from './port.ts';

/** The most keys that are held in memory at the same time. */
const most = 250_000;
/** How many keys the server looks at in one step of `SCAN`. */
const step = '1000';
/** How many conversations are read at once. */
const together = 500;

/**
 * Lists conversations by key.
 *
 * The keyspace is walked once for each page, or once for each 250,000 conversations of an unbounded listing.
 *
 * @param read - reads one conversation
 */
export async function* listConversations(
  port: RedisPort,
  layout: Layout,
  read: (key: string) => Promise<StoredConversation | undefined>,
  { prefix = '', state, limit = Number.POSITIVE_INFINITY, after }: ListQuery,
): AsyncGenerator<StoredConversation, void, undefined> {
  let left = limit;
  let last = after;
  while (left > 0) {
    // Some of the keys may turn out to have no record: a few more spare a second walk.
    const size = state === undefined ? Math.min(left + together, most) : most;
    const keys = await smallestKeys(port, layout, prefix, last, size);
    for (let start = 0; start < keys.length; start += together) {
      const batch = keys.slice(start, start + together);
      for (const found of await Promise.all(batch.map(read))) {
        if (found === undefined || (state !== undefined && found.state !== state)) continue;
        yield found;
        if (--left <= 0) return;
      }
    }
    if (keys.length < size) return;
    last = keys.at(-1);
  }
}

/** The first `size` keys after `after`, in order. */
async function smallestKeys(
  port: RedisPort,
  layout: Layout,
  prefix: string,
  after: string | undefined,
  size: number,
): Promise<readonly string[]> {
  let keys: string[] = [];
  const trim = () => {
    // SCAN may name a key twice.
    keys = [...new Set(keys)].sort().slice(0, size);
  };
  const primaries = await port.primaries();
  // an empty listing would look like a storage without conversations
  if (primaries.length === 0) throw new Error('The client of the cluster has no primary now.');
  for (const send of primaries) {
    for await (const names of scan(send, layout.pattern(prefix))) {
      for (const name of names) {
        const key = layout.keyOf(name);
        if (key.startsWith(prefix) && (after === undefined || key > after)) keys.push(key);
      }
      if (keys.length > 2 * size) trim();
    }
  }
  trim();
  return keys;
}

async function* scan(send: Send, pattern: string): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const answer = await send('scan', [cursor, 'MATCH', pattern, 'COUNT', step]);
    const [next, names] = answer as readonly [string | number, readonly string[]];
    cursor = String(next);
    yield names;
  } while (cursor !== '0');
}
