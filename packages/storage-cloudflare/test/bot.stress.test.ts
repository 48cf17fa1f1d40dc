/** A webhook bot on workerd: two isolates, objects that are evicted, alarms. Telegram sends again what is not answered with 200. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkerd, type Workerd } from '../../../test/servers/workerd.ts';
import { shardOf } from '../src/shard-of.ts';
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

/** Sends a request to the object of a conversation. */
async function post(chat: number, path: string): Promise<number> {
  const [url] = await workerd.urls();
  const name = `telefsm:${shardOf(keyOf(chat), 4)}`;
  return (await fetch(`${url}/object/${name}/${path}`, { method: 'POST' })).status;
}

const keyOf = (chat: number) => `telefsm:b1:c${chat}:u${chat}`;

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
 * Sends so many updates of one conversation, some at once to each isolate.
 *
 * @returns their ids, in order, and behind how many later ones an update has waited at most
 */
async function flood(chat: number, perIsolate: number, lanes: number) {
  const sent: number[] = [];
  let handled = 0;
  let overtaken = 0;
  const lane = async (isolate: number) => {
    for (let n = 0; n < perIsolate / lanes; n++) {
      const id = ++updates;
      sent.push(id);
      const before = handled;
      await send(chat, 'count', isolate, id);
      overtaken = Math.max(overtaken, handled++ - before);
    }
  };
  await Promise.all(
    [0, 1].flatMap((isolate) => Array.from({ length: lanes }, () => lane(isolate))),
  );
  return { sent: inOrder(sent), overtaken };
}

const inOrder = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

it('two isolates that handle 1,000 updates each of one conversation lose none', {
  timeout: 300_000,
}, async () => {
  const { sent, overtaken } = await flood(1, 1000, 5);
  // each waits behind the other nine, which were there before it, and a few that were on their way
  expect(overtaken).toBeLessThan(40);
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
  const { sent } = await flooding;
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

it('a sweep is tried again after more failures than Cloudflare retries', async () => {
  api.fail(12);
  await send(9, 'arm 1');
  let isOver = false;
  const next = api.next().finally(() => {
    isOver = true;
  });
  // in place of pauses of up to a minute
  while (!isOver) await post(9, 'ring');
  const { text, answer } = await next;
  expect(text).toBe('time is up');
  answer();
});

it('a deadline that passes while an isolate has the conversation fires when its turn has ended', async () => {
  await send(10, 'arm 3000');
  const swept = api.swept();
  const sending = send(10, 'look', 1);
  const looking = await api.next();
  expect(looking.text).toBe('waiting');
  await swept;
  looking.answer();
  expect(await sending).toBe(1);
  const { text, answer } = await api.next();
  expect(text).toBe('time is up');
  answer();
});

it('a deadline fires once though its object is evicted while its handler runs', async () => {
  await send(11, 'arm slowly 1');
  const first = await api.next();
  expect(first.text).toBe('firing');
  await evict();
  first.answer();
  // as if the claim and the lease of the turn that ended had lapsed
  await post(11, `shift?ms=-60000&key=${keyOf(11)}`);
  const again = await api.next();
  expect(again.text).toBe('firing');
  again.answer();
  const { text, answer } = await api.next();
  expect(text).toBe('time is up');
  answer();
  expect(await counted(11)).toEqual([]);
});
