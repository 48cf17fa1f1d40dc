/** A flow that asks before its own trigger starts it again: the question is answered once. */

import { flow, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

type Prompts = 'keep' | 'removeKeyboards' | 'delete' | 'edit';

const formWith = (prompts: Prompts) =>
  flow('form', { trigger: '/form', onTrigger: 'ask', prompts })
    .ask('name', { prompt: 'Name?' })
    .ask('sure', { prompt: 'Sure?', choices: ['Sure', 'Unsure'] })
    .done(({ name, sure }) => `${name}: ${sure}`);

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
    const { anna, dialog, isThere, failed } = await asked(prompts);
    await anna.taps('No', dialog);
    expect(isThere()).toBeUndefined();
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
