/** The storage contract over PGlite and Neon's Pool, and what is said of clients that cannot serve. */

import { PGlite } from '@electric-sql/pglite';
import { Client as NeonClient, Pool as NeonPool, neon, neonConfig } from '@neondatabase/serverless';
import { state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { storageContract } from '@telefsm/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { sharedPostgres } from '../../../test/servers/shared.ts';
import { takeTurns } from '../../../test/servers/turns.ts';
import { startWebSocketProxy, type WebSocketProxy } from '../../../test/servers/websocket-proxy.ts';
import { driverOf } from '../src/driver.ts';
import { type PostgresClient, postgresStorage } from '../src/index.ts';
import { statementsThrough } from './clients.ts';
import { shiftIn } from './shift.ts';

const Waiting = states('Waiting', { on: state() });

let pglite: PGlite;
let neonPool: NeonPool;
let proxy: WebSocketProxy;

beforeAll(async () => {
  pglite = await PGlite.create();
  const server = await sharedPostgres();
  proxy = await startWebSocketProxy(server.port);
  neonConfig.webSocketConstructor = WebSocket;
  neonConfig.wsProxy = () => proxy.address;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
  neonPool = new NeonPool({ connectionString: server.url, max: 10 });
});
afterAll(async () => {
  await neonPool.end();
  await proxy.close();
  await pglite.close();
});

const kinds: readonly (readonly [name: string, client: () => PostgresClient])[] = [
  ['PGlite', () => pglite],
  ["Neon's Pool over WebSockets", () => neonPool],
];

describe.each(kinds)('the storage contract over %s', (_, client) => {
  const schema = 'more_clients';
  const make = () => postgresStorage(client(), { schema });
  const shift = (key: string, ms: number) => shiftIn(client(), schema, key, ms);
  for (const rule of storageContract(() => ({ storage: make(), another: make, shift }))) {
    it(rule.title, () => rule.run());
  }
});

describe('an embedded PGlite', () => {
  it('keeps 200 turns of 4 machines on one conversation', async () => {
    const turns = await Promise.all(
      Array.from({ length: 4 }, () => takeTurns(postgresStorage(pglite, { schema: 'turns' }))),
    );
    const count = (text: string | undefined) => String(Number(text ?? 0) + 1);
    const all = turns.flatMap(({ run }) => Array.from({ length: 50 }, () => run('k', count)));
    await Promise.all(all);
    const stored = await postgresStorage(pglite, { schema: 'turns' }).peek('k');
    expect(stored?.text).toBe('200');
    for (const { close } of turns) close();
  });
});

describe('a client that cannot serve', () => {
  it('is rejected: neon(), whose Pool is named', () => {
    const sql = neon('postgres://user:secret@127.0.0.1/db');
    expect(() => driverOf(sql as never)).toThrow(/pass its Pool/);
  });

  it('is rejected: an object that is no client', () => {
    expect(() => driverOf({} as never)).toThrow(/object without connect\(\) or unsafe\(\)/);
    for (const one of [new pg.Client(), new NeonClient()])
      expect(() => driverOf(one as never)).toThrow(/found a single connection\. Expected a Pool/);
  });

  it('fails each update at once and commits nothing: a Pool of your own without rowCount', async () => {
    const pool = new pg.Pool({ connectionString: (await sharedPostgres()).url });
    const traced = statementsThrough(pool, async (_, send) => {
      const { rows } = await send();
      return { rows } as pg.QueryResult;
    });
    const storage = postgresStorage(traced, { schema: 'only_rows' });
    const machine = createMachine({ states: [Waiting], storage });
    const bot = { id: 1, call: async () => true };
    const from = { id: 7, is_bot: false, first_name: 'Ann' };
    const message = { message_id: 1, date: 0, chat: { ...from, type: 'private' }, from };
    const handled = vi.fn();
    for (const update_id of [1, 2]) {
      const sent = machine.handle({ update_id, message }, bot, ({ state }) => {
        handled();
        state.set(Waiting.on);
      });
      await expect(sent).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        cause: {
          code: 'INVALID_OPTION',
          message: expect.stringMatching(/"pool": found .*rowCount.* Expected .*rowCount/),
        },
      });
    }
    expect(handled).not.toHaveBeenCalled();
    const { rows } = await pool.query('select record from only_rows.telefsm_conversation');
    expect(rows).toEqual([{ record: null }]);
    await storage.close();
    await pool.end();
  });

  it.each(['commit', 'renew'] as const)(
    'rejects %s over a Pool that stops answering rowCount',
    async (name) => {
      const pool = new pg.Pool({ connectionString: (await sharedPostgres()).url });
      let answers = true;
      const fewer = statementsThrough(pool, async (_, send) =>
        answers ? send() : ({ rows: [] as unknown[] } as pg.QueryResult),
      );
      const storage = postgresStorage(fewer, { schema: 'fewer_answers' });
      const asked = { token: `${name}.1`, lease: 1000, queue: false };
      const taken = await storage.acquire(name, asked);
      const holder = { token: asked.token, fence: 'fence' in taken ? taken.fence : 0 };
      answers = false;
      const sent =
        name === 'renew'
          ? storage.renew(name, holder, 1000)
          : storage.commit(name, holder, { text: '{}', state: null });
      await expect(sent).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      await storage.close();
      await pool.end();
    },
  );
});
