/** Connections that carry many statements at once: of a real pool, and of one whose answers come in any order. */

import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import type { PgPool, PgPoolClient } from '../src/client.ts';
import { Connections } from '../src/connections.ts';
import { overPool } from '../src/pool.ts';
import { statementsThrough } from './clients.ts';

type Result = Awaited<ReturnType<PgPoolClient['query']>>;

let server: SharedServer;
let admin: pg.Pool;
beforeAll(async () => {
  server = await sharedPostgres();
  admin = new pg.Pool({ connectionString: server.url });
});
afterAll(() => admin?.end());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A pool whose first connection breaks with the answer that makes it usable, as the server may send both at once. */
function breakingPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  const connect = pool.connect.bind(pool);
  let breaks = 1;
  const byCallback = (borrowed: Parameters<typeof connect>[0]) =>
    connect((error, client, release) => {
      borrowed(error, client, release);
      if (breaks-- > 0) client?.emit('error', new Error('terminating connection'));
    });
  const byPromise = () =>
    new Promise<pg.PoolClient>((resolve) =>
      byCallback((_, client) => resolve(client as pg.PoolClient)),
    );
  const both = (borrowed?: Parameters<typeof connect>[0]) =>
    borrowed === undefined ? byPromise() : byCallback(borrowed);
  return Object.assign(pool, { connect: both as typeof connect });
}

