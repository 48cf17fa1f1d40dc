import { flow, invalid } from '@telefsm/core';
import {
  contact,
  location,
  photo,
  replying,
  type Sendable,
  type TestUser,
  telegram,
  video,
} from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

/** Writes as the apps do: a message that forces a reply gets one. A bot in privacy mode receives no other message of a group. */
async function writes(user: TestUser, what: string | Sendable): Promise<void> {
  const { last } = user;
  const { force_reply: isForced } = Object(last.payload['reply_markup']) as Record<string, unknown>;
  if (isForced === true) await user.sends(replying(last, what));
}

function play(framework: Framework, flows: Options['states']) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: flows ?? [] });
  const world = telegram(bot.bot);
  const anna = world.user('Anna');
  return { world, errors: bot.errors, anna: anna.in(world.group('Friends', [anna])) };
}

describe.each(frameworks)('a group in privacy mode on %s', (_, framework) => {
  it('gets the answers to questions of every kind that users write', async () => {
    const report = flow('report', { trigger: '/report', controls: ['cancel'] })
      .ask('what', { prompt: 'What?' })
      .ask('photo', { prompt: 'Photo?', accept: 'photo' })
      .ask('proof', { prompt: 'Proof?', accept: ['photo', 'video'] })
      .ask('ticket', {
        prompt: 'Ticket?',
        accept: (input) => (input.kind === 'text' ? /^#(\d+)$/.exec(input.text)?.[1] : undefined),
      })
      .ask('where', { prompt: 'Where?', accept: 'location' })
      .ask('phone', { prompt: 'Phone?', accept: 'contact' })
      .ask('more', { prompt: 'More?', accept: 'any' })
      .ask('copy', { prompt: 'Copy?', accept: 'message' })
      .done(({ ticket }) => `Ticket ${ticket}.`);
    const { anna, errors } = play(framework, [report]);
    await anna.sends('/report');
    const answers = ['It broke.', photo(), video(), '#7', location(1, 2), contact('+491')];
    for (const answer of [...answers, 'no', 'this']) await writes(anna, answer);
    anna.sees('Ticket 7.');
    expect(errors).toEqual([]);
  });

  it.each(['keep', 'edit', 'delete', 'removeKeyboards'] as const)(
    'gets another answer after one that was rejected, with prompts: %s',
    async (prompts) => {
      const order = flow('order', { trigger: '/order', prompts })
        .ask('count', { prompt: 'How many?', accept: 'number' })
        .ask('photo', { prompt: 'Photo?', accept: 'photo', otherwise: 'A photo, please.' })
        .ask('name', {
          prompt: 'Name?',
          validate: (name) => (name === 'Anna' ? name : invalid({ text: 'Your own name.' })),
        })
        .done(({ name, count }) => `${count} for ${name}.`);
      const { anna, errors } = play(framework, [order]);
      await anna.sends('/order');
      for (const answer of ['some', '3', 'no', photo(), 'Ben', 'Anna']) await writes(anna, answer);
      anna.sees('3 for Anna.');
      expect(errors).toEqual([]);
    },
  );

  it('gets an answer after a command that leaves the question open', async () => {
    const form = flow('form', {
      trigger: '/form',
      back: true,
      onTrigger: 'reject',
      otherCommands: 'block',
    })
      .ask('name', { prompt: 'Name?' })
      .ask('town', { prompt: 'Town?', back: false })
      .ask('note', { prompt: 'Note?', optional: true })
      .done(() => 'Thank you.');
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    for (const [command, reads] of [
      ['/back', 'This is already the first question.'],
      ['/skip', 'This question cannot be skipped.'],
      ['/form', 'Please finish this first.'],
      ['/help', 'Please finish this first.'],
    ] as const) {
      await anna.sends(command);
      anna.sees(reads);
      expect(anna.last.payload['reply_markup']).toMatchObject({ force_reply: true });
    }
    await writes(anna, 'Anna');
    await anna.sends('/back');
    anna.sees('You cannot go back here.');
    await writes(anna, 'Lisbon');
    anna.sees('Note?');
  });

  it('keeps the reply keyboard of a question when an answer is rejected', async () => {
    const age = flow('age', { trigger: '/age' })
      .ask('age', { prompt: 'Age?', accept: 'number', optional: true, buttons: 'reply' })
      .done(() => 'Done.');
    const { anna } = play(framework, [age]);
    await anna.sends('/age');
    await anna.sends('old');
    anna.sees('Please send a number, such as 12 or 12.5.');
    expect(anna.last.payload).not.toHaveProperty('reply_markup');
  });

  it('forces a reply to a rejection also behind a question with a reply keyboard', async () => {
    const age = flow('age', { trigger: '/age' })
      .ask('town', { prompt: 'Town?', choices: ['Rome', 'Oslo'], buttons: 'reply' })
      .ask('age', { prompt: 'Age?', accept: 'number' })
      .done(() => 'Done.');
    const { anna } = play(framework, [age]);
    for (const text of ['/age', 'Rome', 'old']) await anna.sends(text);
    anna.sees('Please send a number, such as 12 or 12.5.');
    expect(anna.last.payload['reply_markup']).toEqual({ force_reply: true, selective: true });
  });

  it('shows the controls of a question after which no message of the user could be replied to', async () => {
    const form = flow('form', { controls: ['cancel'] })
      .ask('it', { prompt: 'It?' })
      .done(() => 'Done.');
    const bot = framework.bot();
    bot.fsm({ states: [form] });
    bot.use(({ fsm, ctx }) => {
      const { update } = ctx as { readonly update: object };
      if ('callback_query' in update) fsm.enter(form as never);
    });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const group = world.group('Friends', [anna]);
    const there = anna.in(group);
    const chat = { id: group.id, type: 'supergroup', title: 'Friends' };
    const message = { message_id: 900, date: 1, chat, text: 'Menu' };
    await world.update({ callback_query: { id: 'q', from: anna.raw, data: 'go', message } });
    there.sees('It?');
    expect(there.last.buttons.flat()).toEqual(['Cancel']);
  });

  it.each([
    ['a user', (user: object) => ({ user })],
    ['an anonymous administrator', () => ({ actor_chat: { id: -5, type: 'supergroup' } })],
  ])(
    'is asked by a reaction of %s without a reply to a message of somebody else',
    async (_who, by) => {
      const why = flow('why')
        .ask('reason', { prompt: 'Why do you like it?' })
        .done(() => 'Thank you.');
      const bot = framework.bot();
      bot.fsm({ states: [why] });
      bot.use(({ fsm, ctx }) => {
        const { update } = ctx as { readonly update: object };
        if ('message_reaction' in update) fsm.enter(why as never);
      });
      const world = telegram(bot.bot);
      const [anna, ben] = [world.user('Anna'), world.user('Ben')];
      const group = world.group('Friends', [anna, ben]);
      await ben.in(group).sends('I have a dog.');
      const reaction = {
        chat: { id: group.id, type: 'supergroup', title: 'Friends' },
        ...by(anna.raw),
        message_id: 1,
        date: 0,
        old_reaction: [],
        new_reaction: [{ type: 'emoji', emoji: '👍' }],
      };
      await world.update({ message_reaction: reaction });
      expect(world.calls.at(-1)?.payload).toEqual({
        chat_id: group.id,
        text: 'Why do you like it?',
      });
    },
  );

  it('reads a rejection below a question with buttons, which no reply is forced for', async () => {
    const tea = flow('tea', { trigger: '/tea' })
      .ask('milk', { prompt: 'Milk?', choices: ['Yes', 'No'] })
      .done(() => 'Thank you.');
    const { anna } = play(framework, [tea]);
    await anna.sends('/tea');
    await anna.sends('perhaps');
    anna.sees('Please answer the question above.');
    expect(anna.last.payload).not.toHaveProperty('reply_markup');
  });

  it('shows the controls of a question that cannot force a reply', async () => {
    const form = flow('form', { trigger: '/form', controls: ['back', 'cancel'] })
      .ask('note', { prompt: 'Note?', optional: true })
      .ask('album', { prompt: 'Album?', accept: { album: 'photo' } })
      .done(() => 'Thank you.');
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    anna.sees({ text: 'Note?', buttons: [['Skip'], ['Cancel']] });
    await anna.taps('Skip');
    anna.sees({ text: 'Album?', buttons: [['Done'], ['« Back', 'Cancel']] });
  });
});

describe.each(frameworks)('a channel on %s', (_, framework) => {
  it('shows the controls of each question, because no reply is forced there', async () => {
    const form = flow('form', { trigger: '/form', controls: ['back', 'cancel'] })
      .ask('title', { prompt: 'Title?' })
      .ask('text', { prompt: 'Text?' })
      .done(() => 'Thank you.');
    const bot = framework.bot();
    bot.fsm({ states: [form], strategy: 'chat' });
    const world = telegram(bot.bot);
    const channel = world.channel('News');
    await channel.posts('/form');
    expect(channel.messages.map(({ buttons }) => buttons.flat())).toEqual([['Cancel']]);
    await channel.posts('News');
    expect(channel.messages.at(-1)?.buttons.flat()).toEqual(['« Back', 'Cancel']);
  });
});
