/** Statements on their way to a pool: when they are sent. */

import { setImmediate } from 'node:timers/promises';
import { createPool } from 'mysql2';
import { afterEach, expect, it, vi } from 'vitest';
import { sharedMariadb } from '../../../test/servers/shared.ts';
import { tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import type { MysqlCallbackPool } from '../src/client.ts';
import { executorOn } from '../src/executing.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A pool that notes what is sent, and answers when it is told to. */
function slowPool() {
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const pool: MysqlCallbackPool = {
    query() {},
    getConnection(answered) {
      answered(null, {
        execute(statement, _values, done) {
          events.push(`${statement} sent`);
          waiting.push(() => done(null, { affectedRows: 1 }));
        },
        query() {},
        release() {},
        destroy() {},
      });
    },
  };
  return { pool, events, waiting };
}

it('sends statements that follow from answers when all of these are read', async () => {
  const { pool, events, waiting } = slowPool();
  const turns = ['1', '2'].map(async (turn) => {
    await executorOn(pool, 'conversation')(`begin ${turn}`, []);
    events.push(`begin ${turn} answered`);
    await executorOn(pool, 'conversation')(`end ${turn}`, []);
  });
  while (waiting.length < 2) await setImmediate();
  // in one round of the event loop, each with what its code does at once
  await Promise.all(waiting.splice(0).map((answer) => setImmediate().then(answer)));
  while (waiting.length < 2) await setImmediate();
  for (const answer of waiting) answer();
  await Promise.all(turns);
  expect(events).toEqual([
    'begin 1 sent',
    'begin 2 sent',
    'begin 1 answered',
    'begin 2 answered',
    'end 1 sent',
    'end 2 sent',
  ]);
});

it('sends statements under fake timers', async () => {
  vi.useFakeTimers();
  const { pool, waiting } = slowPool();
  const ended = executorOn(pool, 'conversation')('begin', []);
  while (waiting.length === 0) await setImmediate();
  waiting[0]?.();
  expect(await ended).toEqual({ affectedRows: 1 });
});

it('rejects a statement to a pool that throws, and sends the others', async () => {
  const { pool, events, waiting } = slowPool();
  const error = new Error('no pool');
  const broken: MysqlCallbackPool = {
    query() {},
    getConnection() {
      throw error;
    },
  };
  const rejected = executorOn(broken, 'conversation')('begin', []);
  const sent = executorOn(pool, 'conversation')('begin', []);
  await expect(rejected).rejects.toBe(error);
  waiting[0]?.();
  await sent;
  expect(events).toEqual(['begin sent']);
});

it('closes a connection that does not answer for five minutes, and opens another one', async () => {
  const { port, url } = await sharedMariadb();
  const proxy = await tcpProxy({ to: port });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const pool = createPool({ uri: url.replace(`:${port}/`, `:${proxy.port}/`), connectionLimit: 1 });
  const execute = executorOn(pool, 'conversation');
  const send = () => execute('select 1 as one', []);
  await send();
  // as when the server has lost its power: no connection is reset
  proxy.strand();
  const acquired = new Promise((resolve) => pool.once('acquire', resolve));
  const stuck = expect(send()).rejects.toThrow(/no answer/);
  const next = send();
  await acquired.then(() => setImmediate());
  let isAnswered = false;
  const answered = stuck.then(() => {
    isAnswered = true;
  });
  vi.advanceTimersByTime(290_000);
  await setImmediate();
  expect(isAnswered).toBe(false);
  vi.advanceTimersByTime(110_000);
  await answered;
  expect(await next).toMatchObject([{ one: 1 }]);
  await new Promise((resolve) => pool.end(resolve));
  await proxy.close();
});
