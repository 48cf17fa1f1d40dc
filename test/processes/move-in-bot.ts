/** The program of a bot that moves in: an example before or after its import has changed, on one Redis, killed where the test says so. */

import { appendFileSync } from 'node:fs';
import { RedisAdapter } from '@grammyjs/storage-redis';
import { redisStorage } from '@telefsm/storage-redis';
import { Bot } from 'grammy';
import { Redis } from 'ioredis';
import { Telegram } from 'telegraf';
import * as conversationsAfter from '../../examples/conversations/after.ts';
import * as conversationsBefore from '../../examples/conversations/before.ts';
import type { MyContext } from '../../examples/conversations/order.ts';
import * as wizardAfter from '../../examples/wizard/after.ts';
import * as wizardBefore from '../../examples/wizard/before.ts';

/** The job of a process. */
export interface MoveInJob {
  readonly example: 'wizard' | 'conversations';
  readonly version: 'before' | 'after';
  readonly port: number;
  /** Keeps tests on one server apart. */
  readonly space: string;
  /** The file that takes each text which was sent, one a line. */
  readonly log: string;
}

/** A message to a process. */
export type MoveInTold =
  | { readonly id: number; readonly text: string; readonly stop?: 'while it sends' }
  | { readonly goOn: true };

/** A message from a process. */
export type MoveInSaid =
  | { readonly ready: true }
  | { readonly sends: string }
  | { readonly handled: number }
  | { readonly failed: number; readonly error: string };

const job = JSON.parse(process.argv[2] as string) as MoveInJob;
const say = (said: MoveInSaid) => process.send?.(said);
let isStopping = false;
let goOn = () => {};
const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
const anna = { id: 7, is_bot: false, first_name: 'Anna' };
const chat = { id: 7, type: 'private', first_name: 'Anna' };

/** Sends a message: it is written down, and Telegram's answer may be late. */
async function send({ text }: { readonly text?: string }): Promise<object> {
  appendFileSync(job.log, `${text}\n`);
  if (isStopping) {
    isStopping = false;
    const told = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    say({ sends: text ?? '' });
    await told;
  }
  return { message_id: 1, date: 1, chat, text };
}

const redis = (space: string) => new Redis({ port: job.port, host: '127.0.0.1', keyPrefix: space });
const storage = () =>
  redisStorage(new Redis({ port: job.port, host: '127.0.0.1' }), { prefix: job.space });

function wizard(): (update: object) => Promise<unknown> {
  Telegram.prototype.callApi = (async (_: string, payload: object) => send(payload)) as never;
  const { makeBot } = job.version === 'before' ? wizardBefore : wizardAfter;
  const bot = makeBot(
    '1:test',
    (job.version === 'before' ? { store: store() } : { storage: storage() }) as never,
  );
  bot.botInfo = me;
  bot.catch((error) => {
    throw error;
  });
  return (update) => bot.handleUpdate(update as never);
}

/** A session store of Telegraf, with the two commands that `@telegraf/session` uses. */
function store() {
  const client = redis(job.space);
  return {
    get: async (key: string) => JSON.parse((await client.get(key)) ?? 'null') ?? undefined,
    set: (key: string, value: object) => client.set(key, JSON.stringify(value)),
    delete: (key: string) => client.del(key),
  };
}

function conversations(): (update: object) => Promise<unknown> {
  const network = async (_: string, { body }: { readonly body: string }) => {
    const result = await send(JSON.parse(body));
    return { json: async () => ({ ok: true, result }) };
  };
  const bot = new Bot<MyContext>('1:test', { botInfo: me, client: { fetch: network as never } });
  if (job.version === 'after') conversationsAfter.setUp(bot, storage());
  else {
    const adapter = <T>(name: string) =>
      new RedisAdapter<T>({ instance: redis(`${job.space}${name}`) as never });
    conversationsBefore.setUp(bot, {
      sessions: adapter('sessions'),
      conversations: adapter('conversations') as never,
    });
  }
  return (update) => bot.handleUpdate(update as never);
}

const handle = job.example === 'wizard' ? wizard() : conversations();

// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', async (told: MoveInTold) => {
  if ('goOn' in told) return goOn();
  const { id, text, stop } = told;
  isStopping = stop !== undefined;
  const entities = text.startsWith('/')
    ? { entities: [{ type: 'bot_command', offset: 0, length: text.length }] }
    : {};
  const message = { message_id: id, date: 1, from: anna, chat, text, ...entities };
  try {
    await handle({ update_id: id, message });
    say({ handled: id });
  } catch (error) {
    say({ failed: id, error: String(error) });
  }
});
say({ ready: true });
