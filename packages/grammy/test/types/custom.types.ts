/** A custom strategy, and custom storages, simple and full. */

import type { Acquired, AcquireOptions, Write } from '@telefsm/core/storage';
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

// full: a row with an owner. The author writes no queue, no timer, no codec, no retry, no expiry rule and no error of ours.
interface Row {
  next: Write | undefined;
  owner: string | undefined;
  until: number;
}
export class MapStorage implements FsmStorage {
  readonly features = { shared: false, fencing: true, ttl: false, deadlines: false, list: false };
  readonly #rows = new Map<string, Row>();
  async acquire(key: string, { token, lease }: AcquireOptions): Promise<Acquired> {
    const row = this.#rows.get(key) ?? { next: undefined, owner: undefined, until: 0 };
    this.#rows.set(key, row);
    const now = performance.now();
    if (row.owner !== undefined && row.owner !== token && row.until > now)
      return { busy: row.until - now };
    [row.owner, row.until] = [token, now + lease];
    let mine = token;
    return {
      record: row.next,
      commit: async (next, options) => {
        if (row.owner !== mine)
          return row.owner === options?.keep && options?.keep !== undefined ? 'already' : 'refused';
        [row.next, row.owner] = [next, options?.keep];
        mine = options?.keep ?? mine;
        if (next === undefined && row.owner === undefined) this.#rows.delete(key);
        return 'done';
      },
      renew: async (ms) => {
        if (row.owner !== mine) return false;
        row.until = performance.now() + ms;
        return true;
      },
      release: async () => {
        if (row.owner === mine) row.owner = undefined;
      },
    };
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