describe('connections of pg', () => {
  it('that break in the moment in which they are made do not end the process', async () => {
    const pool = breakingPool();
    const connections = new Connections(pool);
    expect((await connections.query('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
    const before = pool.totalCount;
    expect((await connections.query('select 2 as two', [])).rows).toEqual([{ two: 2 }]);
    expect([before, pool.totalCount]).toEqual([0, 1]);
    await pool.end();
  });

  it('carry many statements at once, each with its own answer or error', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    let [now, most] = [0, 0];
    const counted = statementsThrough(pool, async (_, send) => {
      most = Math.max(most, ++now);
      return send().finally(() => {
        now--;
      });
    });
    const connections = new Connections({ ...counted, options: { max: 1 } });
    const numbers = Array.from({ length: 100 }, (_, at) => at);
    const answers = await Promise.allSettled(
      numbers.map((at) => connections.query('select 1 / ($1::integer % 10) as one', [at])),
    );
    const expected = numbers.map((at) =>
      at % 10 === 0 ? 'division by zero' : [{ one: at % 10 === 1 ? 1 : 0 }],
    );
    expect(
      answers.map((answer) =>
        answer.status === 'fulfilled' ? answer.value.rows : answer.reason.message,
      ),
    ).toEqual(expected);
    expect(most).toBe(8);
    await pool.end();
  });

  it('are given back as they were, and a statement that the server rejects does not end one', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const before = await pool.connect();
    before.release();
    const connections = new Connections(pool);
    const failed = connections.query('select 1 / 0', []).catch(() => 'failed');
    expect(await Promise.all([failed, connections.query('select 1', [])])).toContain('failed');
    const after = await pool.connect();
    expect(after).toBe(before);
    expect(after).toMatchObject({ pipeline: false });
    expect(after.listenerCount('error')).toBe(0);
    after.release();
    await pool.end();
  });

  it('are kept for the statement that follows an answer at once, and for no longer', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const asked = vi.spyOn(pool, 'connect');
    const connections = new Connections(pool);
    for (let at = 0; at < 5; at++) await connections.query('select 1', []);
    expect(asked).toHaveBeenCalledOnce();
    const [borrowed] = await Promise.all([pool.connect(), connections.query('select 1', [])]);
    expect(borrowed).toMatchObject({ pipeline: false });
    borrowed.release();
    await connections.query('select 1', []);
    expect(pool.idleCount).toBe(0);
    await new Promise(setImmediate);
    expect(pool.idleCount).toBe(1);
    await pool.end();
  });

  it('are given back under fake timers', async () => {
    vi.useFakeTimers();
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    await new Connections(pool).query('select 1', []);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('are given back to a pool without `waitingCount` as soon as they are idle', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const connections = new Connections(statementsThrough(pool, (_, send) => send()));
    let sent = 0;
    const sendOne = async () => {
      sent++;
      await connections.query('select 1', []);
    };
    await sendOne();
    const bot = pool.query('select 1').then(() => sent);
    for (let at = 0; at < 20; at++) await sendOne();
    expect(await bot).toBeLessThan(5);
    await pool.end();
  });

  it('are given back to a pool that ends, although one statement follows the other', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const connections = new Connections(pool);
    await connections.query('select 1', []);
    const ended = pool.end();
    const after = Array.from({ length: 3 }, () => connections.query('select 1', []));
    const next = after[0]?.then(() => connections.query('select 1', []));
    await expect(next).rejects.toThrow(/after calling end/);
    await Promise.allSettled(after);
    await ended;
  });

  it('are not kept from a bot that uses the same pool', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const connections = new Connections(pool);
    let isLoaded = true;
    const load = Array.from({ length: 8 }, async () => {
      while (isLoaded) await connections.query('select 1', []);
    });
    for (let at = 0; at < 5; at++) {
      const { rows } = await pool.query('select $1::integer as at', [at]);
      expect(rows).toEqual([{ at }]);
    }
    isLoaded = false;
    await Promise.all(load);
    await pool.end();
  });

  it.each(['select 1', 'select 1 / 0'])(
    'that the bot gave back within a transaction, after "%s", are closed with a warning',
    async (statement) => {
      const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
      const pool = new pg.Pool({ connectionString: server.url, max: 1 });
      await admin.query('drop table if exists kept; create table kept (at integer)');
      const leaking = await pool.connect();
      await leaking.query('begin');
      await leaking.query(statement).catch(() => {});
      leaking.release();
      await new Connections(pool).query('insert into kept values ($1::integer)', [1]);
      await pool.end();
      expect((await admin.query('select at from kept')).rows).toEqual([{ at: 1 }]);
      expect(warned.mock.calls).toEqual([
        [expect.stringMatching(/COMMIT or ROLLBACK/), { code: 'TELEFSM_OPEN_TRANSACTION' }],
      ]);
    },
  );

  it.each(['commit', 'rollback'])(
    'whose %s is still on its way are used, and the bot gets its answer',
    async (ending) => {
      const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
      const pool = new pg.Pool({ connectionString: server.url, max: 1 });
      await admin.query('drop table if exists kept; create table kept (at integer)');
      const client = await pool.connect();
      await client.query('begin');
      await client.query('insert into kept values (0)');
      const ended = client.query(ending);
      client.release();
      await new Connections(pool).query('insert into kept values ($1::integer)', [1]);
      expect((await ended).command).toBe(ending.toUpperCase());
      expect(await pool.connect()).toBe(client);
      client.release();
      await pool.end();
      const { rows } = await admin.query('select at from kept order by at');
      expect(rows).toEqual(ending === 'commit' ? [{ at: 0 }, { at: 1 }] : [{ at: 1 }]);
      expect(warned).not.toHaveBeenCalled();
    },
  );

  it('that end while a transaction is open are replaced without a warning', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const client = await pool.connect();
    await client.query('begin');
    const ended = client.query('select pg_terminate_backend(pg_backend_pid())').catch(() => {});
    client.release();
    const { rows } = await new Connections(pool).query('select 1 as one', []);
    expect(rows).toEqual([{ one: 1 }]);
    await ended;
    await pool.end();
    expect(warned).not.toHaveBeenCalled();
  });

  it('are notified, although the bot released one with an open transaction', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const pool = new pg.Pool({ connectionString: server.url, max: 2 });
    const leaking = await Promise.all([pool.connect(), pool.connect()]);
    for (const client of leaking) {
      await client.query('begin');
      client.release();
    }
    const driver = overPool(pool, true);
    const heard = vi.fn();
    const stop = await driver.listen('left_open', heard, () => {});
    await driver.query('select pg_notify($1::text, $2::text)', ['left_open', 'hello']);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledExactlyOnceWith('hello'));
    expect(warned).toHaveBeenCalledOnce();
    stop();
    driver.detach();
    await pool.end();
  });

  it.each([{}, { query_timeout: 0 }])(
    'carry one statement at a time if the address sets a query_timeout, and the options are %j',
    async (options) => {
      const connectionString = `${server.url}?query_timeout=60000`;
      const pool = new pg.Pool({ ...options, connectionString, max: 1 });
      const connections = new Connections(pool);
      await connections.query('select 1', []);
      expect(connections.atOnce).toBe(1);
      await pool.end();
    },
  );

  it('may be fewer than those of the pool: the server allows three', async () => {
    await admin.query('create role narrow login connection limit 3');
    const url = server.url.replace('postgres@', 'narrow@');
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    const asked = vi.spyOn(pool, 'connect');
    const connections = new Connections(pool);
    const sent = Array.from({ length: 50 }, () => connections.query('select 1 as one', []));
    for (const { rows } of await Promise.all(sent)) expect(rows).toEqual([{ one: 1 }]);
    // it does not ask for each statement again
    expect(asked.mock.calls.length).toBeLessThanOrEqual(10);
    await pool.end();
  });

  it('that break fail what they carry, and others are opened', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const connections = new Connections(pool);
    const lock = new pg.Client({ connectionString: server.url });
    await lock.connect();
    await lock.query('select pg_advisory_lock(7)');
    const stuck = Array.from({ length: 6 }, () =>
      connections.query('select pg_advisory_xact_lock(7)', []).then(
        () => 'done',
        () => 'failed',
      ),
    );
    await vi.waitFor(async () => {
      const { rows } = await admin.query(
        "select pid from pg_stat_activity where wait_event = 'advisory' and datname = current_database()",
      );
      expect(rows.length).toBeGreaterThan(0);
    });
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'advisory' and datname = current_database()",
    );
    expect(new Set(await Promise.all(stuck))).toEqual(new Set(['failed']));
    await lock.end();
    expect((await connections.query('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
    expect(pool.totalCount).toBe(1);
    await pool.end();
  });

  it('of a server that is read-only are closed, since the next may be to the primary', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const connections = new Connections(pool);
    const write = () => connections.query('create temporary table written ()', []);
    await connections.query('set default_transaction_read_only = on', []);
    await expect(write()).rejects.toMatchObject({ code: '25006' });
    await write();
    await pool.end();
  });
});

