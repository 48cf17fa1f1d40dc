/** Answers that come with the trigger of a flow, and what `done` asks again. */

import { flow, redo } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

describe.each(frameworks)('answers from the trigger, on %s', (_, framework) => {
  /** @param given - what `from` makes of the trigger */
  function started(given: object) {
    const form = flow('form', { trigger: '/form', back: true })
      .repeat('guests', {
        each: (guest) =>
          guest.ask('who', { prompt: 'Who?' }).ask('age', { prompt: 'Age?', accept: 'number' }),
        again: 'More?',
      })
      .ask('town', { prompt: 'Town?' })
      .done((answers) => JSON.stringify(answers), { from: () => given });
    const played = play(framework, [form]);
    const texts = () => played.anna.screen().map(({ text }) => text);
    return { ...played, texts };
  }

  it.each([
    ['one round', [{ who: 'Ann', age: 1 }]],
    [
      'several rounds',
      [
        { who: 'Ann', age: 1 },
        { who: 'Ben', age: 2 },
        { who: 'Cy', age: 3 },
      ],
    ],
  ])('fill %s', async (_name, guests) => {
    const { anna, bot, texts } = started({ guests });
    await anna.sends('/form now');
    expect(texts()).toEqual(['Town?']);
    await anna.sends('Rome');
    anna.sees(JSON.stringify({ guests, town: 'Rome' }));
    expect(bot.errors).toEqual([]);
  });

  it('leave what is missing or invalid to the user', async () => {
    const { anna, texts } = started({ guests: [{ who: 'Ann' }, { who: 'Ben', age: 'two' }] });
    await anna.sends('/form now');
    await anna.sends('1');
    await anna.sends('2');
    expect(texts()).toEqual(['Age?', 'Age?', 'Town?']);
    await anna.sends('Rome');
    anna.sees('{"guests":[{"who":"Ann","age":1},{"who":"Ben","age":2}],"town":"Rome"}');
  });

  it('count once: after /back the user decides again', async () => {
    const { anna, texts } = started({ guests: [{ who: 'Ann', age: 1 }] });
    await anna.sends('/form now');
    await anna.sends('/back');
    expect(texts()).toEqual(['Town?', 'More?']);
    await anna.taps('Yes');
    await anna.sends('Ben');
    await anna.sends('2');
    await anna.taps('No');
    await anna.sends('Rome');
    anna.sees('{"guests":[{"who":"Ann","age":1},{"who":"Ben","age":2}],"town":"Rome"}');
  });
});

describe.each(frameworks)('/back over answers of the trigger, on %s', (_, framework) => {
  it('leads through rounds up to the most, and through one that is not whole', async () => {
    const form = flow('form', { trigger: '/form', back: true })
      .repeat('guests', {
        each: (guest) => guest.ask('who', { prompt: 'Who?' }),
        again: 'More?',
        max: 2,
      })
      .ask('town', { prompt: 'Town?' })
      .done(() => 'Done.', { from: () => ({ guests: [{ who: 'Ann' }, { who: 'Ben' }] }) });
    const { anna } = play(framework, [form]);
    await anna.sends('/form now');
    for (const text of ['/back', '/back', '/back']) await anna.sends(text);
    expect(anna.screen().map(({ text }) => text)).toEqual(['Town?', 'Who?', 'More?', 'Who?']);
  });

  it('keeps those that have not been reached', async () => {
    const form = flow('form', { trigger: '/form', back: true })
      .ask('name', { prompt: 'Name?' })
      .ask('size', {
        prompt: 'Size?',
        validate: (text) => (text === 'other' ? redo('name') : text),
      })
      .ask('ref', { prompt: 'Ref?' })
      .done(({ name, size, ref }) => `${name}, ${size}, ${ref}`, {
        from: (argument) => ({ ref: argument }),
      });
    const { anna } = play(framework, [form]);
    for (const text of ['/form r123', 'Ana', '/back', 'Anne', 'other', 'Anna', 'L'])
      await anna.sends(text);
    anna.sees('Anna, L, r123');
  });
});

describe.each(frameworks)('what is asked again, on %s', (_, framework) => {
  it('is a made question before the pending one, too', async () => {
    const form = flow('form', { trigger: '/form' })
      .questions('made', () => [
        { name: 'a', prompt: 'A?' },
        {
          name: 'b',
          prompt: 'B?',
          validate: (text) => (text === 'other' ? redo('a') : String(text)),
        },
      ])
      .done(({ made }) => JSON.stringify(made));
    const { anna, bot } = play(framework, [form]);
    for (const text of ['/form', '1', 'other', '2', 'fine']) await anna.sends(text);
    anna.sees('{"a":"2","b":"fine"}');
    expect(bot.errors).toEqual([]);
  });

  it.each([
    ['a step that does not apply', 'hidden', /infinite loop: form/],
    ['a step that is not there', 'nowhere', /Flow "form" has no step "nowhere"/],
  ])('is not %s', async (_name, step, message) => {
    const form = flow('form', { trigger: '/form' })
      .ask('hidden', { prompt: 'Hidden?', when: () => false })
      .ask('name', { prompt: 'Name?' })
      .done(() => redo(step as 'name'));
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('Ann');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors.map(String)).toEqual([expect.stringMatching(message)]);
  });
});

describe.each(frameworks)('a prompt, on %s', (_, framework) => {
  const invoice = (prices: unknown) => ({
    method: 'sendInvoice',
    payload: { title: 'T', description: 'D', currency: 'XTR', payload: 'p', prices },
  });
  it.each([
    ['prices that are no JSON', invoice('1 €'), 'payment', 'prices of the invoice'],
    ['prices without a list', invoice('{"amount":1}'), 'payment', 'prices of the invoice'],
    ['no invoice for a payment', 'Pay!', 'payment', 'form:it prompt'],
    ['nothing', () => undefined, 'text', 'form:it prompt'],
    ['an empty text', () => '', 'text', 'form:it prompt'],
  ])('with %s is an error that says so', async (_name, prompt, accept, option) => {
    const form = flow('form', { trigger: '/form' })
      .ask('it', { prompt: prompt as string, accept: accept as 'text' })
      .done(() => 'Done.');
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors.map(String)).toEqual([expect.stringContaining(option)]);
  });

  it('whose text is null is rejected by Telegram, and the user reads so', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('it', { prompt: () => ({ text: null as never }) })
      .done(() => 'Done.');
    const { anna, bot, unsent } = play(framework, [form]);
    await anna.sends('/form');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors).toEqual([]);
    expect(unsent.map(String).join()).toContain('message text is empty');
  });

  it('in JSON has prices as Telegram takes them', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('it', { prompt: invoice('[{"label":"Tea","amount":5}]'), accept: 'payment' })
      .done(({ it: paid }) => `${paid.total_amount} paid.`);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.pays();
    anna.sees('5 paid.');
    expect(bot.errors).toEqual([]);
  });
});
