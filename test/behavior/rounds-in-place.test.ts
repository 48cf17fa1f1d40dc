/** Flows in one message: questions that cannot be edited, and rounds. */

import { flow } from '@telefsm/core';
import { contact } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './view-play.ts';

describe.each(frameworks)('a flow in one message, on %s', (_, framework) => {
  it('a question that shares a contact goes when the next one is asked', async () => {
    const card = flow('card', { trigger: '/card', prompts: 'edit' })
      .ask('name', { prompt: 'Your name?' })
      .ask('number', { prompt: 'Your number?', accept: 'contact', share: 'Share' })
      .ask('when', { prompt: 'When?', choices: ['now', 'later'] })
      .done(({ name }) => `Thanks, ${name}.`);
    const { bot, anna } = play(framework, [card]);
    await anna.sends('/card');
    await anna.sends('Anna');
    expect(anna.screen().map(({ text }) => text)).toEqual(['Your number?']);
    await anna.sends(contact('+1'));
    expect(anna.screen().map(({ text }) => text)).toEqual(['When?']);
    await anna.taps('now');
    expect(anna.screen().map(({ text }) => text)).toEqual(['When?', 'Thanks, Anna.']);
    expect(bot.errors).toEqual([]);
  });

  it('runs `after` once for each round, and shows no second message', async () => {
    const rounds: unknown[] = [];
    const sets = flow('sets', { trigger: '/sets', prompts: 'edit' })
      .repeat('sets', {
        each: (b) => b.ask('reps', { prompt: 'Reps?' }).ask('kg', { prompt: 'Kilograms?' }),
        after: (round) => void rounds.push(round),
        again: ({ count }) => `${count} so far. Another one?`,
      })
      .done((answers) => `${answers.sets.length} sets.`);
    const { bot, anna } = play(framework, [sets]);
    await anna.sends('/sets');
    await anna.sends('5');
    await anna.sends('40');
    expect(anna.screen().map(({ text }) => text)).toEqual(['1 so far. Another one?']);
    await anna.taps('Yes');
    await anna.sends('6');
    await anna.sends('50');
    expect(rounds).toEqual([{ reps: '5', kg: '40' }]);
    await anna.taps('No');
    expect(rounds).toHaveLength(2);
    expect(anna.screen().map(({ text }) => text)).toEqual(['2 so far. Another one?', '2 sets.']);
    expect(bot.errors).toEqual([]);
  });
});
