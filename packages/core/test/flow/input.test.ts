import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flow, invalid } from '../../src/index.ts';
import { chat } from './chat.ts';

const photo = (id: string, group?: string) => ({
  photo: [{ file_id: id, file_unique_id: id, width: 1, height: 1 }],
  ...(group !== undefined && { media_group_id: group }),
});

describe('the message for what is no answer', () => {
  it('may be made of the answers, for another kind of input and for an invalid one', async () => {
    const f = flow('f', { trigger: '/f' })
      .ask('name', { prompt: 'Name?' })
      .ask('age', {
        prompt: 'Age?',
        schema: z.coerce.number(),
        otherwise: ({ name }) => `A number, ${name}.`,
      })
      .ask('photo', {
        prompt: 'Photo?',
        accept: 'photo',
        otherwise: async ({ name, age }) => `A photo of ${name} at ${age}.`,
      })
      .done(() => 'Done.');
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    for (const text of ['/f', 'Ann', 'old', '30', 'no photo']) await ann.sends(text);
    await ann.sendsMessage(photo('p'));
    expect(newTexts()).toEqual([
      'Name?',
      'Age?',
      'A number, Ann.',
      'Photo?',
      'A photo of Ann at 30.',
      'Done.',
    ]);
  });
});

describe('the accepted input of a step', () => {
  it('is one kind, several with their kind, anything, or the result of a function', async () => {
    const f = flow('f', { trigger: '/f' })
      .ask('where', { prompt: '1', accept: 'location' })
      .ask('proof', { prompt: '2', accept: ['photo', 'document'] })
      .ask('any', { prompt: '3', accept: 'any' })
      .ask('card', {
        prompt: '4',
        accept: async (input) =>
          input.kind === 'text' && input.text.startsWith('#') ? { tag: input.text } : undefined,
      })
      .done((a) => JSON.stringify([a.where.latitude, a.proof.kind, a.any.kind, a.card]));
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.sendsMessage({ location: { latitude: 1.5, longitude: 2 } });
    await ann.sendsMessage(photo('p'));
    await ann.sends('text');
    await ann.sends('no card');
    await ann.sends('#7');
    expect(newTexts()).toEqual([
      '1',
      '2',
      '3',
      '4',
      'Please answer the question above.',
      '[1.5,"photo","text",{"tag":"#7"}]',
    ]);
  });

  it('beside choices is accepted too', async () => {
    const f = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?', choices: ['x'], accept: 'text' })
      .done(({ a }) => `Got ${a}`);
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.sends('other');
    expect(newTexts().at(-1)).toBe('Got other');
  });

  it('goes through the schema and then through validate, which may answer later', async () => {
    const f = flow('f', { trigger: '/f' })
      .ask('n', {
        prompt: 'N?',
        schema: z.coerce.number('A number.'),
        validate: async (n, _, turn) => (n > turn.now() ? invalid('Too late.') : { at: n }),
      })
      .done(({ n }) => JSON.stringify(n));
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    for (const text of ['/f', 'x', '9e99', '5']) await ann.sends(text);
    expect(newTexts()).toEqual(['N?', 'A number.', 'Too late.', '{"at":5}']);
  });
});

describe('an album', () => {
  const report = flow('report', { trigger: '/report' })
    .ask('shots', { prompt: 'Shots?', accept: { album: 'photo' }, otherwise: 'Photos, please.' })
    .ask('text', { prompt: 'Text?' })
    .done((a) => JSON.stringify([a.shots.map((s) => s.file_id), a.text]));

  it('is one answer, a second after its last part', async () => {
    const { user, newTexts, passes, state } = chat([report]);
    const ann = user(1);
    await ann.sends('/report');
    for (const id of ['a', 'b', 'c']) {
      await passes(900);
      await ann.sendsMessage(photo(id, 'g'));
    }
    expect(await state(1)).toBe('report:shots');
    await passes(1000);
    expect(newTexts()).toEqual(['Shots?', 'Text?']);
    await ann.sends('x');
    expect(newTexts()).toEqual(['[["a","b","c"],"x"]']);
  });

  it('ends with the next other input, which is no answer to the next question', async () => {
    const { user, newTexts } = chat([report]);
    const ann = user(1);
    await ann.sends('/report');
    await ann.sendsMessage(photo('a'));
    await ann.sends('that is all');
    expect(newTexts()).toEqual(['Shots?', 'Text?']);
  });

  it('ends by its button, which needs a part first', async () => {
    const { user, newTexts, answers } = chat([report]);
    const ann = user(1);
    await ann.sends('/report');
    await ann.taps('Done');
    expect([newTexts(), answers().at(-1)]).toEqual([['Shots?'], 'Photos, please.']);
    await ann.sendsMessage(photo('a'));
    await ann.taps('Done');
    expect(newTexts()).toEqual(['Text?']);
  });

  it('sent to a step for one photo gives its first, and the rest reaches nobody', async () => {
    const single = flow('single', { trigger: '/single' })
      .ask('best', { prompt: 'Best?', accept: 'photo' })
      .ask('other', { prompt: 'Other?', accept: 'photo' })
      .done((a) => `${a.best.file_id} ${a.other.file_id}`);
    const { user, newTexts, passed } = chat([single]);
    const ann = user(1);
    await ann.sends('/single');
    for (const id of ['a', 'b', 'c']) await ann.sendsMessage(photo(id, 'g'));
    await ann.sendsMessage(photo('d'));
    expect([newTexts(), passed.length]).toEqual([['Best?', 'Other?', 'a d'], 0]);
  });

  it('that is rejected is begun anew', async () => {
    const strict = flow('strict', { trigger: '/strict' })
      .ask('shots', {
        prompt: 'Two?',
        accept: { album: 'photo' },
        validate: (shots) => (shots.length === 2 ? shots.length : invalid('Two, please.')),
      })
      .done((a) => `${a.shots}`);
    const { user, newTexts, passes } = chat([strict]);
    const ann = user(1);
    await ann.sends('/strict');
    await ann.sendsMessage(photo('a', 'g'));
    await passes(1000);
    await ann.sendsMessage(photo('b', 'h'));
    await ann.sendsMessage(photo('c', 'h'));
    await passes(1000);
    expect(newTexts()).toEqual(['Two?', 'Two, please.', '2']);
  });
});

