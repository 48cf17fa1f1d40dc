/** A flow that asks before its own trigger starts it again: the question is answered once. */

import { flow, typed } from '@telefsm/core';
import type { TestUser } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

/** The chat where somebody else is asked. */
const editors = -1_001_000_000_077;

type Prompts = 'keep' | 'removeKeyboards' | 'delete' | 'edit';

const formWith = (prompts: Prompts) =>
  flow('form', { trigger: '/form', onTrigger: 'ask', prompts })
    .ask('name', { prompt: 'Name?' })
    .ask('sure', { prompt: 'Sure?', choices: ['Sure', 'Unsure'] })
    .done(({ name, sure }) => `${name}: ${sure}`);

/** The messages with buttons on the screen of a user. */
const open = (user: TestUser) =>
  user
    .screen()
    .filter(({ buttons }) => buttons.length > 0)
    .map(({ text }) => text);

describe.each(frameworks)('"Start again?" on %s', (_, framework) => {
  async function asked(prompts: Prompts) {
    const { anna, bot, unsent, world } = play(framework, [formWith(prompts)]);
    await anna.sends('/form');
    await anna.sends('Anna');
    await anna.sends('/form');
    const dialog = anna.sees('Start again?');
    const isThere = () => anna.screen().find(({ message_id }) => message_id === dialog.message_id);
    const failed = () => [...bot.errors, ...unsent];
    return { anna, dialog, isThere, failed, world };
  }

  it.each(['keep', 'removeKeyboards'] as const)(
    'loses its buttons with the first press: %s',
    async (prompts) => {
      const { anna, dialog, isThere, failed } = await asked(prompts);
      await anna.taps('No', dialog);
      anna.sees('Sure?');
      expect(isThere()?.message.reply_markup).toBeUndefined();
      await anna.taps('Sure');
      anna.sees('Anna: Sure');
      expect(failed()).toEqual([]);
    },
  );

  it.each(['delete', 'edit'] as const)('goes where answered questions go: %s', async (prompts) => {
    const { anna, dialog, failed } = await asked(prompts);
    await anna.taps('No', dialog);
    expect(anna.screen().map(({ text }) => text)).not.toContain('Start again?');
    expect(anna.screen().at(-1)?.text).toBe('Sure?');
    await anna.taps('Sure');
    anna.sees('Anna: Sure');
    expect(failed()).toEqual([]);
  });

  it.each(['keep', 'edit'] as const)('is gone after Yes too: %s', async (prompts) => {
    const { anna, dialog, isThere, failed } = await asked(prompts);
    await anna.taps('Yes', dialog);
    expect(isThere()?.message.reply_markup).toBeUndefined();
    expect(anna.screen().at(-1)?.text).toBe('Name?');
    expect(failed()).toEqual([]);
  });

  it.each(['keep', 'removeKeyboards', 'delete', 'edit'] as const)(
    'is answered once by two taps: %s',
    async (prompts) => {
      const { anna, dialog, failed, world } = await asked(prompts);
      await anna.taps('No', dialog);
      const sent = world.calls.length;
      await anna.taps('No', dialog);
      expect(world.calls.slice(sent)).toMatchObject([
        { method: 'answerCallbackQuery', payload: { text: 'This button is no longer in use.' } },
      ]);
      await anna.taps('Sure');
      anna.sees('Anna: Sure');
      expect(failed()).toEqual([]);
    },
  );

  it.each(['keep', 'removeKeyboards', 'delete', 'edit'] as const)(
    'takes a typed label, which is no answer to the question: %s',
    async (prompts) => {
      const { anna, bot, unsent } = play(framework, [formWith(prompts)]);
      await anna.sends('/form');
      await anna.sends('/form');
      await anna.sends('no');
      expect(anna.screen().at(-1)?.text).toBe('Name?');
      expect(open(anna)).toEqual(prompts === 'keep' ? ['Start again?'] : []);
      await anna.sends('Anna');
      await anna.sends('/form');
      await anna.sends('Yes');
      expect(anna.screen().at(-1)?.text).toBe('Name?');
      if (prompts !== 'keep') expect(open(anna)).toEqual([]);
      await anna.sends('Ben');
      await anna.sends('Sure');
      anna.sees('Ben: Sure');
      expect([...bot.errors, ...unsent]).toEqual([]);
    },
  );

  it('leaves a press on the reply keyboard of the question to that question', async () => {
    const form = flow('form', { trigger: '/form', onTrigger: 'ask' })
      .ask('name', { prompt: 'Name?' })
      .ask('agrees', { prompt: 'Agree?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(({ name, agrees }) => `${name}: ${agrees}`);
    const { anna, bot } = play(framework, [form]);
    for (const text of ['/form', 'Anna', '/form', 'Yes']) await anna.sends(text);
    anna.sees('Anna: Yes');
    expect(bot.errors).toEqual([]);
  });

  it.each(['delete', 'edit'] as const)(
    'takes a typed label where the question and its reply keyboard are gone: %s',
    async (prompts) => {
      const form = flow('form', { trigger: '/form', onTrigger: 'ask', prompts })
        .ask('agrees', { prompt: 'Agree?', choices: ['Yes', 'No'], buttons: 'reply' })
        .done(({ agrees }) => agrees);
      const { anna } = play(framework, [form]);
      for (const text of ['/form', '/form', 'No']) await anna.sends(text);
      anna.sees('Agree?');
    },
  );

  it('takes a typed label also while the choices cannot be loaded', async () => {
    let isAway = false;
    const form = flow('form', { trigger: '/form', onTrigger: 'ask' })
      .ask('name', { prompt: 'Name?' })
      .ask('town', {
        prompt: 'Town?',
        choices: () => {
          if (isAway) throw new Error('The database is away.');
          return ['Rome'];
        },
      })
      .done(() => 'Done.');
    const { anna, bot } = play(framework, [form]);
    for (const text of ['/form', 'Anna', '/form']) await anna.sends(text);
    isAway = true;
    await anna.sends('Yes');
    anna.sees('Name?');
    expect(bot.errors).toEqual([]);
  });

  it.each(['removeKeyboards', 'delete'] as const)(
    'cleans up the question where it was asked: %s',
    async (prompts) => {
      const form = flow('form', { trigger: '/form', onTrigger: 'continue', prompts })
        .ask('size', { prompt: 'Size?', choices: ['S', 'L'] })
        .done(() => 'Done.');
      const { anna, bot, unsent, world } = play(framework, [form], { strategy: 'globalUser' });
      const there = anna.in(world.group('Friends', [anna], { id: -100 }));
      await anna.sends('/form');
      await there.sends('/form');
      const last = world.calls.at(-1);
      expect(last?.method).toBe(prompts === 'delete' ? 'deleteMessage' : 'editMessageReplyMarkup');
      expect(last?.payload['chat_id']).toBe(anna.id);
      expect([...bot.errors, ...unsent]).toEqual([]);
    },
  );

  it('cleans up no message of another chat behind a question whose chat the client does not name', async () => {
    let from = 0;
    const form = flow('form', { trigger: '/form', onTrigger: 'ask', prompts: 'delete' })
      .ask('agrees', {
        prompt: () => ({ method: 'copyMessage', payload: { from_chat_id: from, message_id: 1 } }),
      })
      .done(() => 'Done.');
    const { anna, bot, world } = play(framework, [form], { strategy: 'globalUser' });
    from = anna.id;
    const group = world.group('Friends', [anna], { id: -100 });
    await anna.sends('These are the rules.');
    await anna.sends('/form');
    await anna.sends('/form');
    await anna.in(group).sends('no');
    const before = world.calls.length;
    await anna.in(group).sends('fine');
    const deleted = world.calls.slice(before).filter(({ method }) => method === 'deleteMessage');
    expect(deleted.map(({ payload }) => payload['chat_id'])).toEqual([-100]);
    expect(bot.errors).toEqual([]);
  });

  it('takes a typed label while somebody else is asked', async () => {
    const review = flow('review', { trigger: '/review', onTrigger: 'ask' })
      .ask('title', { prompt: 'Title?' })
      .ask('verdict', { prompt: 'Publish?', choices: ['Publish', 'Refuse'], to: { chat: editors } })
      .done(() => 'Done.');
    const { anna, bot, world } = play(framework, [review]);
    world.group('Editors', [], { id: editors });
    await anna.sends('/review');
    await anna.sends('News');
    const asked = world.calls.length;
    for (const text of ['/review', 'no', '/review', 'Hello?']) await anna.sends(text);
    // the question to the others stays as it is
    expect(
      world.calls.slice(asked).filter(({ payload }) => payload['chat_id'] === editors),
    ).toEqual([]);
    await anna.sends('Yes');
    anna.sees('Title?');
    expect(bot.errors).toEqual([]);
  });

  it('leaves a label that is typed after an answer, /back or the question to what was asked last', async () => {
    const form = flow('form', { trigger: '/form', onTrigger: 'ask', back: true })
      .ask('name', { prompt: 'Name?' })
      .ask('likes', { prompt: 'Do you like it?', choices: ['Yes', 'No'] })
      .ask('why', { prompt: 'Why?' })
      .done(({ name, likes, why }) => `${name}: ${likes}, ${why}`);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('/form');
    await anna.sends('Anna');
    await anna.sends('Yes');
    anna.sees('Why?');
    await anna.sends('/form');
    await anna.sends('/back');
    await anna.sends('No');
    anna.sees('Why?');
    await anna.sends('/form');
    await anna.taps('No');
    anna.sees('Why?');
    await anna.sends('No');
    anna.sees('Anna: No, No');
    expect(bot.errors).toEqual([]);
  });

  it('starts again with the argument or the deep link that has come, also after another answer', async () => {
    const visit = flow('visit', {
      trigger: '/visit',
      deepLink: 'visit_',
      onTrigger: 'ask',
      data: typed<{ by?: string }>(),
    })
      .ask('name', { prompt: ({ by = 'nobody' }) => `Name? Sent by ${by}.` })
      .ask('age', { prompt: 'Age?' })
      .done(() => {}, { from: (by) => (by === '' ? undefined : { by }) });
    const { anna, bot } = play(framework, [visit]);
    await anna.sends('/start visit_Ben');
    anna.sees('Name? Sent by Ben.');
    await anna.sends('/start visit_Cem');
    await anna.sends('Anna');
    anna.sees('Age?');
    await anna.taps('Yes');
    anna.sees('Name? Sent by Cem.');
    await anna.sends('/visit Dan');
    await anna.taps('Yes');
    anna.sees('Name? Sent by Dan.');
    await anna.sends('/visit');
    await anna.taps('Yes');
    anna.sees('Name? Sent by Dan.');
    expect(bot.errors).toEqual([]);
  });
});
