/** Whose session an update gets, and which options a session takes, by where it is kept. */

import { flow, memoryStorage } from '@telefsm/core';
import { fsm, type GrammyMachine } from '@telefsm/grammy';
import { session as grammySession } from '@telefsm/grammy/session';
import { sampleUpdate, telegram, type UpdateType, virtualClock } from '@telefsm/testing';
import { Bot, type Context, MemorySessionStorage, type SessionFlavor } from 'grammy';
import { describe, expect, it } from 'vitest';
import { type SessionSettings, stageFrameworks, textOf } from './stages.ts';

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
const requests: readonly UpdateType[] = ['chat_join_request', 'business_connection'];

/** Sends a request of a user whose private chat with the bot has the user's id. */
function requestOf(type: UpdateType, id: number) {
  const user = { id, is_bot: false, first_name: 'Anna' };
  const whose = type === 'chat_join_request' ? { from: user } : { user };
  return sampleUpdate(type, { ...whose, user_chat_id: id });
}

describe.each(stageFrameworks)('the session of an update on $name', (framework) => {
  it('is that of the group for a request to join it', async () => {
    const bot = framework.bot();
    const seen: unknown[] = [];
    bot.use(framework.session({ defaultSession: () => ({ name: 'nobody' }) }));
    bot.use((ctx) => {
      if (textOf(ctx)) ctx.session = { name: textOf(ctx) };
      else seen.push(ctx.session?.['name']);
    });
    const tg = telegram(bot.bot);
    const room = tg.group('Tea room');
    const anna = tg.user('Anna');
    await anna.sends('private');
    await anna.in(room).sends('in the group');
    await anna.asksToJoin(room);
    expect(seen).toEqual(['in the group']);
  });

  it.each(requests)(
    'in the record of a private chat is not opened by a %s, which no wizard takes for an answer',
    async (type) => {
      const bot = framework.bot();
      const seen: unknown[] = [];
      const machine = framework.fsm();
      bot.use(machine);
      bot.use(framework.session({ machine, defaultSession: () => ({ name: 'nobody' }) }));
      const ask = framework.wizard(
        'ask',
        (ctx) => {
          ctx.wizard.next();
          return ctx.reply('Name?');
        },
        (ctx) => {
          seen.push(textOf(ctx));
          return ctx.scene.leave();
        },
      );
      bot.use(framework.stage([ask]) as never);
      bot.command('ask', (ctx) => ctx.scene.enter('ask'));
      bot.use((ctx) => void seen.push(type, ctx.session?.['name']));
      const tg = telegram(bot.bot);
      const anna = tg.user('Anna');
      await anna.sends('/ask');
      await tg.update(requestOf(type, anna.id));
      await anna.sends('Anna');
      expect(seen).toEqual([type, undefined, 'Anna']);
    },
  );

  it.each(['machine', 'storage'] as const)(
    'is adopted by its own conversation after a request to join a group: %s',
    async (where) => {
      const bot = framework.bot();
      const seen: unknown[] = [];
      const store = new Map<string, object>();
      const machine = framework.fsm();
      if (where === 'machine') bot.use(machine);
      bot.use(
        framework.session({
          store,
          ...(where === 'machine' ? { machine } : { storage: memoryStorage() }),
          defaultSession: () => ({ name: 'nobody' }),
        }),
      );
      bot.use((ctx) => void seen.push(ctx.session?.['name']));
      const tg = telegram(bot.bot);
      const room = tg.group('Tea room');
      const anna = tg.user('Anna');
      store.set(`${anna.id}:${anna.id}`, { name: 'private' });
      store.set(`${anna.id}:${room.id}`, { name: 'in the group' });
      await anna.asksToJoin(room);
      await anna.sends('hello');
      await anna.in(room).sends('hello');
      const ofRequest = where === 'machine' ? undefined : 'in the group';
      expect(seen).toEqual([ofRequest, 'private', 'in the group']);
      expect([...store.keys()]).toEqual([]);
    },
  );

  const store = { get: () => undefined, set() {}, delete() {} };
  const stage = framework.stage([
    flow('order')
      .ask('what', { prompt: 'What?' })
      .done(() => {}),
  ]);
  const getSessionKey = () => '1';
  it.each<readonly [string, SessionSettings & Record<string, unknown>]>([
    ['ttl', { store, ttl: '1d' }],
    ['maxRecordBytes', { store, maxRecordBytes: 100 }],
    ['waiting', { store, waiting: { policy: 'drop' } }],
    ['stage', { store, stage }],
    ['ttl', { machine: framework.fsm(), ttl: '1d' }],
    ['attempts', { machine: framework.fsm(), attempts: 2 }],
    ['stage', { machine: framework.fsm(), stage }],
    ['stage', { getSessionKey, stage }],
  ])('rejects the option %s where it would have no effect (%#)', (option, settings) => {
    expect(() => framework.session(settings)).toThrow(`Invalid option "session ${option}": found`);
  });

  it('in a store rejects a handler that waits for its own update, and lets other users wait', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    const codes: unknown[] = [];
    const ids: number[] = [];
    bot.use(
      framework.session({
        store: new Map(),
        clock,
        getSessionKey: (ctx) => String(Reflect.get(ctx, 'from').id),
      }),
    );
    bot.command('again', async () => {
      const inner = sampleUpdate(
        'message',
        { text: 'inner', from: { id: ids[0], is_bot: false, first_name: 'Anna' } },
        900,
      );
      await (bot.bot as { handleUpdate(update: object): Promise<void> })
        .handleUpdate(inner)
        .catch((error) => {
          codes.push((error.error ?? error).code);
          throw error;
        });
    });
    const tg = telegram(bot.bot, { clock });
    const anna = tg.user('Anna');
    ids.push(anna.id);
    for (let times = 0; times < 2; times++) {
      let isOver = false;
      void anna.sends('/again').then(
        () => {},
        () => {
          isOver = true;
        },
      );
      for (let rounds = 0; !isOver && rounds < 1000; rounds++) {
        await clock.advance(100);
        await new Promise(setImmediate);
      }
    }
    expect(codes).toEqual(['REENTERED', 'REENTERED']);
  });

  it.each(['drop', 'reject'] as const)(
    'under a key of the bot has the waiting policy %s for messages',
    async (policy) => {
      const bot = framework.bot();
      const seen: string[] = [];
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      bot.use(framework.session({ getSessionKey, waiting: { policy } } as never));
      bot.use(async (ctx) => {
        seen.push(textOf(ctx));
        await ended;
      });
      const anna = telegram(bot.bot).user('Anna');
      const first = anna.sends('a');
      const second = await anna.sends('b').then(
        () => 'dropped',
        (error) => (error.error ?? error).code,
      );
      end();
      await first;
      expect([seen, second]).toEqual([['a'], policy === 'drop' ? 'dropped' : 'BUSY']);
    },
  );
});

