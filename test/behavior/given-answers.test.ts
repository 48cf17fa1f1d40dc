/** Answers that come with the trigger of a flow, and what `done` asks again. */

import { flow, redo } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';
import { invoiceForTea } from './tea-shop.ts';

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

/** A question, what code gives as its answer, and the answer; `undefined` for what no user could have sent. */
const given: readonly (readonly [question: object, value: unknown, answer: unknown])[] = [
  [{}, 'Ann', 'Ann'],
  [{}, 7, '7'],
  [{}, '', undefined],
  [{}, { x: 1 }, undefined],
  [{}, ['Ann'], undefined],
  [{ accept: 'number' }, 7, 7],
  [{ accept: 'number' }, '7', 7],
  [{ accept: 'number' }, 'seven', undefined],
  [{ accept: 'email' }, 'a@example.com', 'a@example.com'],
  [{ accept: 'photo' }, 'hello', undefined],
  [{ accept: 'location' }, { latitude: 1, longitude: 2 }, { latitude: 1, longitude: 2 }],
  [{ accept: 'location' }, 'hello', undefined],
  [{ accept: ['text', 'photo'] }, { kind: 'text', value: 'a' }, { kind: 'text', value: 'a' }],
  [{ accept: ['text', 'photo'] }, { kind: 'photo', value: 'a' }, undefined],
  [{ accept: ['text', 'photo'] }, { kind: 'video', value: 1 }, undefined],
  [{ accept: ['text', 'photo'] }, 'hello', undefined],
  [{ accept: 'any' }, { kind: 'text', value: 'a' }, { kind: 'text', value: 'a' }],
  [{ accept: 'any' }, 'hello', undefined],
  [{ accept: { album: 'photo' } }, ['a'], undefined],
  [{ accept: 'own_contact' }, { phone_number: '+1', first_name: 'B', user_id: 2 }, undefined],
  [
    { accept: 'payment', prompt: invoiceForTea },
    { currency: 'EUR', total_amount: 1, invoice_payload: 'x', telegram_payment_charge_id: 'y' },
    undefined,
  ],
  [{ choices: ['a', 'b'] }, 'a', 'a'],
  [{ choices: ['a', 'b'] }, 'z', undefined],
  [{ choices: { 1: 'One' }, accept: 'number' }, 'abc', undefined],
  [{ choices: { 1: 'One' }, accept: 'number' }, 7, 7],
  [{ choices: ['a', 'b'], accept: 'text' }, 'z', 'z'],
  [{ choices: ['a', 'b', 'c'], multiple: true }, ['c', 'a'], ['a', 'c']],
  [{ choices: ['a', 'b'], multiple: true }, ['a', 'a'], ['a']],
  [{ choices: ['a', 'b'], multiple: true }, ['a', 'z'], undefined],
  [{ choices: ['a', 'b'], multiple: true }, 'a', undefined],
];

/** A question that asks for a payment has no other buttons. */
const withButtons = given.filter(
  ([question]) => !('accept' in question && question.accept === 'payment'),
);

describe.each(frameworks)('an answer that code gives, on %s', (_, framework) => {
  it.each(given)(
    'from the trigger: question %j, value %j, answer %j',
    async (question, value, answer) => {
      let done: unknown;
      const form = flow('form', { trigger: '/form' })
        .ask('a', { prompt: 'A?', ...question } as never)
        .ask('b', { prompt: 'B?' })
        .done(
          (answers) => {
            done = (answers as { a?: unknown }).a;
          },
          { from: () => ({ a: value }) } as never,
        );
      const { anna, bot } = play(framework, [form]);
      await anna.sends('/form now');
      const isAsked = anna.screen().at(-1)?.text !== 'B?';
      if (!isAsked) await anna.sends('Rome');
      expect({ isAsked, done }).toEqual({ isAsked: answer === undefined, done: answer });
      expect(bot.errors).toEqual([]);
    },
  );

  it.each(withButtons)(
    'from a button of the question: question %j, value %j, answer %j',
    async (question, value, answer) => {
      let done: unknown;
      const form = flow('form', { trigger: '/form' })
        .ask('a', {
          prompt: 'A?',
          rows: (
            _answers: object,
            turn: { button(...args: unknown[]): never; answer(value: unknown): never },
          ) => [turn.button('take', 'Take it', turn.answer(value))],
          ...question,
        } as never)
        .done((answers) => {
          done = (answers as { a?: unknown }).a;
        });
      const { anna, bot } = play(framework, [form]);
      await anna.sends('/form');
      await anna.taps('Take it');
      expect(done).toEqual(answer);
      expect(bot.errors).toEqual([]);
      expect(anna.screen().some(({ text }) => text === 'A?')).toBe(true);
    },
  );
});
