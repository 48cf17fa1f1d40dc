/** Deadlines and lifetimes that mean "never": every storage keeps them. */

import { type FsmStorage, memoryStorage, state, states } from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { freshName, sharedMariadb, sharedPostgres, sharedRedis } from '../servers/shared.ts';

type Open = () => Promise<readonly [storage: FsmStorage, close: () => unknown]>;

const storages: readonly (readonly [string, Open])[] = [
  ['memory', async () => [memoryStorage(), () => {}]],
  ['SQLite', async () => [sqliteStorage(':memory:'), () => {}]],
  [
    'Redis',
    async () => {
      const client = new Redis((await sharedRedis()).url);
      return [redisStorage(client, { prefix: freshName() }), () => client.quit()];
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const pool = new Pool({ connectionString: (await sharedPostgres()).url });
      return [postgresStorage(pool), () => pool.end()];
    },
  ],
  [
    'MariaDB',
    async () => {
      const pool = createPool((await sharedMariadb()).url);
      return [mysqlStorage(pool), () => pool.end()];
    },
  ],
];

const Form = states('Form', { name: state() });
const never = [
  Number.MAX_SAFE_INTEGER,
  Number.MAX_VALUE,
  '99999999999d',
  new Date(8.64e15),
] as const;

it.each(storages)(
  '%s keeps a deadline and a lifetime that are as good as endless',
  async (_, open) => {
    const [storage, close] = await open();
    try {
      for (const [user, after] of [...never, new Date(-8.64e15)].entries()) {
        const ttl = typeof after === 'object' ? {} : { ttl: after };
        const machine = createMachine({ storage, deadlines: 'on-update', ...ttl }) as UpdateMachine;
        machine.connect({ id: 123, call: async () => ({}) });
        const conversation = machine.at({ user: user + 1 });
        await conversation.run(({ state: fsm }) => {
          fsm.set(Form.name);
          fsm.expire(after);
        });
        const { current, deadlineIn = 0 } = (await conversation.peek()) ?? {};
        expect([current, deadlineIn > 1e13]).toEqual(['Form:name', user < never.length]);
        await machine.stop();
      }
    } finally {
      await storage.close?.();
      await close();
    }
  },
);
