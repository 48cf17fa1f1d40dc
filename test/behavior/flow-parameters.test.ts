import { flow, scene, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

describe.each(frameworks)('parameters of flows on %s', (_, framework) => {
  const feedback = flow('feedback', {
    data: typed<{ meetup: string; host?: string }>(),
    trigger: '/feedback',
    controls: ['back'],
  })
    .ask('stars', { prompt: ({ meetup }) => `How was ${meetup}?`, choices: ['1', '5'] })
    .ask('why', {
      when: ({ stars, meetup }) => stars === '1' && meetup !== 'Berlin',
      prompt: 'Why?',
      validate: (text, { meetup }) => `${text} in ${meetup}`,
    })
    .confirm({ prompt: ({ meetup, stars }) => `${meetup}: ${stars}`, edit: true })
    .done(
      ({ meetup, stars, why }, { reply }) => reply(`${meetup} ${stars} ${why}`).then(() => {}),
      {
        from: (argument) => (argument === '' ? undefined : { meetup: argument, stars: '9' as '1' }),
        canceled: ({ meetup }) => `No feedback on ${meetup}.`,
      },
    );

  it('are at hand in prompts, conditions, validate, summaries, done and hooks', async () => {
    const anna = userOf(framework, [feedback]);
    await anna.sends('/feedback Lisbon');
    anna.sees('How was Lisbon?');
    await anna.taps('1');
    await anna.sends('Rain');
    anna.sees('Lisbon: 1');
    await anna.taps('Yes');
    anna.sees('Lisbon 1 Rain in Lisbon');
    await anna.sends('/feedback Berlin');
    await anna.taps('1');
    anna.sees('Berlin: 1');
    await anna.taps('Cancel');
    anna.sees('No feedback on Berlin.');
  });

  it('stay when the user goes back, and when the trigger starts the flow again without an argument', async () => {
    const anna = userOf(framework, [feedback]);
    await anna.sends('/feedback Lisbon');
    await anna.taps('5');
    await anna.sends('/back');
    anna.sees('How was Lisbon?');
    await anna.taps('5');
    await anna.sends('/feedback');
    anna.sees('How was Lisbon?');
    await anna.sends('/feedback Porto');
    anna.sees('How was Porto?');
  });

  it('a trigger from which `from` makes nothing is left to the bot', async () => {
    const { bot, fsm, command } = framework.bot();
    fsm({ states: [feedback] });
    command('feedback', ({ say }) => say('Which meetup?'));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/feedback');
    anna.sees('Which meetup?');
  });

  it('a called flow takes them, and its result holds them', async () => {
    const desk = scene('desk').on({
      enter: () => 'Desk',
      handle: ({ call }) => call(feedback, { meetup: 'Porto' }),
      resume: async ({ resultOf, reply, stay }) => {
        const result = resultOf(feedback);
        await reply(`${result?.meetup} got ${result?.stars}`);
        return stay();
      },
    });
    const { bot, fsm, command } = framework.bot();
    fsm({ states: [feedback, desk] });
    command('desk', ({ fsm: state }) => state.enter(desk));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/desk');
    await anna.sends('go');
    await anna.taps('5');
    await anna.taps('Yes');
    anna.sees('Porto got 5');
  });

  it('are checked and converted by a schema, and a missing one is a named error', async () => {
    const rate = flow('rate', {
      data: z.object({ id: z.coerce.number(), unit: z.enum(['kg', 'lb']).default('kg') }),
    })
      .ask('weight', { prompt: ({ id, unit }) => `${typeof id} ${id} in ${unit}?` })
      .done(({ id, weight, unit }) => `${id}: ${weight} ${unit}`);
    const { bot, fsm, command, errors, noteErrors } = framework.bot();
    fsm({ states: [rate] });
    command('rate', ({ fsm: state }) => state.enter(rate, { id: '7' }));
    command('bad', ({ fsm: state }) => state.enter(rate, {} as never));
    noteErrors();
    const anna = telegram(bot).user('Anna');
    await anna.sends('/rate');
    anna.sees('number 7 in kg?');
    await anna.sends('80');
    anna.sees('7: 80 kg');
    await anna.sends('/bad');
    expect(errors).toMatchObject([
      {
        code: 'DATA_INVALID',
        details: { state: 'rate', issues: [expect.stringContaining('id: ')] },
      },
    ]);
  });

  it('an included flow gets its own from the answers before it', async () => {
    const order = flow('order', { trigger: '/order' })
      .ask('city', { prompt: 'City?' })
      .include('opinion', feedback, ({ city }) => ({ meetup: city }))
      .done(({ city, opinion }) => `${city} ${opinion.meetup} ${opinion.stars}`);
    const anna = userOf(framework, [order]);
    await anna.sends('/order');
    await anna.sends('Faro');
    anna.sees('How was Faro?');
    await anna.taps('5');
    await anna.taps('Yes');
    anna.sees('Faro Faro 5');
  });
});
