/** A port where nothing listens: the first update is refused at once, with the driver's error, whatever the client does by itself. */

import type { FsmStorage } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { openSql } from '../../packages/storage-postgres/test/clients.ts';
import { updateOf } from '../processes/counting-bot.ts';
import { freePort } from '../servers/ports.ts';
import { startRedis } from '../servers/redis.ts';

type Opened = readonly [storage: FsmStorage, end: () => unknown];

function overNodeRedis(port: number): Opened {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on('error', () => {});
  client.connect().catch(() => {});
  return [redisStorage(client), () => client.destroy()];
}

const clients: readonly (readonly [string, (port: number) => Opened])[] = [
  [
    'ioredis',
    (port) => {
      const client = new Redis(port);
      return [redisStorage(client), () => client.disconnect()];
    },
  ],
  [
    'ioredis with lazyConnect',
    (port) => {
      const client = new Redis({ port, lazyConnect: true });
      return [redisStorage(client), () => client.disconnect()];
    },
  ],
  ['node-redis', overNodeRedis],
  [
    'pg',
    (port) => {
      const pool = new pg.Pool({ host: '127.0.0.1', port });
      return [postgresStorage(pool), () => pool.end()];
    },
  ],
  [
    'postgres',
    (port) => {
      const { client, end } = openSql(`postgres://bot@127.0.0.1:${port}/bot`);
      return [postgresStorage(client), end];
    },
  ],
  [
    'mysql2',
    (port) => {
      const pool = createPool({ host: '127.0.0.1', port, database: 'bot' });
      return [mysqlStorage(pool), () => pool.end()];
    },
  ],
];

/** Time stands still, so an answer owes nothing to a time-out. */
const stopped = {
  now: () => 1_700_000_000_000,
  monotonic: () => 0,
  setTimeout: () => 0,
  clearTimeout() {},
};

const bot = { id: 1, call: async () => true };
const add = (id: number) => updateOf({ id, chat: 1, text: 'add' });

it.each(clients)('a wrong port is reported at once by %s', async (_, open) => {
  const [storage, end] = open(await freePort());
  const machine = createMachine({ storage, clock: stopped });
  let handled = 0;
  for (const id of [1, 2]) {
    const sent = machine.handle(add(id), bot, () => void handled++);
    await expect(sent).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { operation: 'acquire', committedBefore: false },
      cause: { code: 'ECONNREFUSED' },
    });
  }
  expect(handled).toBe(0);
  await end();
});

it.each(clients.slice(0, 3))(
  'updates are handled once the server has been started: %s',
  async (_, open) => {
    const server = await startRedis();
    await server.stop();
    const [storage, end] = open(server.port);
    const machine = createMachine({ storage });
    let handled = 0;
    await expect(machine.handle(add(1), bot, () => void handled++)).rejects.toThrow();
    await server.start();
    // the client connects by itself; a redelivery comes as soon as it has
    for (let isDone = false; !isDone; ) {
      isDone = await machine
        .handle(add(1), bot, () => void handled++)
        .then(
          () => true,
          ({ cause }) => {
            expect(cause).toMatchObject({ code: 'ECONNREFUSED' });
            return new Promise<boolean>((resolve) => void setImmediate(resolve, false));
          },
        );
    }
    expect(handled).toBe(1);
    await machine.stop();
    await end();
    await server.stop();
  },
);
