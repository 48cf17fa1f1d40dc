import { flow, translatedTexts } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

const order = flow('order', { trigger: '/order', back: true })
  .ask('note', { prompt: 'Note?', optional: true, accept: 'text' })
  .done(() => 'Done.');

describe.each(frameworks)('the translated texts on %s', (_, framework) => {
  it('are read by each user in their own language, also on buttons', async () => {
    const bot = framework.bot();
    bot.fsm({ states: [order], texts: translatedTexts() });
    const world = telegram(bot.bot);
    const users = [
      [
        world.user('Ben', { language_code: 'de' }),
        'Überspringen',
        'Das ist schon die erste Frage.',
      ],
      [world.user('Zoe', { language_code: 'fr' }), 'Passer', 'C’est déjà la première question.'],
      [world.user('Ann', { language_code: 'en' }), 'Skip', 'This is already the first question.'],
    ] as const;
    for (const [user, skip, first] of users) {
      await user.sends('/order');
      user.sees({ text: 'Note?', buttons: [[skip]] });
      await user.sends('/back');
      user.sees(first);
    }
  });

  it('are English unless they are asked for', async () => {
    const bot = framework.bot();
    bot.fsm({ states: [order] });
    const ben = telegram(bot.bot).user('Ben', { language_code: 'de' });
    await ben.sends('/order');
    ben.sees({ text: 'Note?', buttons: [['Skip']] });
    expect(bot.errors).toEqual([]);
  });
});
