/** Servers that change, go away for longer than a lease, or move: nothing is lost, and the bot goes on without a restart. */

import { redisStorage } from '@telefsm/storage-redis';
import { afterEach, describe, expect, it } from 'vitest';
import { clusterClients, sentinelClients } from '../servers/redis-clients.ts';
import { startRedisCluster } from '../servers/redis-cluster.ts';
import { startRedisSentinel } from '../servers/redis-sentinel.ts';
import { sized } from '../setup/size.ts';
import {
  absences,
  add,
  type Breakable,
  botOn,
  chat,
  closeAll,
  expectCutsHarmless,
  expectReported,
  kept,
  load,
  postgres,
  redis,
  toClose,
} from './outages.ts';

const minutes = 60_000;
afterEach(closeAll);

const refusals: readonly (readonly [string, () => Promise<Breakable>])[] = [
  [
    'Redis has become a replica',
    () =>
      redis(
        (server) => server.command('REPLICAOF', '127.0.0.1', 1),
        (server) => server.command('REPLICAOF', 'NO', 'ONE'),
      ),
  ],
  [
    'Redis takes away the right to run scripts',
    () =>
      redis(
        (server) => server.command('ACL', 'SETUSER', 'default', '-@scripting'),
        (server) => server.command('ACL', 'SETUSER', 'default', '+@all'),
      ),
  ],
  [
    'the table of PostgreSQL has gone',
    () =>
      postgres(
        (_, query) => query('alter table telefsm_conversation rename to elsewhere'),
        (_, query) => query('alter table elsewhere rename to telefsm_conversation'),
      ),
  ],
];

describe('a storage that rejects', () => {
  it.each(refusals)(
    'because %s is reported, loses nothing, and works when it is mended',
    { timeout: 2 * minutes },
    (_, start) => expectReported(start),
  );
});

describe('a server that is away for longer than a lease', () => {
  it.each(absences)(
    'is reported, and used again when it is back: %s',
    { timeout: 3 * minutes },
    async (_, start) => {
      const { storage, break: breaks, mend } = await start();
      const bot = botOn(storage);
      expect(await bot.handle(add(1))).toMatchObject(kept(1));
      const held = bot.holdUp();
      const during = bot.handle({ id: 2, chat, text: 'wait' });
      await held.begun;
      await breaks();
      held.goOn();
      const after = bot.handle({ ...add(3), chat: 2 });
      const { what, code } = await during;

      expect(what).toBe('failed');
      expect(['COMMIT_UNKNOWN', 'STORAGE_FAILED']).toContain(code);
      expect(await after).toMatchObject({ what: 'failed', code: 'STORAGE_FAILED' });
      await mend();
      // whatever was reported: what comes again is counted once
      for (const id of [2, 4]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
      expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject(kept(3));
      expect(await bot.tally(chat)).toMatchObject({ count: 3, ids: [1, 2, 4] });
      expect(await bot.tally(2)).toMatchObject({ count: 1, ids: [3] });
    },
  );
});

it('a master of sentinels that dies is replaced under a whole bot', {
  timeout: 5 * minutes,
}, async () => {
  const servers = await startRedisSentinel();
  const [kind] = sentinelClients;
  const open = await (kind as (typeof sentinelClients)[number]).open(servers);
  toClose.push(
    () => servers.stop(),
    () => open.close(),
  );
  const bot = botOn(redisStorage(open.client));
  const running = load(bot, 8);
  await running.more(200);
  await (await servers.master()).kill();
  await running.more(200);
  await running.stop();
  for (const code of running.codes)
    expect(['STORAGE_FAILED', 'COMMIT_UNKNOWN', 'LEASE_LOST']).toContain(code);
  for (const [at, ids] of running.keptIds.entries()) {
    const tally = await bot.tally(at + 1);
    expect(tally?.count).toBe(tally?.ids.length);
    expect(new Set(tally?.ids).size).toBe(tally?.ids.length);
    // writes that the old master had acknowledged and not yet replicated may be gone, with their ids; the last ones were the new one's
    expect(tally?.ids.slice(-5)).toEqual(ids.slice(-5));
  }
});

it('a slot of a cluster that moves is not noticed by a whole bot', {
  timeout: 5 * minutes,
}, async () => {
  const servers = await startRedisCluster();
  const [kind] = clusterClients;
  const open = await (kind as (typeof clusterClients)[number]).open(servers);
  toClose.push(
    () => servers.stop(),
    () => open.close(),
  );
  const bot = botOn(redisStorage(open.client, { buckets: 1 }), 15_000);
  const running = load(bot, 20);
  await running.more(200);
  const [first] = servers.nodes;
  const key = (await servers.nodes[0]?.command('KEYS', '*:c:*')) as readonly string[];
  const others = await Promise.all(
    servers.nodes.slice(1, 3).map((node) => node.command('KEYS', '*:c:*')),
  );
  const name = [...key, ...(others.flat() as string[])][0];
  const slot = Number(await first?.command('CLUSTER', 'KEYSLOT', name as string));
  await servers.moveSlot(slot, () => running.more(100));
  await running.more(100);
  await running.stop();
  expect([...running.codes]).toEqual([]);
  for (const [at, ids] of running.keptIds.entries()) {
    expect(await bot.tally(at + 1)).toMatchObject({ count: ids.length, ids });
  }
});

it.each(['Redis', 'PostgreSQL', 'MariaDB'] as const)(
  'connections that are cut again and again cost no update: %s',
  { timeout: sized({ quick: 5, full: 60 }) * minutes },
  (engine) => expectCutsHarmless(engine, sized({ quick: 20, full: 200 })),
);