/** A connection whose answers come when the test says so. */
class ToldClient implements PgPoolClient {
  declare pipeline?: boolean;
  readonly asked: { answer(): void; fail(error: Error): void }[] = [];
  readonly pool: ToldPool;
  readonly #listeners = new Set<unknown>();

  constructor(pool: ToldPool) {
    this.pool = pool;
    if (pool.canPipeline) this.pipeline = false;
    if (pool.isNative) Object.assign(this, { native: {} });
  }

  query(): Promise<Result> {
    return new Promise((resolve, reject) => {
      const end = () => this.asked.splice(this.asked.indexOf(asked), 1);
      const asked = {
        answer: () => void [end(), resolve({ rows: [], rowCount: 0 })],
        fail: (error: Error) => void [end(), reject(error)],
      };
      this.asked.push(asked);
      expect(this.asked.length).toBeLessThanOrEqual(this.pipeline === true ? 8 : 1);
    });
  }

  on(_event: string, listener: unknown): void {
    this.#listeners.add(listener);
  }

  off(_event: string, listener: unknown): void {
    this.#listeners.delete(listener);
  }

  break(): void {
    for (const listener of this.#listeners) (listener as () => void)();
    for (const { fail } of [...this.asked]) fail(new Error('Connection terminated'));
  }

  release(isBroken: boolean): void {
    if (isBroken) this.pool.closed++;
    expect([this.asked.length, this.pipeline === true, this.#listeners.size]).toEqual([
      0,
      false,
      0,
    ]);
    this.pool.borrowed.splice(this.pool.borrowed.indexOf(this), 1);
  }
}

/** A pool that connects when the test says so. */
class ToldPool implements PgPool {
  readonly options: NonNullable<PgPool['options']> & { readonly max: number };
  readonly canPipeline: boolean;
  isNative = false;
  /** Connections that came back broken. */
  closed = 0;
  waitingCount = 0;
  readonly borrowed: ToldClient[] = [];
  readonly dialled: { connect(): void; reject(): void }[] = [];

