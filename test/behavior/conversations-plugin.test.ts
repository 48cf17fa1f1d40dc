/** `@grammyjs/conversations` with its state inside the turn. */

import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from '@grammyjs/conversations';
import * as first from '@grammyjs/conversations-1';
import { memoryStorage } from '@telefsm/core';
import { conversationStorage, type FsmFlavor, fsm } from '@telefsm/grammy';
import { type SessionFlavor, session } from '@telefsm/grammy/session';
import { sampleUpdate, telegram } from '@telefsm/testing';
import { Bot, type Context } from 'grammy';
import { describe, expect, it } from 'vitest';
import { updatesWithoutChat } from './updates-without-chat.ts';

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

interface Data {
  orders: string[];
}
type MyContext = ConversationFlavor<FsmFlavor<Context & SessionFlavor<Data>>>;

function botOn(storage: ReturnType<typeof memoryStorage>, failOn = 'never') {
  async function order(conversation: Conversation<MyContext, Context>, ctx: Context) {
    await ctx.reply('What would you like?');
    const what = await conversation.waitFor('message:text');
    await what.reply('How many?');
    const many = await conversation.waitFor('message:text');
    await conversation.external((outside) => {
      outside.session.orders.push(`${many.msg.text} × ${what.msg.text}`);
      if (many.msg.text === failOn) throw new Error('broken');
    });
    await many.reply('Ordered.');
  }
  const bot = new Bot<MyContext>('1:test', { botInfo: me, client: { fetch: network as never } });
  /** Contexts inside a conversation have a client of their own; it reaches the test's Telegram through the bot's. */
  async function network(url: string, { body }: { readonly body: string }) {
    const call = Reflect.get(bot.api.raw, new URL(url).pathname.split('/').at(-1) ?? '');
    const result: unknown = await call(JSON.parse(body));
    return { json: async () => ({ ok: true, result }) };
  }
  const machine = fsm({ storage });
  bot.use(machine as never);
  bot.use(session({ initial: (): Data => ({ orders: [] }), machine }));
  bot.use(conversations<MyContext, Context>({ storage: conversationStorage(machine) }));
  bot.use(createConversation(order));
  bot.command('order', (ctx) => ctx.conversation.enter('order'));
  bot.use((ctx) => ctx.reply(ctx.session.orders.join(', ') || 'No orders.'));
  return bot;
}

describe('conversationStorage()', () => {
  it('keeps a conversation in the record, across restarts, together with the session', async () => {
    const storage = memoryStorage();
    const tg = telegram(botOn(storage));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    anna.sees('What would you like?');
    await tg.restart(() => botOn(storage));
    await anna.sends('tea');
    anna.sees('How many?');
    await tg.restart(() => botOn(storage));
    await anna.sends('3');
    anna.sees('Ordered.');
    await anna.sends('hello');
    anna.sees('3 × tea');
    const text = (await storage.peek(`telefsm:b1:c${anna.id}:u${anna.id}`))?.text ?? '{}';
    expect(JSON.parse(text).u).toEqual({ session: { orders: ['3 × tea'] } });
  });

  it('takes two texts at once in their order, and a redelivered one once', async () => {
    const tg = telegram(botOn(memoryStorage()));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await Promise.all([anna.sends('tea'), anna.sends('3')]);
    await tg.redeliver();
    anna.sees('Ordered.');
    await anna.sends('hello');
    anna.sees('3 × tea');
  });

  it('rolls conversation and session back with the update that failed', async () => {
    const storage = memoryStorage();
    const tg = telegram(botOn(storage, '3'));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await anna.sends('tea');
    await expect(anna.sends('3')).rejects.toThrow('broken');
    await tg.restart(() => botOn(storage));
    await tg.redeliver();
    anna.sees('Ordered.');
    await anna.sends('hello');
    anna.sees('3 × tea');
  });
});

