import { flow } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options, textUpdate } from './frameworks.ts';

const paint = flow('paint', { trigger: '/paint', prompts: 'delete' })
  .ask('what', { prompt: 'What?' })
  .ask('color', { prompt: 'Which color?', choices: ['Red', 'Blue'], buttons: 'reply' })
  .ask('size', { prompt: 'Which size?' })
  .done(({ what, color, size }) => `A ${size} ${what} in ${color}.`);

function play(framework: Framework, options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: [paint], ...options });
  return { world: telegram(bot.bot), errors: bot.errors };
}

describe.each(frameworks)('flows on %s', (_, framework) => {
  it('in a channel, which takes no keyboards but inline ones, ask without forcing replies', async () => {
    const { world, errors } = play(framework, { strategy: 'chat' });
    const channel = world.channel('News');
    const anna = world.user('Anna').in(channel);
    await channel.posts('/paint');
    await channel.posts('house');
    expect(channel.messages.map(({ text }) => text)).toEqual(['Which color?']);
    await anna.taps('Red');
    await channel.posts('small');
    expect(channel.messages.map(({ text }) => text)).toEqual(['A small house in Red.']);
    expect(errors).toEqual([]);
  });

  it('for a business account, where the same holds, take buttons and labels, and delete prompts by the connection', async () => {
    const { world, errors } = play(framework);
    const anna = world.user('Anna').in(await world.user('Owner').connects());
    await anna.sends('/paint');
    await anna.sends('house');
    await anna.taps('Red');
    await anna.sends('small');
    anna.sees('A small house in Red.');
    await anna.sends('/paint');
    await anna.sends('car');
    await anna.sends('Blue');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    expect(errors).toEqual([]);
    const deleted = world.calls.filter(({ method }) => method.startsWith('delete'));
    expect(deleted.map(({ method }) => method)).toEqual(Array(6).fill('deleteBusinessMessages'));
    expect(deleted.every(({ answer }) => answer?.ok)).toBe(true);
  });

  it('that end by a deadline clean up in the chat where they ran, which the key does not name', async () => {
    const clock = virtualClock();
    const quick = flow('quick', { trigger: '/quick', timeout: '1m', prompts: 'delete' })
      .ask('answer', { prompt: 'Well?' })
      .done(() => 'Thank you.');
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [quick], strategy: 'globalUser', clock });
    const world = telegram(bot.bot, { clock });
    machine.start(bot.bot as never);
    const anna = world.user('Anna');
    const friends = world.group('Friends', [anna]);
    await anna.in(friends).sends('/quick');
    await clock.advance('2m');
    const { method, payload, answer } = world.calls.at(-1) ?? {};
    expect([method, payload?.['chat_id'], answer?.ok]).toEqual(['deleteMessage', friends.id, true]);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    expect(bot.errors).toEqual([]);
    await machine.stop();
  });

  it.each([
    ['userInChat', 'Anna', 'Two'],
    ['chat', 'Ben', 'Two'],
    ['globalUser', 'Anna', undefined],
  ] as const)(
    'whose user writes elsewhere meanwhile time out where they were, under %s',
    async (strategy, writer, topic) => {
      const clock = virtualClock();
      const quick = flow('quick', { trigger: '/quick', timeout: '1h', replies: 'only' })
        .ask('answer', { prompt: 'Well?' })
        .done(() => 'Thank you.');
      const bot = framework.bot();
      bot.noteErrors();
      const machine = bot.fsm({ states: [quick], strategy, clock });
      bot.use(({ say }) => say('Not for me.'));
      const world = telegram(bot.bot, { clock });
      machine.start(bot.bot as never);
      const users = { Anna: world.user('Anna'), Ben: world.user('Ben') };
      const { Anna: anna } = users;
      const friends = world.group('Friends', Object.values(users));
      const here = topic === undefined ? anna : anna.in(friends.topic('One'));
      const there = users[writer].in(topic === undefined ? friends : friends.topic(topic));
      await here.sends('/quick');
      await there.sends('What a day');
      there.sees('Not for me.');
      await clock.advance('2h');
      expect(here.last.text).toBe('Time is up. Please start again.');
      expect(there.last.text).toBe('Not for me.');
      expect(bot.errors).toEqual([]);
      await machine.stop();
    },
  );

  it("with `replies: 'only'` leave the chatter of a topic that the bot has created to the bot", async () => {
    const quick = flow('quick', { trigger: '/quick', replies: 'only' })
      .ask('answer', { prompt: 'Well?' })
      .done(({ answer }) => `Thank you for ${answer}.`);
    const bot = framework.bot();
    bot.fsm({ states: [quick] });
    const log: string[] = [];
    bot.use(({ text }) => void log.push(text));
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const friends = world.group('Friends', [anna]);
    const there = anna.in(friends.topic('One'));
    await there.sends('/quick');
    const { message_thread_id } = Object(world.calls.at(-1)?.payload);
    const chat = { id: friends.id, type: 'supergroup', title: 'Friends', is_forum: true };
    const inTopic = { chat, is_topic_message: true, message_thread_id };
    const give = (id: number, text: string, replied: object) => {
      const update = textUpdate(id, text, { user: anna.id });
      const from = { id: 1, is_bot: true, first_name: 'Bot' };
      const reply_to_message = {
        ...inTopic,
        message_id: message_thread_id,
        date: 1,
        from,
        ...replied,
      };
      const message = { ...Object(update).message, ...inTopic, reply_to_message };
      return bot.handle({ ...update, message });
    };
    await give(900_001, 'What a day', { forum_topic_created: { name: 'One', icon_color: 1 } });
    expect(log).toEqual(['What a day']);
    await give(900_002, 'Fine', { text: 'Well?' });
    expect(log).toEqual(['What a day']);
    there.sees('Thank you for Fine.');
  });

  it('in a group reach a user who has pressed a button by the last message of this user', async () => {
    const lunch = flow('lunch', { trigger: '/lunch' })
      .ask('dish', { prompt: 'Which dish?', choices: ['Soup', 'Pie'] })
      .ask('note', { prompt: { photo: 'photo-1', caption: 'A note?' } })
      .ask('name', { prompt: 'A name?' })
      .done(() => 'Thank you.');
    const bot = framework.bot();
    bot.fsm({ states: [lunch] });
    bot.use(({ fsm, ctx }) => {
      if ('callback_query' in (ctx as { readonly update: object }).update)
        fsm.enter(lunch as never);
    });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const there = anna.in(world.group('Friends', [anna]));
    await there.sends('/lunch');
    const trigger = world.calls.length;
    await there.taps('Soup');
    await there.sends('Hot');
    const asked = world.calls.filter(({ method }) => /^send(Photo|Message)$/.test(method));
    const replies = asked.map(({ payload }) => (payload as never)['reply_parameters']) as {
      readonly message_id: number;
    }[];
    expect(trigger).toBe(1);
    expect(asked.map(({ payload }) => (payload as never)['reply_markup'])).toEqual([
      { inline_keyboard: expect.anything() },
      { force_reply: true, selective: true },
      { force_reply: true, selective: true },
    ]);
    expect(replies[0]).toBeUndefined();
    expect(replies[1]).toEqual({
      message_id: expect.any(Number),
      allow_sending_without_reply: true,
    });
    expect(replies[2]?.message_id).toBeGreaterThan(replies[1]?.message_id ?? 0);
  });

  it('in a group force nobody where no message of the user is known', async () => {
    const quiz = flow('quiz')
      .ask('answer', { prompt: 'How many?' })
      .done(() => 'Right.');
    const bot = framework.bot();
    const machine = bot.fsm({ states: [quiz] });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const group = world.group('Friends', [anna]);
    machine.connect(bot.bot as never);
    await machine
      .at({ chat: group.id, user: anna.id })
      .run(({ state: fsm }) => fsm.enter(quiz as never));
    expect(world.calls.map(({ payload }) => payload)).toEqual([
      { chat_id: group.id, text: 'How many?' },
    ]);
  });

  it('do not start in a chat where the bot is a guest: the update goes to the bot', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [paint], initial: paint });
    const seen: string[] = [];
    const world = telegram(bot.bot);
    bot.use(({ fsm, ctx }) => {
      const { update } = ctx as { readonly update: { readonly guest_message?: { text: string } } };
      seen.push(`${update.guest_message?.text} at ${fsm.current}`);
    });
    const chat = { id: -77, type: 'supergroup', title: 'Strangers' };
    const from = { id: 5, is_bot: false, first_name: 'Anna' };
    const facts = { message_id: 1, date: 1, chat, from, guest_query_id: 'q1' };
    const entities = [{ type: 'bot_command', offset: 0, length: 6 }];
    await bot.handle({ update_id: 1, guest_message: { ...facts, text: '/paint', entities } });
    await bot.handle({ update_id: 2, guest_message: { ...facts, text: 'hello' } });
    expect(seen).toEqual(['/paint at null', 'hello at null']);
    expect(world.calls).toEqual([]);
    expect(bot.errors).toEqual([]);
  });

  it('in a group forces a reply of the user who wrote', async () => {
    const { world } = play(framework);
    const anna = world.user('Anna');
    await anna.in(world.group('Friends', [anna])).sends('/paint');
    expect(world.calls[0]?.payload).toMatchObject({
      reply_markup: { force_reply: true, selective: true },
      reply_parameters: { message_id: expect.any(Number) },
    });
  });
});