  constructor(max: number, canPipeline: boolean, options: PgPool['options'] = {}) {
    this.options = { ...options, max };
    this.canPipeline = canPipeline;
  }

  connect(): Promise<PgPoolClient> {
    return new Promise((resolve, reject) => {
      const end = () => this.dialled.splice(this.dialled.indexOf(dialled), 1);
      const dialled = {
        connect: () => {
          end();
          const client = new ToldClient(this);
          this.borrowed.push(client);
          resolve(client);
        },
        reject: () => void [end(), reject(new Error('too many clients'))],
      };
      this.dialled.push(dialled);
      expect(this.dialled.length + this.borrowed.length).toBeLessThanOrEqual(this.options.max);
    });
  }
}

const step = fc.record({
  what: fc.constantFrom(
    ...(['query', 'query', 'query', 'connect', 'refuse', 'answer', 'answer'] as const),
    ...(['reject', 'end', 'break', 'others', 'nobody'] as const),
  ),
  at: fc.nat(99),
});

const rejected = (severity: string) => Object.assign(new Error('no'), { severity, code: '40001' });
const ended = () => Object.assign(new Error('ended'), { severity: 'FATAL', code: '57P01' });

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a connection', () => {
  /** A pool of one, and its connection with so many statements on it. */
  async function busyWith(statements: number, options?: PgPool['options']) {
    const pool = new ToldPool(1, true, options);
    const connections = new Connections(pool);
    const send = () => void connections.query('select', []).catch(() => {});
    for (let at = 0; at < statements; at++) send();
    pool.dialled[0]?.connect();
    await settled();
    return { pool, send, asked: () => pool.borrowed[0]?.asked ?? [] };
  }

  it('is closed when the server has ended it, and gets nothing more', async () => {
    const { pool, send, asked } = await busyWith(2);
    asked()[0]?.fail(ended());
    await settled();
    send();
    await settled();
    expect(asked()).toHaveLength(1);
    asked()[0]?.fail(new Error('Connection terminated'));
    await settled();
    expect([pool.closed, pool.borrowed.length, pool.dialled.length]).toEqual([1, 0, 1]);
  });

  it.each(['ERROR', 'FEHLER', 'ОШИБКА'])(
    'is used further after an error of a statement, in any language of the server: %s',
    async (severity) => {
      const { pool, send, asked } = await busyWith(1);
      asked()[0]?.fail(rejected(severity));
      send();
      await settled();
      expect(asked()).toHaveLength(1);
      asked()[0]?.answer();
      await settled();
      expect(pool.closed).toBe(0);
    },
  );

  it('goes back after a thousand statements, under any load', async () => {
    const { pool, send, asked } = await busyWith(2);
    const [first] = pool.borrowed;
    for (let at = 2; at < 1001; at++) {
      send();
      asked()[0]?.answer();
      await settled();
    }
    expect(pool.borrowed[0]).toBe(first);
    while (asked().length > 0) {
      asked()[0]?.answer();
      await settled();
    }
    expect([pool.closed, pool.borrowed.length, pool.dialled.length]).toEqual([0, 0, 1]);
  });

