/** A webhook bot on workerd: two isolates, objects that are evicted, alarms. Telegram sends again what is not answered with 200. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkerd, type Workerd } from '../../../test/servers/workerd.ts';
import { type BotApi, startBotApi } from './bot-api.ts';

let api: BotApi;
let workerd: Workerd;

beforeAll(async () => {
  api = await startBotApi();
  workerd = await startWorkerd({
    script: new URL('worker.ts', import.meta.url),
    isolates: 2,
    variables: { API: api.url },
  });
});
afterAll(async () => {
  await workerd?.close();
  api?.close();
});

let updates = 0;

/** Sends an update as Telegram does: until it is answered with 200. Resolves to how often it was sent. */
async function send(chat: number, text: string, isolate = 0, id = ++updates): Promise<number> {
  const from = { id: chat, is_bot: false, first_name: 'Ann' };
  const message = { message_id: id, date: 0, chat: { ...from, type: 'private' }, from, text };
  const body = JSON.stringify({ update_id: id, message });
  for (let times = 1; times < 100; times++) {
    const url = `${(await workerd.urls())[isolate]}/bot`;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    await answer?.text().catch(() => '');
    if (answer?.status === 200) return times;
  }
  throw new Error(`Update ${id} was never handled.`);
}

/** The ids of the updates that the conversation has counted, in their order. */
async function counted(chat: number): Promise<readonly number[]> {
  const sending = send(chat, 'tell');
  const { text, answer } = await api.next();
  answer();
  await sending;
  return JSON.parse(text).slice(0, -1);
}

/** Ends the instances of all objects, and what they have in memory. */
async function evict(): Promise<void> {
  const [url] = await workerd.urls();
  for (let shard = 0; shard < 4; shard++) {
    const { status } = await fetch(`${url}/object/telefsm:${shard}/abort`, { method: 'POST' });
    // nobody answers from an object that has ended
    expect(status).toBe(500);
  }
}

/**
 * Sends so many updates of one conversation, some at once to each isolate; resolves to their ids, in order.
 *
 * By rounds: one that is sent again comes before its conversation has forgotten it, after 128 others.
 */
async function flood(chat: number, perIsolate: number, lanes: number): Promise<readonly number[]> {
  const sent: number[] = [];
  const one = (isolate: number) => {
    const id = ++updates;
    sent.push(id);
    return send(chat, 'count', isolate, id);
  };
  for (let n = 0; n < perIsolate / lanes; n++) {
    const round = [0, 1].flatMap((isolate) => Array.from({ length: lanes }, () => one(isolate)));
    await Promise.all(round);
  }
  return inOrder(sent);
}

const inOrder = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

it('two isolates that handle 1,000 updates each of one conversation lose none', {
  timeout: 300_000,
}, async () => {
  const sent = await flood(1, 1000, 5);
  expect(sent).toHaveLength(2000);
  expect(inOrder(await counted(1))).toEqual(sent);
});

it('a runtime that is killed five times while it handles updates loses none and handles none twice', {
  timeout: 300_000,
}, async () => {
  const flooding = flood(2, 300, 5);
  for (let kills = 0; kills < 5; kills++) {
    await send(3, 'count');
    await workerd.restart();
  }
  const sent = await flooding;
  expect(sent).toHaveLength(600);
  expect(inOrder(await counted(2))).toEqual(sent);
});

it('an object that is evicted in the middle of a turn lets the turn commit', async () => {
  const sending = send(4, 'wait');
  const { text, answer } = await api.next();
  expect(text).toBe('waiting');
  await evict();
  answer();
  expect(await sending).toBe(1);
  expect(await counted(4)).toHaveLength(1);
});

it('an update whose turn was killed is handled when it is sent again', async () => {
  const sending = send(5, 'wait');
  const killed = await api.next();
  await workerd.restart();
  killed.answer();
  const { text, answer } = await api.next();
  expect(text).toBe('waiting');
  answer();
  expect(await sending).toBe(2);
  expect(await counted(5)).toHaveLength(1);
});

it('a deadline fires by the alarm of its object, with no request coming in', async () => {
  await send(6, 'arm 1');
  const { text, answer } = await api.next();
  expect(text).toBe('time is up');
  answer();
  expect(await counted(6)).toEqual([]);
});

it('a deadline that passes after the runtime was killed fires once it runs again', async () => {
  await send(7, 'arm 1000');
  await workerd.restart();
  const { text, answer } = await api.next();
  expect(text).toBe('time is up');
  answer();
});

it('a sweep that fails is tried again until it succeeds', async () => {
  api.fail(2);
  await send(8, 'arm 1');
  const { text, answer } = await api.next();
  expect(text).toBe('time is up');
  answer();
});
