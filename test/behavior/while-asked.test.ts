/** Updates that are no answer while a question waits: events, other kinds of input, other chats, redeliveries, migrations. */

import { flow, interruptBy, keyValueStorage, scene } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { gate } from '../../packages/core/test/fixtures/bench.ts';
import { chat, command, from, message, oldGroup, play, text } from './attack.ts';
import { frameworks } from './frameworks.ts';
import { play as playFlows } from './play.ts';
import { channel, group, laterGroup } from './random-updates.ts';
import { storages } from './storages.ts';

/** The pending question, and how often the bot has said something. */
async function standing({ machine, world }: ReturnType<typeof play>, user = from.id) {
  const at = await machine.at({ user }).peek();
  const sentCount = world.calls.filter(({ method }) => /^(?:send|edit|delete)/.test(method)).length;
  return [at?.current, at?.data, sentCount];
}

describe.each(frameworks)('while a question waits, on %s,', (_, framework) => {
  const member = { user: from, status: 'member' };
  it.each<readonly [string, object]>([
    ['a reaction', { message_reaction: { chat, message_id: 1, user: from, new_reaction: [] } }],
    ['an inline query', { inline_query: { id: 'i', from, query: '/cancel', offset: '' } }],
    ['a chosen inline result', { chosen_inline_result: { from, result_id: '1', query: 'Ann' } }],
    ['a boost', { chat_boost: { chat: channel, boost: { source: { user: from } } } }],
    ['paid media that was bought', { purchased_paid_media: { from, paid_media_payload: 'Ann' } }],
    ['a change of the membership', { my_chat_member: { chat, from, new_chat_member: member } }],
    ['a request to join', { chat_join_request: { chat: group, from, user_chat_id: from.id } }],
    ['a managed bot', { managed_bot: { user: from, bot: { id: 9 } } }],
    ['a stopped generation', { stopped_message_generation: { chat, from } }],
    ['an update type of tomorrow', { tomorrow: { chat, from, text: 'Ann' } }],
    ['data of another web app', message(undefined, { web_app_data: { data: 'Ann' } })],
    ['users that were shared elsewhere', message(undefined, { users_shared: { users: [] } })],
    ['a pinned message', message(undefined, { pinned_message: text('Ann') })],
    ['a boost that was added', message(undefined, { boost_added: { boost_count: 1 } })],
    ['tasks of a checklist that are done', message(undefined, { checklist_tasks_done: {} })],
    ['an edited message that was no answer', { edited_message: text('Ann') }],
    ['a vote in a poll of somebody else', { poll_answer: { poll_id: '9', user: from } }],
    ['a poll of somebody else', { poll: { id: '9', question: 'Q', options: [] } }],
  ])('%s is neither an answer nor answered', async (_name, update) => {
    const played = play(framework, {});
    const { anna, world, end } = played;
    try {
      await anna.sends('/order');
      const before = await standing(played);
      await world.update(update as never);
      await world.redeliver();
      expect(await standing(played)).toEqual(before);
      await anna.sends('Ann');
      anna.sees('Size, Ann?');
    } finally {
      await end();
    }
  });

  it.each<readonly [string, object]>([
    ['a story', { story: { id: 1, chat: channel } }],
    ['a checklist', { checklist: { title: 'C', tasks: [] } }],
    ['a gift', { gift: { gift: { id: 'g' } } }],
    ['paid media', { paid_media: { star_count: 1, paid_media: [] } }],
    ['a contact', { contact: { phone_number: '1', first_name: 'Ann' } }],
  ])(
    '%s, which the question does not take, is answered once and changes nothing',
    async (_name, content) => {
      const played = play(framework, {});
      const { anna, world, end } = played;
      try {
        await anna.sends('/order');
        const [current, data, said] = await standing(played);
        await world.update(message(undefined, content) as never);
        await world.redeliver();
        expect(await standing(played)).toEqual([current, data, Number(said) + 1]);
      } finally {
        await end();
      }
    },
  );

  it('a text with a hundred entities is the answer, whole', async () => {
    const played = play(framework, {});
    const { anna, world, end } = played;
    try {
      const name = 'Ann '.repeat(100).trim();
      const entities = Array.from({ length: 100 }, (__, at) => ({
        type: at % 2 ? 'bold' : 'mention',
        offset: at * 4,
        length: 3,
      }));
      await anna.sends('/order');
      await world.update(message(name, { entities }) as never);
      expect((await standing(played)).slice(0, 2)).toEqual(['order:size', { name }]);
    } finally {
      await end();
    }
  });

  it('updates that come again later, and out of order, are handled once each', async () => {
    const played = play(framework, {});
    const { anna, world, machine, end } = played;
    try {
      world.countsFrom(500);
      for (const words of ['/shop', '5']) await anna.sends(words);
      const [first, second] = world.updates.slice(-2);
      // held back on its way, so its number is lower
      await world.update({ ...message('7'), update_id: 450 } as never);
      for (const update of [second, first, second]) await world.redeliver(update);
      expect((await machine.at({ user: anna.id }).peek())?.data).toMatchObject({ n: 7 });
      await world.redeliver(world.updates.find(({ update_id }) => update_id === 450));
      await anna.sends('8');
      expect((await machine.at({ user: anna.id }).peek())?.data).toMatchObject({ n: 8 });
    } finally {
      await end();
    }
  });

  it.each(storages)(
    'its group becomes a supergroup: the answer there continues, in %s',
    async (_storage, storageOf) => {
      const played = play(framework, { storage: storageOf() });
      const { world, machine, end } = played;
      const at = (where: object) => ({ chat: where });
      try {
        for (const update of [
          message('/order', { ...at(oldGroup), ...command(6) }),
          message('Ann', at(oldGroup)),
          message(undefined, { ...at(oldGroup), migrate_to_chat_id: laterGroup.id }),
          message(undefined, { ...at(laterGroup), migrate_from_chat_id: oldGroup.id }),
          message('M', at(laterGroup)),
        ]) {
          await world.update(update as never);
        }
        const moved = await machine.at({ user: from.id, chat: laterGroup.id }).peek();
        expect([moved?.current, moved?.data]).toEqual([
          'order:toppings',
          { name: 'Ann', size: 'M' },
        ]);
        expect(await machine.at({ user: from.id, chat: oldGroup.id }).peek()).toBeUndefined();
        await world.update(message('/cancel', { ...at(laterGroup), ...command(7) }) as never);
        expect(await machine.at({ user: from.id, chat: laterGroup.id }).peek()).toBeUndefined();
      } finally {
        await end();
      }
    },
  );

  it('topics of a forum, its general topic and the whole group have conversations of their own under userInTopic', async () => {
    const played = play(framework, { strategy: 'userInTopic' });
    const { world, machine, end } = played;
    const inTopic = (words: string, thread?: number) =>
      message(words, {
        chat: { ...group, is_forum: true },
        ...(thread !== undefined && { message_thread_id: thread, is_topic_message: true }),
        ...(words.startsWith('/') && command(words.length)),
      });
    try {
      for (const thread of [undefined, 7, 8])
        await world.update(inTopic('/order', thread) as never);
      await world.update(inTopic('Ann', 7) as never);
      await world.update(inTopic('/cancel', 8) as never);
      // a thread of replies is no topic
      const reply = message('Bob', { chat: group, message_thread_id: 7 });
      await world.update(reply as never);
      const states = [];
      for (const thread of [undefined, 7, 8]) {
        const address = { user: from.id, chat: group.id, ...(thread && { thread }) };
        states.push((await machine.at(address).peek())?.data);
      }
      expect(states).toEqual([{ name: 'Bob' }, { name: 'Ann' }, undefined]);
    } finally {
      await end();
    }
  });

  it('a customer of a business account is asked and leaves there, and neither its owner nor deleted messages answer', async () => {
    const played = play(framework, {});
    const { anna, world, machine, end } = played;
    const owner = world.user('Owner', { id: 4242 });
    const connection = await owner.connects();
    const { id: business } = connection;
    const where = { business_connection_id: business };
    const peek = () => machine.at({ user: from.id, business }).peek();
    try {
      await anna.in(connection).sends('/order');
      const answer = text('Ann', where);
      for (const update of [
        { business_message: text('Not me', { ...where, from: owner.raw }) },
        { business_message: answer },
        { deleted_business_messages: { ...where, chat, message_ids: [answer.message_id] } },
      ]) {
        await world.update(update as never);
      }
      expect(await peek()).toMatchObject({ current: 'order:size', data: { name: 'Ann' } });
      await world.update({ edited_business_message: { ...answer, text: 'Anna' } } as never);
      expect(await peek()).toMatchObject({ current: 'order:size', data: { name: 'Anna' } });
      await world.update({ edited_business_message: { ...answer, from: owner.raw } } as never);
      expect(await peek()).toMatchObject({ data: { name: 'Anna' } });
      const sent = world.calls.filter(({ method }) => method === 'sendMessage');
      const connections = sent.map(({ payload }) => payload['business_connection_id']);
      expect(new Set(connections)).toEqual(new Set([business]));
      await world.update({
        business_message: text('/cancel', { ...where, ...command(7) }),
      } as never);
      expect(await peek()).toBeUndefined();
    } finally {
      await end();
    }
  });
});

