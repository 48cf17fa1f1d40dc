/** Statements on their way to a pool: when they are sent. */

import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import type { MysqlCallbackPool } from '../src/client.ts';
import { executeOn } from '../src/executing.ts';

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
    await executeOn(pool, `begin ${turn}`, [], 'conversation');
    events.push(`begin ${turn} answered`);
    await executeOn(pool, `end ${turn}`, [], 'conversation');
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
  const ended = executeOn(pool, 'begin', [], 'conversation');
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
  const rejected = executeOn(broken, 'begin', [], 'conversation');
  const sent = executeOn(pool, 'begin', [], 'conversation');
  await expect(rejected).rejects.toBe(error);
  waiting[0]?.();
  await sent;
  expect(events).toEqual(['begin sent']);
});
