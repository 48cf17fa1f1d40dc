/** A custom strategy, and custom storages, simple and full. */

import type { Acquired, AcquireOptions, LeaseHolder, Write } from '@telefsm/core/storage';
import {
  type FsmFlavor,
  type FsmStorage,
  fsm,
  keyValueStorage,
  type Strategy,
} from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';

// one conversation per customer workspace; updates from elsewhere have none
const workspaceOf = new Map<number, string>([[-100, 'acme']]);
export const perWorkspace: Strategy = ({ chat, user }) => {
  const custom = chat === undefined ? undefined : workspaceOf.get(chat);
  return custom === undefined ? undefined : { custom, user };
};

// simple: any KV
declare const kv: {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
};
export const simple = keyValueStorage({
  get: (key) => kv.get(key),
  set: (key, value, ttl) =>
    kv.put(key, value, ttl === undefined ? {} : { expirationTtl: Math.ceil(ttl / 1000) }),
  delete: (key) => kv.delete(key),
});

// full: a row with an owner and a fence. The author writes no queue, no timer, no codec, no retry, no expiry rule and no error of ours.
interface Row {
  next: Write | undefined;
  owner: string | undefined;
  fence: number;
  until: number;
}
export class MapStorage implements FsmStorage {
  readonly features = { shared: false, fencing: true, ttl: false, deadlines: false, list: false };
  readonly #rows = new Map<string, Row>();
  async acquire(key: string, { token, lease }: AcquireOptions): Promise<Acquired> {
    const row = this.#rows.get(key) ?? { next: undefined, owner: undefined, fence: 0, until: 0 };
    this.#rows.set(key, row);
    const now = performance.now();
    const { owner, fence, until } = row;
    if (owner !== undefined && owner !== token && until > now) {
      return { busy: until - now, owner, fence };
    }
    if (owner !== token) row.fence += 2;
    [row.owner, row.until] = [token, now + lease];
    return { fence: row.fence, stored: row.next };
  }
  #held(key: string, { token, fence }: LeaseHolder): Row | undefined {
    const row = this.#rows.get(key);
    return row?.owner === token && row.fence === fence ? row : undefined;
  }
  async commit(key: string, holder: LeaseHolder, next: Write | undefined, keep?: number) {
    const row = this.#held(key, holder);
    if (row === undefined) {
      const hasGoneOn = this.#held(key, { ...holder, fence: holder.fence + 1 }) !== undefined;
      return keep !== undefined && hasGoneOn ? 'already' : 'rejected';
    }
    row.next = next;
    if (keep === undefined) row.owner = undefined;
    else row.fence++;
    return 'done';
  }
  async renew(key: string, holder: LeaseHolder, lease: number) {
    const row = this.#held(key, holder);
    if (row !== undefined) row.until = performance.now() + lease;
    return row !== undefined;
  }
  async release(key: string, holder: LeaseHolder) {
    const row = this.#held(key, holder);
    if (row !== undefined) row.owner = undefined;
  }
  async peek(key: string) {
    return this.#rows.get(key)?.next;
  }
}
const bot = new Bot<FsmFlavor<Context>>('1:T');
bot.use(fsm({ strategy: perWorkspace, storage: new MapStorage(), ttl: '30d' }));
bot.on('message', (ctx) => {
  if (ctx.state.key === undefined) return;
  ctx.state.update({ seen: true });
});