it.each([...updatesWithoutChat, 'chat_join_request'] as const)(
  'a %s of a user in a conversation is for the bot, as with storages of grammY',
  async (type) => {
    const seen: string[] = [];
    const bots = [fsm(), undefined].map((machine) => {
      const bot = new Bot<MyContext>('1:test', { botInfo: me });
      if (machine) bot.use(machine as never);
      bot.use(
        conversations<MyContext, Context>(machine && { storage: conversationStorage(machine) }),
      );
      bot.use(
        createConversation(async (conversation: Conversation<MyContext, Context>) => {
          const { msg } = await conversation.waitFor('message:text');
          await conversation.external(() => void seen.push(`answer ${msg.text}`));
        }, 'ask'),
      );
      bot.on('message', (ctx) => ctx.conversation.enter('ask'));
      bot.use(() => void seen.push('bot'));
      return bot;
    });
    for (const bot of bots) {
      await bot.handleUpdate(sampleUpdate('message', { text: 'enter' }, 1) as never);
      await bot.handleUpdate(sampleUpdate(type, {}, 2) as never);
      await bot.handleUpdate(sampleUpdate('message', { text: 'tea' }, 3) as never);
      expect(seen.splice(0)).toEqual(['bot', 'answer tea']);
    }
  },
);

it('the state is changed inside external(), and the error for any other place says so', async () => {
  const bot = new Bot<MyContext>('1:test', { botInfo: me });
  const machine = fsm();
  bot.use(machine as never);
  bot.use(conversations<MyContext, MyContext>());
  const errors: unknown[] = [];
  bot.use(
    createConversation<MyContext, MyContext>(async (conversation, ctx) => {
      try {
        ctx.state.update({ asked: true });
      } catch (error) {
        errors.push(error);
      }
      await conversation.external((outside) => void outside.state.update({ asked: true }));
    }, 'ask'),
  );
  bot.command('ask', (ctx) => ctx.conversation.enter('ask'));
  const anna = telegram(bot).user('Anna');
  await anna.sends('/ask');
  expect(String(errors[0])).toContain('conversation.external');
  expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ data: { asked: true } });
});

/** A bot with version 1 of the plugin, which keeps its state in the session. */
function firstEdition(storage: ReturnType<typeof memoryStorage>, place: 'machine' | 'storage') {
  type Old = Context & SessionFlavor<Data>;
  type OldContext = Old & first.ConversationFlavor<Old>;
  const bot = new Bot<OldContext>('1:test', { botInfo: me });
  const initial = (): Data => ({ orders: [] });
  if (place === 'machine') {
    const machine = fsm({ storage });
    bot.use(machine as never);
    bot.use(session({ initial, machine }));
  } else bot.use(session({ initial, storage }));
  bot.use(first.conversations());
  async function order(conversation: first.Conversation<OldContext>, ctx: OldContext) {
    await ctx.reply('What would you like?');
    const what = await conversation.waitFor('message:text');
    await what.reply('How many?');
    const many = await conversation.waitFor('message:text');
    conversation.session.orders.push(`${many.msg.text} × ${what.msg.text}`);
    if (Number.isNaN(Number(many.msg.text))) throw new Error('Not a number');
    await many.reply('Ordered.');
  }
  bot.use(first.createConversation(order));
  bot.command('order', (ctx) => ctx.conversation.enter('order'));
  bot.use((ctx) => ctx.reply(ctx.session.orders.join(', ') || 'No orders.'));
  return bot;
}

describe.each(['machine', 'storage'] as const)(
  'version 1 of @grammyjs/conversations over session({ %s })',
  (place) => {
    it('continues after a restart, takes two texts in their order, and can be answered again after an error', async () => {
      const storage = memoryStorage();
      const make = () => firstEdition(storage, place);
      const tg = telegram(make());
      const anna = tg.user('Anna');
      for (const text of ['/order', 'tea']) await anna.sends(text);
      await tg.restart(make);
      await expect(anna.sends('three')).rejects.toThrow('Not a number');
      await anna.sends('3');
      anna.sees('Ordered.');
      await anna.sends('/order');
      await Promise.all([anna.sends('milk'), anna.sends('4')]);
      await tg.redeliver();
      anna.sees('Ordered.');
      await anna.sends('hello');
      anna.sees('3 × tea, 4 × milk');
    });
  },
);
