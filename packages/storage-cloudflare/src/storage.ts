/** The storage over Durable Objects: finds the object of a key, and asks it. */

import { FsmError, type FsmStorage } from '@telefsm/core';
import { checkOptionNames, sharedLeases, type Write } from '@telefsm/core/storage';
import { classify, remoteShard, type Shard } from './calls.ts';
import type { ObjectNamespace } from './platform.ts';
import type { ConversationShard } from './shard.ts';
import { shardOf } from './shard-of.ts';

/** How {@link durableObjectStorage} finds the objects. */
export interface DurableObjectStorageOptions {
  /**
   * How many objects share the conversations, a whole number from 1 to 1024. Default: 4.
   *
   * It can never be changed once conversations are stored; an object rejects requests that count otherwise.
   */
  readonly shards?: number;
  /**
   * The object that runs this code: its own conversations are reached without a request, and `due` names only those.
   *
   * Set it in `ConversationShard.sweep`, and nowhere else.
   */
  readonly within?: ConversationShard;
}

/** The storage. An object cannot send messages to Workers, but it answers the request of a waiter when it hands the conversation over. */
export type DurableObjectStorage = Required<Omit<FsmStorage, 'nextDueIn' | 'close'>>;

/**
 * Keeps conversations in SQLite-backed Durable Objects: two requests to one object per update.
 *
 * @param namespace - the binding to the namespace of your {@link ConversationShard} class
 * @throws FsmError `INVALID_OPTION` for a number of shards out of range, or a namespace that is none
 *
 * @example
 * ```ts
 * import { durableObjectStorage, type ObjectNamespace } from '@telefsm/storage-cloudflare';
 *
 * declare const env: { readonly CONVERSATIONS: ObjectNamespace };
 * const storage = durableObjectStorage(env.CONVERSATIONS);
 * ```
 */
export function durableObjectStorage(
  namespace: ObjectNamespace,
  options: DurableObjectStorageOptions = {},
): DurableObjectStorage {
  const { shards: count = 4, within } = options;
  checkOptionNames(options, 'shards', 'within');
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    const expected = 'a whole number from 1 to 1024';
    throw new FsmError('INVALID_OPTION', { option: 'shards', expected, found: String(count) });
  }
  if (typeof namespace?.idFromName !== 'function') {
    const expected = 'the binding to a Durable Object namespace, as wrangler.jsonc names it';
    const found = namespace === undefined ? 'undefined' : typeof namespace;
    throw new FsmError('INVALID_OPTION', { option: 'namespace', expected, found });
  }
  const shards = Array.from({ length: count }, (_, index): Shard => {
    const id = namespace.idFromName(`telefsm:${index}`);
    return within?.id === id.toString() ? within.open(count) : remoteShard(namespace, id, count);
  });
  const at = (key: string) => shards[shardOf(key, count)] as Shard;
  let turn = 0;
  const listeners = new Set<(token: string, fence: number) => void>();

  /** Each busy answer asks anew: the object then answers the request before. */
  async function waitFor(key: string, token: string): Promise<void> {
    try {
      const fence = await at(key).call('handed', key, token);
      if (typeof fence === 'number') for (const listener of listeners) listener(token, fence);
    } catch {
      // the object has ended: the waiter asks again by itself
    }
  }

  return {
    features: { shared: true, fencing: true, ttl: true, deadlines: true, list: true, alarms: true },
    coordination: sharedLeases,
    classify,
    async acquire(key, options) {
      const answer = await at(key).call('acquire', key, options);
      if (options.queue && 'busy' in answer) void waitFor(key, options.token);
      return answer;
    },
    async granted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    commit: (key, holder, next, keep) =>
      at(key).call('commit', key, holder, next === undefined ? null : plain(next), keep ?? null),
    renew: (key, holder, lease) => at(key).call('renew', key, holder, lease),
    release: (key, holder) => at(key).call('release', key, holder),
    peek: (key) => at(key).call('peek', key),
    async due(limit, claim, prefix = '') {
      // another object is asked first each time, so that none starves behind a small limit
      const first = turn++ % count;
      const asked =
        within === undefined
          ? [...shards.slice(first), ...shards.slice(0, first)]
          : [within.open(count)];
      const keys: string[] = [];
      const failures: unknown[] = [];
      for (const shard of asked) {
        if (keys.length >= limit) break;
        try {
          keys.push(...(await shard.call('due', limit - keys.length, claim, prefix)));
        } catch (error) {
          failures.push(error);
        }
      }
      // one object that fails must not keep the deadlines of the others from firing
      if (failures.length > 0 && keys.length === 0) throw failures[0];
      return keys;
    },
    settled: (key) => at(key).call('settled', key),
    async *list({ limit = Number.POSITIVE_INFINITY, after, ...query }) {
      let left = limit;
      const start = after === undefined ? 0 : shardOf(after, count);
      for (const [index, shard] of shards.slice(start).entries()) {
        let last = index === 0 ? after : undefined;
        for (let hasMore = true; hasMore && left > 0; ) {
          const rest = { ...query, ...(last !== undefined && { after: last }) };
          const page = await shard.call('list', left < 1000 ? { ...rest, limit: left } : rest);
          yield* page.found;
          left -= page.found.length;
          last = page.found.at(-1)?.key;
          hasMore = page.hasMore;
        }
      }
    },
  };
}

/** Core's writes make their text when it is read, which JSON would leave out. */
function plain({ text, state, ttl, deadlineIn }: Write): Write {
  return {
    text,
    state,
    ...(ttl !== undefined && { ttl }),
    ...(deadlineIn !== undefined && { deadlineIn }),
  };
}
