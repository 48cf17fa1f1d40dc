/** Session stores that bots of both frameworks already use, against their real servers: as a machine's storage, and as a session's. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAdapter } from '@grammyjs/storage-file';
import { freeStorage } from '@grammyjs/storage-free';
import { RedisAdapter } from '@grammyjs/storage-redis';
import { isFsmError, memoryStorage, type StoredText, state, states } from '@telefsm/core';
import * as g from '@telefsm/grammy';
import * as grammySession from '@telefsm/grammy/session';
import * as t from '@telefsm/telegraf';
import * as telegrafScenes from '@telefsm/telegraf/scenes';
import { telegram } from '@telefsm/testing';
import { MySQL } from '@telegraf/session/mysql';
import { Postgres } from '@telegraf/session/pg';
import { Redis as TelegrafRedis } from '@telegraf/session/redis';
import * as grammy from 'grammy';
import { Bot, type Context as GrammyContext, type StorageAdapter } from 'grammy';
import { Redis } from 'ioredis';
import { createPool, type Pool } from 'mysql2';
import pg from 'pg';
import { createClient } from 'redis';
import * as telegraf from 'telegraf';
import { type Context, Telegraf } from 'telegraf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreeSessions, startFreeSessions } from '../servers/free-sessions.ts';
import { freshName, sharedMariadb, sharedPostgres, sharedRedis } from '../servers/shared.ts';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
/** With ids as long as Telegram's are, and a namespace, keys have more than 32 characters. */
const token = '7712345678:test';
const namespace = 'registration';
const me = { id: 7712345678, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

/** Nobody of whom an earlier test has left anything in a store. */
const newcomer = 9_000_000_001;

interface Counted {
  count: number;
}
type Stored = StoredText & Counted;
type TelegrafStore = ReturnType<typeof Postgres<Stored>>;

/** Connections to a database of its own, whose texts have four bytes a character. */
async function pool(connectionLimit: number): Promise<Pool> {
  const { url: uri } = await sharedMariadb();
  const made = createPool({ uri, connectionLimit });
  await made.promise().query('alter database character set utf8mb4');
  return made;
}

let maria: Pool;
let postgres: pg.Pool;
let url: string;
let redis: Redis;
let free: FreeSessions;
let folder: string;
const clients: { destroy(): void }[] = [];
beforeAll(async () => {
  maria = await pool(4);
  postgres = new pg.Pool({ connectionString: (await sharedPostgres()).url, max: 4 });
  ({ url } = await sharedRedis());
  redis = new Redis(url, { keyPrefix: freshName() });
  free = await startFreeSessions();
  folder = await mkdtemp(join(tmpdir(), 'telefsm-'));
});
afterAll(async () => {
  await new Promise((done) => maria.end(done));
  await postgres.end();
  await redis.quit();
  for (const client of clients) client.destroy();
  await free.close();
  await rm(folder, { recursive: true, force: true });
});

const telegrafStores: readonly (readonly [name: string, make: () => TelegrafStore])[] = [
  ['@telegraf/session/mysql on MariaDB', () => MySQL<Stored>({ pool: maria })],
  ['@telegraf/session/pg on PostgreSQL', () => Postgres<Stored>({ pool: postgres })],
  [
    '@telegraf/session/redis on Redis',
    () => {
      const client = createClient({ url });
      clients.push(client);
      const options = { client: client as never, prefix: `${freshName()}:` };
      return TelegrafRedis<Stored>(options);
    },
  ],
];

describe.each(telegrafStores)('%s', (_, make) => {
  it('keeps conversations of telefsm, also over a restart', async () => {
    const store = make();
    const makeBot = () => {
      const bot = new Telegraf<t.FsmFlavor<Context>>(token);
      bot.botInfo = me;
      bot.use(
        t.fsm({
          states: [Form],
          namespace,
          storage: t.fromSessionStore(store as t.SessionStore<StoredText>),
        }),
      );
      bot.use(async (ctx) => {
        if (ctx.fsm.is(Form.age)) {
          await ctx.reply(`${ctx.fsm.get('name')}, ${ctx.text}`);
          ctx.fsm.clear();
        } else if (ctx.fsm.is(Form.name)) ctx.fsm.set(Form.age, { name: ctx.text ?? '' });
        else ctx.fsm.set(Form.name);
      });
      return bot;
    };
    const tg = telegram(makeBot());
    const anna = tg.user('Anna');
    await anna.sends('/start');
    await anna.sends('Ænna "😀"');
    await tg.restart(makeBot);
    await anna.sends('30');
    anna.sees('Ænna "😀", 30');
  });

  it('keeps sessions of the drop-in session(), in order and without a lost update', async () => {
    const bot = new Telegraf<Context & { session: Counted }>(token);
    bot.botInfo = me;
    bot.use(
      telegrafScenes.session({ store: make() as never, defaultSession: () => ({ count: 0 }) }),
    );
    bot.use((ctx) => {
      ctx.session.count += 1;
      return ctx.reply(String(ctx.session.count));
    });
    const anna = telegram(bot).user('Anna');
    await Promise.all(Array.from({ length: 20 }, () => anna.sends('hello')));
    anna.sees('20');
  });
});

describe.each(telegrafStores)('%s with users of Telegraf', (_, make) => {
  it('in the middle of a wizard: they continue with telefsm, and the store is emptied', async () => {
    interface My extends Context {
      session: telegrafScenes.Scenes.WizardSession & { orders: number };
      scene: telegrafScenes.Scenes.SceneContextScene<My, telegrafScenes.Scenes.WizardSessionData>;
      wizard: telegrafScenes.Scenes.WizardContextWizard<My> & { state: { what?: string } };
    }
    const store = make() as never as t.SessionStore<My['session']>;
    /** The same bot with the modules of either package. */
    const makeBot = (
      { Scenes, session }: Pick<typeof telegraf, 'Scenes' | 'session'>,
      options: object,
    ) => {
      const bot = new Telegraf<My>(token);
      bot.botInfo = me;
      bot.use(session({ defaultSession: () => ({ orders: 0 }), ...options }) as never);
      const wizard = new Scenes.WizardScene<My>(
        'order',
        async (ctx) => {
          await ctx.reply('What?');
          return ctx.wizard.next();
        },
        async (ctx) => {
          ctx.wizard.state.what = ctx.text ?? '';
          await ctx.reply('How many?');
          return ctx.wizard.next();
        },
        async (ctx) => {
          ctx.session.orders += 1;
          await ctx.reply(`${ctx.text} × ${ctx.wizard.state.what}, ${ctx.session.orders} orders`);
          return ctx.scene.leave();
        },
      );
      bot.use(new Scenes.Stage<My, telegrafScenes.Scenes.WizardSessionData>([wizard]).middleware());
      bot.command('order', (ctx) => ctx.scene.enter('order'));
      return bot;
    };
    const tg = telegram(makeBot(telegraf, { store }));
    const anna = tg.user('Anna', { id: newcomer });
    await anna.sends('/order');
    await anna.sends('tea "😀"');
    const storage = memoryStorage();
    await tg.restart(() => makeBot(telegrafScenes as never, { store, storage }));
    await anna.sends('3');
    anna.sees('3 × tea "😀", 1 orders');
    expect(await store.get(`${anna.id}:${anna.id}`)).toBeUndefined();
    for (const text of ['/order', 'cake', '2']) await anna.sends(text);
    anna.sees('2 × cake, 2 orders');
  });
});

const grammyStores: readonly (readonly [
  name: string,
  make: () => StorageAdapter<StoredText> & StorageAdapter<Counted>,
])[] = [
  [
    '@grammyjs/storage-redis',
    () => new RedisAdapter<Stored>({ instance: redis as never }) as never,
  ],
  ['@grammyjs/storage-file', () => new FileAdapter<Stored>({ dirName: folder }) as never],
  [
    '@grammyjs/storage-free with the limits of its service',
    () => freeStorage<Stored>(token, { rootUrl: free.url }) as never,
  ],
];

describe.each(grammyStores)('%s', (_, make) => {
  it('keeps conversations of telefsm, also over a restart', async () => {
    const adapter = make();
    const makeBot = () => {
      const bot = new Bot<g.FsmFlavor<GrammyContext>>(token, { botInfo: me });
      bot.use(g.fsm({ states: [Form], namespace, storage: g.fromStorageAdapter(adapter) }));
      bot.on('message:text', async (ctx) => {
        if (ctx.state.is(Form.age)) {
          await ctx.reply(`${ctx.state.get('name')}, ${ctx.msg.text}`);
          ctx.state.clear();
        } else if (ctx.state.is(Form.name)) ctx.state.set(Form.age, { name: ctx.msg.text });
        else ctx.state.set(Form.name);
      });
      return bot;
    };
    const tg = telegram(makeBot());
    const anna = tg.user('Anna');
    await anna.sends('/start');
    await anna.sends('Ænna "😀"');
    await tg.restart(makeBot);
    await anna.sends('30');
    anna.sees('Ænna "😀", 30');
  });

  it('keeps sessions of the drop-in session(), in order and without a lost update', async () => {
    type My = GrammyContext & grammySession.SessionFlavor<Counted>;
    const bot = new Bot<My>(token, { botInfo: me });
    const storage: StorageAdapter<Counted> = make();
    bot.use(grammySession.session<Counted, My>({ storage, initial: () => ({ count: 0 }) }));
    bot.use((ctx) => {
      ctx.session.count += 1;
      return ctx.reply(String(ctx.session.count));
    });
    const anna = telegram(bot).user('Anna');
    await Promise.all(Array.from({ length: 20 }, () => anna.sends('hello')));
    anna.sees('20');
  });
});

describe.each(grammyStores)("%s with sessions of grammY's own", (_, make) => {
  it("are moved into the machine's record on the first update of their chat", async () => {
    type My = g.FsmFlavor<GrammyContext & grammySession.SessionFlavor<Counted>>;
    const storage: StorageAdapter<Counted> = make();
    const initial = () => ({ count: 0 });
    const counts = (bot: Bot<My>) => {
      bot.use((ctx) => ctx.reply(String(++ctx.session.count)));
      return bot;
    };
    const before = () => {
      const bot = new Bot<My>(token, { botInfo: me });
      bot.use(grammy.session({ storage, initial }));
      return counts(bot);
    };
    const after = () => {
      const bot = new Bot<My>(token, { botInfo: me });
      const machine = g.fsm();
      bot.use(machine as never);
      bot.use(grammySession.session<Counted, My>({ storage, initial, machine }));
      return counts(bot);
    };
    const tg = telegram(before());
    const anna = tg.user('Anna', { id: newcomer });
    await anna.sends('a');
    await anna.sends('b');
    anna.sees('2');
    await tg.restart(after);
    await anna.sends('c');
    anna.sees('3');
    expect(await storage.read(String(anna.id))).toBeUndefined();
    await anna.sends('d');
    anna.sees('4');
  });
});

describe('a store that cannot keep conversations', () => {
  it('fails before the first handler with the error of its server', async () => {
    const table = freshName();
    await postgres.query(`create table ${table} (key varchar(16) primary key, session text)`);
    const store = Postgres<StoredText>({ pool: postgres, table });
    const bot = new Telegraf<t.FsmFlavor<Context>>(token);
    bot.botInfo = me;
    bot.use(t.fsm({ namespace, storage: t.fromSessionStore(store) }));
    let handled = 0;
    bot.use(() => {
      handled += 1;
    });
    const sent = telegram(bot).user('Anna').sends('hello');
    const failed: unknown = await sent.catch((error: unknown) => error);
    expect(isFsmError(failed, 'STORAGE_FAILED') && failed.cause).toMatchObject({ code: '22001' });
    expect(handled).toBe(0);
  });

  it('whose server changes characters in silence is named, and what to do', async () => {
    const lenient = await pool(1);
    await lenient.promise().query('alter database character set latin1');
    await lenient.promise().query("set session sql_mode = ''");
    const storage = t.fromSessionStore(MySQL<StoredText>({ pool: lenient }));
    const taking = storage.acquire('k', { token: 'p.1', lease: 1000, queue: false });
    await expect(taking).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('utf8mb4'),
    });
    await new Promise((done) => lenient.end(done));
  });

  it('whose server cuts long keys in silence works, since no key is long', async () => {
    const lenient = await pool(1);
    await lenient.promise().query("set session sql_mode = ''");
    const store = MySQL<StoredText>({ pool: lenient });
    const storage = t.fromSessionStore(store);
    const key = (user: number) => `registration:b7712345678:c-1001234567890:u${user}`;
    const holder = { token: 'p.1', fence: 0 };
    for (const user of [1, 2]) {
      await storage.acquire(key(user), { token: 'p.1', lease: 1000, queue: false });
      await storage.commit(key(user), holder, { text: `of ${user}`, state: null });
    }
    expect(await storage.peek(key(1))).toEqual({ text: 'of 1' });
    expect(await storage.peek(key(2))).toEqual({ text: 'of 2' });
    await new Promise((done) => lenient.end(done));
  });
});
