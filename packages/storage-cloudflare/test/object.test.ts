/** Objects over days, with many deadlines, and with a database that fails: in this process, at a time that the test sets. */

import { type FsmStorage, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalObject, localObject } from '../../../test/servers/durable-object.ts';
import { durableObjectStorage } from '../src/index.ts';

const seconds = 1000;
const hours = 3_600_000;
const days = 24 * hours;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const Waiting = states('Waiting', { on: state() });
const bot = { id: 1, call: async () => true };

/** A bot whose conversations end by a deadline, or are forgotten. */
function botOn() {
  const fired: (number | undefined)[] = [];
  let failing = 0;
  let updates = 0;
  const machineOn = (storage: FsmStorage) =>
    createMachine({
      states: [Waiting],
      storage,
      ttl: '30d',
      onTimeout({ state, subject }) {
        if (failing-- > 0) throw new Error('The handler fails, as the test wants it.');
        fired.push(subject.chat);
        state.clear();
      },
    }).connect(bot);
  const object = localObject((within) =>
    machineOn(durableObjectStorage(object.namespace, { shards: 1, within })),
  );
  const machine = machineOn(durableObjectStorage(object.namespace, { shards: 1 }));
  return {
    object,
    machine,
    fired,
    failNext(times: number) {
      failing = times;
    },
    /** An update that moves a conversation on, which is due after so many ms. */
    async send(chat: number, due?: number): Promise<void> {
      const id = ++updates;
      const from = { id: chat, is_bot: false, first_name: 'Ann' };
      const message = { message_id: id, date: 0, chat: { ...from, type: 'private' }, from };
      await machine.handle({ update_id: id, message }, bot, ({ state }) => {
        state.set(Waiting.on);
        if (due !== undefined) state.expire(due);
      });
    },
  };
}

/** Rings until an instant, and returns when it rang, in ms from now. */
async function ringUntil(object: LocalObject, ms: number): Promise<readonly number[]> {
  const began = Date.now();
  const rung: number[] = [];
  for (let at = object.alarmAt(); at !== undefined && at <= began + ms; at = object.alarmAt()) {
    expect(await object.ring()).toBeUndefined();
    rung.push(Date.now() - began);
  }
  vi.setSystemTime(began + ms);
  return rung;
}

it('an object finds what is due by its index, however many conversations it has', async () => {
  const { object, machine, send, fired } = botOn();
  await send(1, 3 * seconds);
  await ringUntil(object, 5 * seconds);
  await machine.sweep();
  expect(fired).toEqual([1]);
  const due = [...object.queryPlans()].filter(([text]) => text.includes('wake_at <='));
  expect(due.length).toBeGreaterThan(1);
  for (const [text, plan] of due) expect(plan, text).toMatch('telefsm_conversation_wake');
});

describe('an object that gets no request', () => {
  it('rings for a deadline days later, and otherwise only to delete what has expired', async () => {
    const { object, send, fired } = botOn();
    await send(1, 3 * days);
    await send(2);
    object.evict();
    expect(await ringUntil(object, 29 * days)).toEqual([3 * days, 4 * days + hours]);
    expect(fired).toEqual([1]);
    expect(await ringUntil(object, 300 * days)).toEqual([days + hours]);
    expect(object.alarmAt()).toBeUndefined();
  });

  it('keeps its alarm over any number of evictions', async () => {
    const { object, send, fired } = botOn();
    await send(1, 10 * days);
    await send(2, 2 * days);
    for (let n = 0; n < 5; n++) {
      object.evict();
      await send(3, 20 * days);
      expect(object.alarmAt()).toBe(1_800_000_000_000 + 2 * days);
    }
    await ringUntil(object, 21 * days);
    expect(fired).toEqual([2, 1, 3]);
  });
});

it('a deadline in an object with sweep() is stored without a warning', async () => {
  const warnings = [vi.spyOn(process, 'emitWarning'), vi.spyOn(console, 'warn')];
  const { send, object } = botOn();
  await send(1, days);
  expect(object.alarmAt()).toBe(Date.now() + days);
  for (const warned of warnings) expect(warned).not.toHaveBeenCalled();
});

it('the first deadline in an object without sweep() is stored with a warning in its log', async () => {
  const warned = vi.spyOn(console, 'warn').mockReturnValue();
  const object = localObject();
  const storage = durableObjectStorage(object.namespace, { shards: 1 });
  const store = async (key: string, deadlineIn?: number) => {
    const token = `${key}.1`;
    const taken = await storage.acquire(key, { token, lease: 1000, queue: false });
    const fence = 'busy' in taken ? Number.NaN : taken.fence;
    const due = deadlineIn === undefined ? {} : { deadlineIn };
    expect(await storage.commit(key, { token, fence }, { text: '{}', state: null, ...due })).toBe(
      'done',
    );
  };
  await store('a');
  expect(warned).not.toHaveBeenCalled();
  for (const key of ['b', 'c']) await store(key, days);
  expect(warned.mock.calls).toEqual([
    [
      'A deadline was stored, but this class has no sweep(). Override it, or call machine.sweep() from a cron trigger.',
    ],
  ]);
  expect(object.alarmAt()).toBeUndefined();
});

describe('very many deadlines of one object', () => {
  it('fire one sweep after the other, without a pause', async () => {
    const { object, send, fired } = botOn();
    for (let chat = 1; chat <= 2010; chat++) await send(chat, 60 * seconds);
    const rung = await ringUntil(object, 90 * seconds);
    expect(fired).toHaveLength(2010);
    expect(new Set(fired).size).toBe(2010);
    // a sweep fires 1,000; each is an invocation of its own, with its own limits
    expect(rung.filter((at) => at < 62 * seconds)).toHaveLength(3);
  });
});

describe('a record that is larger than a row', () => {
  it('is rejected with the size of its text, not of the request', async () => {
    const object = localObject();
    const storage = durableObjectStorage(object.namespace, { shards: 1 });
    const taken = await storage.acquire('k', { token: 't', lease: 1000, queue: false });
    const holder = { token: 't', fence: 'busy' in taken ? Number.NaN : taken.fence };
    object.failWrites('string or blob too big: SQLITE_TOOBIG');
    // the request escapes each quote, and the row does not
    const text = '"é'.repeat(700_000);
    await expect(storage.commit('k', holder, { text, state: null })).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      details: { bytes: 2_100_000, limit: 2_000_000 },
    });
  });
});

describe('a database that fails', () => {
  const full = 'database or disk is full: SQLITE_FULL';

  it('rejects updates with a remedy, fires nothing twice, and is used again', async () => {
    const { object, send, fired, machine } = botOn();
    await send(1, 60 * seconds);
    object.failWrites(full);
    const refused = await send(2).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'STORAGE_FAILED',
      cause: { code: 'STORAGE_UNUSABLE', message: expect.stringMatching(/full.*Delete/s) },
    });
    vi.setSystemTime(Date.now() + 60 * seconds);
    for (let failures = 0; failures < 3; failures++) {
      expect(await object.ring()).toBeInstanceOf(Error);
      expect(object.alarmAt()).toBe(Date.now() + 2 ** failures * seconds);
    }
    object.failWrites();
    await object.ring();
    expect(fired).toEqual([1]);
    await send(2);
    expect(await machine.at({ bot: 1, user: 2 }).peek()).toMatchObject({ current: 'Waiting:on' });
  });
});
