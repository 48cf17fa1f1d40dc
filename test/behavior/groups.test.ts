import { flow, scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

const ask = flow('ask', { trigger: '/ask', replies: 'only' })
  .ask('name', { prompt: 'Name?' })
  .done(({ name }) => `Hello, ${name}!`);

/** The last message that a user has sent. */
function messageOf({ updates }: ReturnType<typeof telegram>): Record<string, object> {
  return updates.at(-1)?.['message'] as Record<string, object>;
}

describe.each(frameworks)('groups and business chats, on %s', (_, framework) => {
  it('with replies: only, other messages of a group are not answers and reach the bot', async () => {
    const bot = framework.bot();
    bot.fsm({ states: [ask] });
    const passed: string[] = [];
    bot.use(({ text }) => passed.push(text));
    const world = telegram(bot.bot);
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/ask');
    await anna.sends('What a day');
    anna.seesNothing();
    expect(passed).toEqual(['What a day']);
    const { update } = world;
    const last = messageOf(world);
    await update({
      message: {
        ...last,
        message_id: 900,
        date: 1,
        text: 'Anna',
        reply_to_message: {
          message_id: 2,
          date: 1,
          chat: last['chat'],
          from: { id: 1, is_bot: true },
        },
      },
    } as never);
    expect(world.transcript()).toContain('Hello, Anna!');
  });

  it('with replies: only, a private chat needs no reply', async () => {
    const bot = framework.bot();
    bot.fsm({ states: [ask] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/ask');
    await anna.sends('Anna');
    anna.sees('Hello, Anna!');
  });

  it('the initial scene greets people only: no bots, channels, automatic forwards', async () => {
    const bot = framework.bot();
    const hello = scene('hello').on({ enter: () => 'Hello!', handle: () => undefined });
    bot.fsm({ scenes: [hello], initial: hello, strategy: 'userInChat' });
    const world = telegram(bot.bot);
    const group = world.group('Friends');
    const chat = { id: group.id, type: 'supergroup', title: 'Friends' };
    const greeted = () => world.calls.filter(({ method }) => method === 'sendMessage').length;
    const channel = { id: -1009, type: 'channel', title: 'News' };
    const senders = [
      { from: { id: 900, is_bot: true, first_name: 'Other bot' } },
      { from: { id: 136817688, is_bot: true, first_name: 'Channel' }, sender_chat: channel },
      {
        from: { id: 777000, is_bot: false, first_name: 'Telegram' },
        sender_chat: channel,
        is_automatic_forward: true,
      },
      { from: { id: 1087968824, is_bot: true, first_name: 'Group' }, sender_chat: chat },
    ];
    for (const [at, sender] of senders.entries())
      await world.update({
        message: { message_id: 100 + at, date: 1, chat, text: 'Hi', ...sender },
      } as never);
    expect(greeted()).toBe(0);
    await world.user('Anna').in(group).sends('Hi');
    expect(greeted()).toBe(1);
  });

  it.each(['userInChat', 'chat'] as const)(
    'in a business chat the owner is no customer, under %s',
    async (strategy) => {
      const bot = framework.bot();
      const hello = flow('hello')
        .ask('order', { prompt: 'Your order?' })
        .done(({ order }) => `Ordered: ${order}.`);
      bot.fsm({ states: [hello], initial: hello as never, strategy });
      const world = telegram(bot.bot);
      const owner = world.user('Owner');
      const business = await owner.connects();
      const customer = world.user('Customer').in(business);
      const sent = () =>
        world.calls
          .filter(({ method }) => method === 'sendMessage')
          .map(({ payload }) => payload['text']);
      await customer.sends('Hi');
      expect(sent()).toEqual(['Your order?']);
      const { business_message } = world.updates.at(-1) as never as { business_message: object };
      const reply = { ...business_message, message_id: 800, text: 'Wait', from: owner.raw };
      await world.update({ business_message: reply } as never);
      expect(sent()).toEqual(['Your order?']);
      await customer.sends('Tea');
      expect(sent()).toEqual(['Your order?', 'Ordered: Tea.']);
    },
  );

  it('a dice, a story and a checklist are input, also to a picker', async () => {
    const bot = framework.bot();
    const any = flow('any', { trigger: '/any' })
      .ask('one', { prompt: 'One?', accept: 'message' })
      .ask('two', { prompt: 'Two?', accept: 'any' })
      .ask('three', {
        prompt: 'Three?',
        accept: ({ kind }) => (kind === 'message' ? 'yes' : undefined),
      })
      .done(({ one, two, three }) => `${one.message_id} ${two.kind} ${three}`);
    bot.fsm({ states: [any] });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    await anna.sends('/any');
    const { chat, from } = messageOf(world);
    const fields = [{ dice: { emoji: '🎲', value: 6 } }, { story: { id: 1 } }, { checklist: {} }];
    for (const [at, field] of fields.entries())
      await world.update({
        message: { message_id: 70 + at, date: 1, chat, from, ...field },
      } as never);
    expect(world.transcript()).toContain('70 message yes');
  });

  it.each([
    ['a misspelled part', { user: 7, rooom: 1 }],
    ['null', null],
    ['nothing', undefined],
    ['a number', 7],
    ['a prototype', JSON.parse('{"__proto__": 7, "user": 7}')],
  ])('machine.at() rejects %s by name', (_name, address) => {
    const machine = framework.bot().fsm({ states: [ask] });
    expect(() => machine.at(address as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