  it.each([{ query_timeout: 1000 }, { pipeline: false }])(
    'carries one statement at a time with %j',
    async (options) => {
      const { asked } = await busyWith(5, options);
      expect(asked()).toHaveLength(1);
    },
  );

  it('carries one statement at a time over the native library', async () => {
    const pool = new ToldPool(1, true);
    pool.isNative = true;
    const connections = new Connections(pool);
    for (let at = 0; at < 5; at++) connections.query('select', []).catch(() => {});
    pool.dialled[0]?.connect();
    await settled();
    expect(pool.borrowed[0]?.asked).toHaveLength(1);
  });

  it('is asked for again after one was rejected and another went back', async () => {
    const pool = new ToldPool(2, true);
    const connections = new Connections(pool);
    const sendTwo = () => {
      for (let at = 0; at < 2; at++) connections.query('select', []).catch(() => {});
    };
    sendTwo();
    pool.dialled[0]?.connect();
    pool.dialled[0]?.reject();
    await settled();
    expect([pool.borrowed.length, pool.dialled.length]).toEqual([1, 0]);
    while (pool.borrowed.length > 0) {
      pool.borrowed[0]?.asked[0]?.answer();
      await settled();
    }
    sendTwo();
    expect(pool.dialled).toHaveLength(2);
  });

  it('that cannot go back is rejected', async () => {
    const connections = new Connections({ connect: async () => ({}) as never });
    await expect(connections.query('select', [])).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('a connection whose statement waits for a lock', () => {
  it('gets few of the others', async () => {
    const pool = new ToldPool(4, true);
    const connections = new Connections(pool);
    const send = () => void connections.query('select', []);
    for (let at = 0; at < 4; at++) send();
    while (pool.dialled.length > 0) {
      pool.dialled[0]?.connect();
      await settled();
    }
    for (let at = 0; at < 24; at++) send();
    const [stuck] = pool.borrowed;
    while ((stuck?.asked.length ?? 0) > 1) {
      stuck?.asked[0]?.answer();
      await settled();
    }
    // as many are sent as are answered, over the other three
    for (let round = 0; round < 50; round++) {
      for (const client of pool.borrowed.filter((one) => one !== stuck)) {
        client.asked[0]?.answer();
        send();
      }
      await settled();
    }
    expect(pool.borrowed).toHaveLength(4);
    expect(stuck?.asked.length).toBeLessThan(5);
  });
});

describe('whatever the order of answers, failures and connections', () => {
  it.each([true, false])(
    'each statement is answered once, and all connections go back: pipelining %s',
    async (canPipeline) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step), async (max, steps) => {
          const pool = new ToldPool(max, canPipeline);
          const connections = new Connections(pool);
          let [asked, answered] = [0, 0];
          const query = () => {
            asked++;
            const end = () => void answered++;
            connections.query('select', []).then(end, end);
          };
          const pick = <T>(of: readonly T[], at: number): T | undefined => of[at % of.length];
          for (const { what, at } of steps) {
            const client = pick(pool.borrowed, at);
            if (what === 'query') query();
            else if (what === 'connect') pick(pool.dialled, at)?.connect();
            else if (what === 'refuse') pick(pool.dialled, at)?.reject();
            else if (what === 'answer') client?.asked[0]?.answer();
            else if (what === 'reject') client?.asked[0]?.fail(rejected('ERROR'));
            else if (what === 'end') client?.asked[0]?.fail(ended());
            else if (what === 'break') client?.break();
            else pool.waitingCount = what === 'others' ? max : 0;
            await settled();
          }
          while (pool.dialled.length + pool.borrowed.length > 0) {
            pool.dialled[0]?.connect();
            pool.borrowed[0]?.asked[0]?.answer();
            await settled();
          }
          expect(answered).toBe(asked);
        }),
        { numRuns: 200 },
      );
    },
  );
});