describe('an edited message', () => {
  const make = (editedMessages: 'ignore' | 'update') =>
    flow('f', { trigger: '/f', editedMessages })
      .ask('a', { prompt: 'A?', validate: (t) => (t === 'bad' ? invalid('Bad.') : t) })
      .ask('b', { prompt: 'B?', when: ({ a }) => a !== 'skip' })
      .ask('c', { prompt: (a) => `C after ${a.a}?` })
      .done((a) => JSON.stringify(a));
  const sent = (update: object) =>
    (update as { message: { message_id: number } }).message.message_id;

  it('is not looked at by default', async () => {
    const { user, passed, data } = chat([make('ignore')]);
    const ann = user(1);
    await ann.sends('/f');
    const message = sent(await ann.sends('1'));
    await ann.edits(message, '2');
    expect([passed.length, await data(1)]).toEqual([1, { a: '1' }]);
  });

  it('changes the answer that it gave, checked like any other', async () => {
    const { user, newTexts, data } = chat([make('update')]);
    const ann = user(1);
    await ann.sends('/f');
    const message = sent(await ann.sends('1'));
    await ann.edits(message, 'bad');
    expect([newTexts(), await data(1)]).toEqual([['A?', 'B?', 'Bad.'], { a: '1' }]);
    await ann.edits(message, '2');
    expect([newTexts(), await data(1)]).toEqual([[], { a: '2' }]);
    await ann.edits(message, 'skip');
    expect([newTexts(), await data(1)]).toEqual([['C after skip?'], { a: 'skip' }]);
  });
});

describe('a payment', () => {
  let tries = 0;
  const shop = flow('shop', { trigger: '/buy' })
    .ask('paid', {
      prompt: {
        method: 'sendInvoice',
        payload: {
          title: 'Tea',
          payload: 'tea',
          currency: 'XTR',
          prices: [{ label: 'Tea', amount: 5 }],
        },
      },
      accept: 'payment',
      checkout: ({ invoice_payload, total_amount }) =>
        (invoice_payload === 'tea' && total_amount === 5 && ++tries > 1) || 'Sold out.',
    })
    .done((a) => `Thanks for ${a.paid.total_amount}`);
  const query = (payload: string) => ({
    pre_checkout_query: {
      id: 'c1',
      from: { id: 1, is_bot: false, first_name: 'Ann' },
      currency: 'XTR',
      total_amount: 5,
      invoice_payload: payload,
    },
  });

  it('is asked by an invoice, checked out by the step, and is the answer', async () => {
    const { user, calls, newTexts } = chat([shop]);
    const ann = user(1);
    await ann.sends('/buy');
    expect(calls[0]?.method).toBe('sendInvoice');
    const payload = String(calls[0]?.payload['payload']);
    await ann.gives(query(payload));
    await ann.gives(query(payload));
    expect(calls.slice(1).map(({ payload }) => [payload['ok'], payload['error_message']])).toEqual([
      [false, 'Sold out.'],
      [true, undefined],
    ]);
    await ann.sendsMessage({
      successful_payment: {
        currency: 'XTR',
        total_amount: 5,
        invoice_payload: payload,
        telegram_payment_charge_id: 't',
        provider_payment_charge_id: 'p',
      },
    });
    expect(newTexts().at(-1)).toBe('Thanks for 5');
  });
});

describe('texts and services', () => {
  it('come from the flow, then from the machine, for each user', async () => {
    const f = flow('f', { trigger: '/f', texts: { canceled: 'Flow says bye.' } })
      .ask('a', { prompt: 'A?', choices: ['x'] })
      .done(() => {});
    const { user, newTexts } = chat([f], {
      texts: { canceled: 'Bye.', wrongKind: ({ from }) => `Buttons, ${from?.first_name}.` },
    });
    const ann = user(1);
    for (const text of ['/f', 'no button', '/cancel']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'Buttons, User 1.', 'Flow says bye.']);
  });
});