describe.each(frameworks)('a question that somebody else answers, on %s,', (_, framework) => {
  it('cannot be asked for a customer of a business account, who reads so and leaves', async () => {
    const played = play(framework, {});
    const { anna, world, machine, end } = played;
    const errors: unknown[] = [];
    machine.observe('sendFailed', ({ error }) => errors.push(error));
    try {
      const connection = await world.user('Owner', { id: 4242 }).connects();
      const customer = anna.in(connection);
      for (const words of ['/vote', 'Soup']) await customer.sends(words);
      customer.sees('Something went wrong. Please try again.');
      expect(errors).toMatchObject([
        { code: 'INVALID_OPTION', details: { option: 'vote:verdict to' } },
      ]);
      await customer.sends('/cancel');
      expect(await machine.at({ user: from.id, business: connection.id }).peek()).toBeUndefined();
    } finally {
      await end();
    }
  });

  it.each([
    ['has blocked the bot', { user: 4242 }],
    ['is in a chat without the bot', { chat: -1_009 }],
  ] as const)(
    'and who %s, is not said to have been asked until that is true',
    async (_name, to) => {
      const refund = flow('refund', { trigger: '/refund' })
        .ask('amount', { prompt: 'How much?' })
        .ask('verdict', {
          to,
          prompt: 'Refund?',
          choices: { yes: 'Approve', no: 'Decline' },
          meanwhile: 'I have asked a manager.',
        })
        .done(({ verdict }) => `Answer: ${verdict}`);
      const { world, anna, bot, unsent } = playFlows(framework, [refund]);
      const boss = world.user('Boss', { id: 4242 });
      await boss.blocks();
      await anna.sends('/refund');
      await anna.sends('100');
      for (const words of ['Well?', '/help']) await anna.sends(words);
      // once, however often it is tried
      expect(anna.screen().map(({ text }) => text)).toEqual([
        'How much?',
        'Something went wrong. Please try again.',
      ]);
      expect(unsent).toHaveLength(3);
      await boss.unblocks();
      const managers = world.group('Managers', [boss], { id: -1_009 });
      await anna.sends('And now?');
      expect(anna.screen().filter(({ text }) => text === 'I have asked a manager.')).toHaveLength(
        1,
      );
      await ('chat' in to ? boss.in(managers) : boss).taps('Approve');
      anna.sees('Answer: yes');
      expect(bot.errors).toEqual([]);
    },
  );

  it('counts a press if the process died before it noted which message asks', async () => {
    const refund = flow('refund', { trigger: '/refund' })
      .ask('verdict', { to: { user: 4242 }, by: [4242], prompt: 'Refund?', choices: ['Yes', 'No'] })
      .done(({ verdict }) => `Answer: ${verdict}`);
    const texts = new Map<string, string>();
    const storage = keyValueStorage({
      get: (key) => texts.get(key),
      set: (key, text) => texts.set(key, text),
      delete: (key) => texts.delete(key),
    });
    const { world, anna, bot } = playFlows(framework, [refund], { storage });
    const boss = world.user('Boss', { id: 4242 });
    await anna.sends('/refund');
    for (const [key, text] of texts) {
      const record = JSON.parse(text);
      const { message, ...elsewhere } = record.k.elsewhere;
      expect(message).toBe(boss.last?.message_id);
      texts.set(key, JSON.stringify({ ...record, o: 1, k: { ...record.k, elsewhere } }));
    }
    await boss.taps('Yes');
    anna.sees('Answer: Yes');
    expect(boss.screen().filter(({ text }) => text === 'Refund?')).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });

  it.each([
    ['its trigger', '/refund', { onTrigger: 'continue' }],
    ['a command of the bot', '/other', { otherCommands: 'passAndAsk' }],
  ] as const)(
    'still takes the answer after %s, which repeats what it says',
    async (_, command, more) => {
      const refund = flow('refund', { trigger: '/refund', ...more })
        .ask('verdict', { to: { user: 4242 }, prompt: 'Refund?', choices: ['Yes', 'No'] })
        .done(({ verdict }) => `Answer: ${verdict}`);
      const { world, anna, bot } = playFlows(framework, [refund]);
      const boss = world.user('Boss', { id: 4242 });
      await anna.sends('/refund');
      await anna.sends(command);
      anna.sees('I have asked. Please wait for the answer.');
      await boss.taps('Yes');
      anna.sees('Answer: Yes');
      expect(boss.screen().map(({ text }) => text)).toEqual(['Refund?']);
      expect(bot.errors).toEqual([]);
    },
  );

  it('who has pressed reads that the check has failed, and the user who waits does not', async () => {
    const refund = flow('refund', { trigger: '/refund' })
      .ask('verdict', {
        to: { user: 4242 },
        prompt: 'Refund?',
        choices: ['Yes', 'No'],
        validate: (verdict) => {
          if (verdict === 'Yes') throw new Error('The bank is closed.');
          return verdict;
        },
      })
      .done(({ verdict }) => `Answer: ${verdict}`);
    const { world, anna, bot } = playFlows(framework, [refund]);
    const boss = world.user('Boss', { id: 4242 });
    await anna.sends('/refund');
    const { alert } = await boss.taps('Yes');
    expect(alert).toBe('Something went wrong. Please try again.');
    expect(anna.last.text).toBe('I have asked. Please wait for the answer.');
    await boss.taps('No');
    anna.sees('Answer: No');
    expect(bot.errors).toHaveLength(1);
  });

  it('a press there, a payment and a vote interrupt no check of the user', async () => {
    const [begun, checked] = [gate(), gate()];
    const refund = flow('refund', { trigger: '/refund', back: true })
      .ask('verdict', { to: { user: 4242 }, prompt: 'Refund?', choices: ['Yes', 'No'] })
      .ask('reason', {
        prompt: 'Why?',
        validate: async (reason) => {
          begun.open();
          await checked.opened;
          return reason;
        },
      })
      .done(({ verdict, reason }) => `${verdict}: ${reason}`);
    const clock = virtualClock();
    const waiting = { interrupt: interruptBy('any') };
    const { world, anna, bot } = playFlows(framework, [refund], { waiting, clock });
    const boss = world.user('Boss', { id: 4242 });
    await anna.sends('/refund');
    const question = boss.last;
    await boss.taps('Yes');
    const answering = anna.sends('Broken');
    await begun.opened;
    const successful_payment = { currency: 'XTR', total_amount: 1 };
    const privately = { id: anna.id, type: 'private', first_name: 'Anna' };
    const paid = { message_id: 900, date: 1, chat: privately, from: anna.raw, successful_payment };
    const others = [
      boss.taps('No', question),
      world.update({ poll_answer: { poll_id: 'p', user: anna.raw, option_ids: [0] } }),
      world.update({ message: paid }),
    ];
    // all of them have come
    await clock.advance(100);
    checked.open();
    await Promise.all([answering, ...others]);
    anna.sees('Yes: Broken');
    expect(bot.errors).toEqual([]);
  });

  it('a press there drops no messages that are being collected', async () => {
    const Chat = scene('chat').on({
      handle: async ({ messages, reply }) => {
        await reply(`You wrote ${messages.map(({ text }) => text).join(' and ')}.`);
      },
    });
    const refund = flow('refund', { trigger: '/refund' })
      .ask('verdict', { to: { user: 4242 }, prompt: 'Refund?', choices: ['Yes', 'No'] })
      .done(() => 'Done.');
    const clock = virtualClock();
    const waiting = { burst: '1s', interrupt: interruptBy('any') } as const;
    const { world, anna, bot, machine } = playFlows(framework, [refund, Chat], { waiting, clock });
    bot.command('chat', ({ fsm }) => fsm.call(Chat));
    machine.start(bot.bot as never);
    const boss = world.user('Boss', { id: 4242 });
    await anna.sends('/refund');
    await anna.sends('/chat');
    await anna.sends('one');
    await boss.taps('Yes');
    await anna.sends('two');
    await clock.advance('3s');
    anna.sees('You wrote one and two.');
    expect(bot.errors).toEqual([]);
    await machine.stop();
  });

  it('removes the reply keyboard of the question before by what it says meanwhile', async () => {
    const refund = flow('refund', { trigger: '/refund' })
      .ask('amount', { prompt: 'How much?', choices: ['1', '2'], buttons: 'reply' })
      .ask('verdict', { to: { user: 4242 }, prompt: 'Refund?', choices: ['Yes', 'No'] })
      .done(({ verdict }) => `Answer: ${verdict}`);
    const { world, anna, markups } = playFlows(framework, [refund]);
    const boss = world.user('Boss', { id: 4242 });
    await anna.sends('/refund');
    await anna.taps('2');
    anna.sees('I have asked. Please wait for the answer.');
    expect(markups()).toEqual(['keyboard', 'inline_keyboard', 'remove_keyboard']);
    await boss.taps('Yes');
    anna.sees('Answer: Yes');
  });
});
