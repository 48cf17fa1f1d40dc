/** The cost of an update whose conversation nobody else uses, counted on the way to the server. */

import type { FsmStorage } from '@telefsm/core';
import { afterAll, expect, it } from 'vitest';
import { startPgBouncer } from '../servers/pgbouncer.ts';
import { freshName, sharedPostgres, sharedRedis } from '../servers/shared.ts';
import { postgresCommands, respCommands, type TcpProxy, tcpProxy } from '../servers/tcp-proxy.ts';
import { type CountingBot, countingBot } from './counting-bot.ts';
import { type Address, open } from './engines.ts';

const updates = 200;
const toClose: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of toClose.reverse()) await close();
});

/** A bot whose storage reaches its server through a proxy. */
interface Proxied {
  readonly proxy: TcpProxy;
  readonly bot: CountingBot;
  readonly storage: FsmStorage;
}

async function throughProxy(
  to: number,
  protocol: typeof respCommands,
  addressAt: (port: number) => Address,
): Promise<Proxied> {
  const proxy = await tcpProxy({ to, protocol });
  const { storage, close } = open(addressAt(proxy.port));
  const bot = countingBot({ storage, name: 'here', log: () => {} });
  toClose.push(() => proxy.close(), close);
  return { proxy, bot, storage };
}

const portOf = (url: string) => Number(new URL(url).port);
const at =
  (url: string) =>
  (port: number): Address => ({
    engine: 'postgres',
    url: url.replace(`:${portOf(url)}/`, `:${port}/`),
    space: freshName(),
  });

const ways: readonly (readonly [string, number, () => Promise<Proxied>])[] = [
  [
    'commands on Redis',
    64,
    async () => {
      const { port } = await sharedRedis();
      const space = freshName();
      return throughProxy(port, respCommands, (port) => ({ engine: 'redis', port, space }));
    },
  ],
  [
    'statements on PostgreSQL',
    1,
    async () => {
      const server = await sharedPostgres();
      return throughProxy(server.port, postgresCommands, at(server.url));
    },
  ],
  [
    'statements on PostgreSQL behind pgbouncer',
    1,
    async () => {
      const bouncer = await startPgBouncer(await sharedPostgres());
      toClose.push(() => bouncer.close());
      return throughProxy(portOf(bouncer.url), postgresCommands, at(bouncer.url));
    },
  ],
];

it.each(ways)(
  'an update without contention costs two %s, an idle sweep %i',
  async (_, idle, start) => {
    const { proxy, bot, storage } = await start();
    const lanes = 4;
    // four lanes, so that all connections of a pool are open and all scripts are loaded before it counts
    const run = (count: number, firstId: number) =>
      Promise.all(
        Array.from({ length: lanes }, async (_, lane) => {
          for (let n = 0; n < count / lanes; n++) {
            const chat = (n % 125) * lanes + lane + 1;
            expect(await bot.handle({ id: firstId + n, chat, text: 'add' })).toMatchObject({
              what: 'kept',
            });
          }
        }),
      );
    await run(4 * lanes, 1);
    const before = proxy.commands;
    await run(updates, 1000);
    expect(proxy.commands - before).toBe(2 * updates);

    const chat = { id: -5, type: 'supergroup', title: 'Group' };
    const message_reaction_count = { chat, message_id: 1, date: 1, reactions: [] };
    const port = { id: 1, call: async () => true };
    let handled = 0;
    for (let n = 0; n < 100; n++) {
      const update = { update_id: 900_000 + n, message_reaction_count };
      await bot.machine.handle(update, port, () => void handled++);
    }
    expect([handled, proxy.commands - before]).toEqual([100, 2 * updates]);

    await storage.due?.(100, 30_000);
    const beforeSweep = proxy.commands;
    expect(await storage.due?.(100, 30_000)).toEqual([]);
    expect(proxy.commands - beforeSweep).toBe(idle);
  },
);