it.each(['turn', 'waiting', 'ttl', 'machine', 'clock'])(
  'several sessions of grammY may have one that is called %s, as an option is',
  async (name) => {
    const bot = new Bot<Context & SessionFlavor<Record<string, { n: number }>>>('1:test', {
      botInfo: me,
    });
    bot.use(
      grammySession({
        type: 'multi',
        [name]: { initial: () => ({ n: 1 }) },
        other: { initial: () => ({ n: 2 }) },
      } as never),
    );
    bot.use((ctx) => ctx.reply(JSON.stringify({ ...ctx.session })));
    const anna = telegram(bot).user('Anna');
    await anna.sends('hello');
    anna.sees(JSON.stringify({ [name]: { n: 1 }, other: { n: 2 } }));
  },
);

describe('a session of an adapter of grammY', () => {
  type MyContext = Context & SessionFlavor<{ name: string }>;
  function botOver(
    adapter: MemorySessionStorage<{ name: string }>,
    machine: GrammyMachine<Context, never>,
  ) {
    const bot = new Bot<MyContext>('1:test', { botInfo: me });
    const seen: unknown[] = [];
    bot.use(machine as never);
    bot.use(grammySession({ initial: () => ({ name: 'nobody' }), storage: adapter, machine }));
    bot.use((ctx) => void seen.push(ctx.session.name));
    return { tg: telegram(bot), seen };
  }

  it('stays for the private chat when a business account writes with its user', async () => {
    const adapter = new MemorySessionStorage<{ name: string }>();
    const { tg, seen } = botOver(adapter, fsm({ strategy: 'chat' }) as never);
    const anna = tg.user('Anna');
    adapter.write(`${anna.id}`, { name: 'Anna' });
    await anna.in(await tg.user('Ben').connects()).sends('hello');
    await anna.sends('hello');
    expect(seen.slice(-2)).toEqual(['Anna', 'Anna']);
    expect([...adapter.readAllKeys()]).toEqual([]);
  });

  it('is copied for each topic of a private chat', async () => {
    const adapter = new MemorySessionStorage<{ name: string }>();
    const { tg, seen } = botOver(adapter, fsm({ strategy: 'chatTopic' }) as never);
    const anna = tg.user('Anna');
    adapter.write(`${anna.id}`, { name: 'Anna' });
    const chat = { id: anna.id, type: 'private', first_name: 'Anna' };
    const from = { id: anna.id, is_bot: false, first_name: 'Anna' };
    for (const thread of [11, 12]) {
      await tg.update(
        sampleUpdate(
          'message',
          { chat, from, message_thread_id: thread, is_topic_message: true },
          thread,
        ),
      );
    }
    expect(seen).toEqual(['Anna', 'Anna']);
  });
});
