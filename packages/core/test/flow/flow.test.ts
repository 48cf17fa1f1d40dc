import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flow, invalid, isFsmError, redo } from '../../src/index.ts';
import { chat } from './chat.ts';

const order = flow('order', {
  trigger: '/order',
  description: 'Place a new order',
  timeout: '10m',
})
  .ask('product', {
    prompt: 'What would you like to order?',
    choices: { phone: '📱 Phone', laptop: '💻 Laptop' },
    buttons: 'reply',
  })
  .ask('quantity', {
    prompt: (a) => `How many ${a.product}s?`,
    schema: z.coerce.number('A number, please.').int().min(1, 'A number, please.').max(10),
    back: true,
  })
  .ask('address', {
    prompt: 'Where?',
    validate: (text) => (text.length < 5 ? invalid('Too short.') : text),
    back: true,
  })
  .ask('giftWrap', {
    prompt: 'Gift wrap?',
    when: (a) => a.quantity === 1,
    schema: z.string().transform((text) => text === 'yes'),
  })
  .ask('confirm', {
    prompt: (a) => `${a.quantity} × ${a.product} to ${a.address}, wrap: ${a.giftWrap ?? 'none'}`,
    choices: { yes: '✅ Confirm', no: '❌ Cancel' },
  })
  .done((a) => (a.confirm === 'yes' ? 'Order placed.' : 'Order dropped.'), {
    timedOut: () => 'Expired.',
    canceled: (a, turn) => `Canceled at ${turn.step} with ${a.quantity ?? 0}.`,
  });

const two = flow('two', { trigger: '/two' })
  .ask('a', { prompt: 'A?' })
  .ask('b', { prompt: (answers) => `B after ${answers.a}?` })
  .done(({ a, b }) => `${a}${b}`);

describe('a flow', () => {
  it('asks in order, with the earlier answers, and deletes the record when it is done', async () => {
    const { user, newTexts, state, data } = chat([order]);
    const ann = user(1);
    await ann.sends('/order');
    expect(newTexts()).toEqual(['What would you like to order?']);
    expect(await state(1)).toBe('order:product');
    await ann.sends('📱 Phone');
    expect(newTexts()).toEqual(['How many phones?']);
    await ann.sends('2');
    await ann.sends('Main Street 1');
    expect(newTexts()).toEqual(['Where?', '2 × phone to Main Street 1, wrap: none']);
    expect(await data(1)).toEqual({ product: 'phone', quantity: 2, address: 'Main Street 1' });
    await ann.taps('✅ Confirm');
    expect(newTexts()).toEqual(['Order placed.']);
    expect(await state(1)).toBe(null);
    expect(await data(1)).toBe(undefined);
  });

  it('asks a conditional question only where its condition holds', async () => {
    const { user, newTexts } = chat([order]);
    const ann = user(1);
    for (const text of ['/order', '💻 Laptop', '1', 'Main Street 1', 'yes']) await ann.sends(text);
    expect(newTexts().slice(-2)).toEqual(['Gift wrap?', '1 × laptop to Main Street 1, wrap: true']);
  });

  it('explains an invalid answer, stays, and accepts the next one', async () => {
    const { user, newTexts, state } = chat([order]);
    const ann = user(1);
    for (const text of ['/order', '📱 Phone', 'many', '0', '3', 'x']) await ann.sends(text);
    expect(newTexts().slice(2)).toEqual([
      'A number, please.',
      'A number, please.',
      'Where?',
      'Too short.',
    ]);
    expect(await state(1)).toBe('order:address');
  });

  it('does not grow by invalid answers', async () => {
    const { user, machine } = chat([order]);
    const ann = user(1);
    for (const text of ['/order', '📱 Phone', 'x', 'x', 'x']) await ann.sends(text);
    const size = async () => {
      for await (const { stored } of machine.storage.list?.({}) ?? []) return stored.text.length;
      return undefined;
    };
    // the ids of recent updates have a bound of their own
    for (let i = 0; i < 300; i++) await ann.sends('x');
    const before = await size();
    for (let i = 0; i < 200; i++) await ann.sends('x');
    expect(await size()).toBe(before);
  });

  it('keeps two users of one group apart', async () => {
    const { user, newTexts } = chat([two]);
    const [ann, bob] = [user(1, -100), user(2, -100)];
    await ann.sends('/two');
    await bob.sends('/two');
    await ann.sends('x');
    await bob.sends('y');
    await bob.sends('z');
    await ann.sends('w');
    expect(newTexts()).toEqual(['A?', 'A?', 'B after x?', 'B after y?', 'yz', 'xw']);
  });

  it('passes later input to the bot once it is done', async () => {
    const { user, passed } = chat([two]);
    const ann = user(1);
    for (const text of ['/two', '1', '2', 'hello']) await ann.sends(text);
    expect(passed.length).toBe(1);
  });

  it('starts with the answers that it is given', async () => {
    const { user, newTexts, machine } = chat([order]);
    await machine.at({ user: 1 }).run((turn) => {
      turn.state.enter(order, { product: 'phone', quantity: 1 });
    });
    expect(newTexts()).toEqual(['Where?']);
    await user(1).sends('Main Street 1');
    expect(newTexts()).toEqual(['Gift wrap?']);
  });

  it('is done at once where nothing is to be asked', async () => {
    const none = flow('none', { trigger: '/none' })
      .ask('a', { prompt: 'A?', when: () => false })
      .done((answers) => `Nothing: ${JSON.stringify(answers)}`);
    const { user, newTexts, state } = chat([none]);
    await user(1).sends('/none');
    expect(newTexts()).toEqual(['Nothing: {}']);
    expect(await state(1)).toBe(null);
  });

  it('may be answered from outside, at the pending step only', async () => {
    const { user, newTexts, machine } = chat([order]);
    await user(1).sends('/order');
    const at = machine.at({ user: 1 });
    expect(await at.answer(order.steps.quantity, 3)).toBe(false);
    expect(await at.answer(order.steps.product, 'laptop')).toBe(true);
    expect(newTexts()).toEqual(['What would you like to order?', 'How many laptops?']);
  });
});

describe('back', () => {
  it('deletes the answer before, and asks it again', async () => {
    const { user, newTexts, data } = chat([order]);
    const ann = user(1);
    for (const text of ['/order', '📱 Phone', '3']) await ann.sends(text);
    newTexts();
    await ann.sends('/back');
    expect(newTexts()).toEqual(['How many phones?']);
    expect(await data(1)).toEqual({ product: 'phone' });
  });

  it('leaves out questions that do not apply any more, and their answers', async () => {
    const wrap = flow('wrap', { trigger: '/wrap', back: true })
      .ask('count', { prompt: 'Count?', validate: Number })
      .ask('gift', { prompt: 'Gift?', when: (a) => a.count === 1 })
      .ask('end', { prompt: (a) => `End, gift ${a.gift}?` })
      .done((a) => JSON.stringify(a));
    const { user, newTexts } = chat([wrap]);
    const ann = user(1);
    for (const text of ['/wrap', '1', 'red', '/back', '/back', '2']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'Count?',
      'Gift?',
      'End, gift red?',
      'Gift?',
      'Count?',
      'End, gift undefined?',
    ]);
    await ann.sends('/back');
    expect(newTexts()).toEqual(['Count?']);
  });

  it('does not show a stale answer to later questions', async () => {
    const wrap = flow('wrap', { trigger: '/wrap', back: true })
      .ask('count', { prompt: 'Count?', validate: Number })
      .ask('gift', { prompt: 'Gift?', when: (a) => a.count === 1 })
      .ask('end', {
        prompt: (a) => `End, gift ${a.gift}?`,
        validate: (t) => (t === 'redo' ? redo('count') : t),
      })
      .done((a) => JSON.stringify(a));
    const { user, newTexts } = chat([wrap]);
    const ann = user(1);
    for (const text of ['/wrap', '1', 'red', 'redo', '2', 'ok']) await ann.sends(text);
    expect(newTexts().slice(3)).toEqual([
      'Count?',
      'End, gift undefined?',
      '{"count":2,"end":"ok"}',
    ]);
  });

  it('is explained at the first question, and where it is not allowed', async () => {
    const partly = flow('partly', { trigger: '/partly' })
      .ask('a', { prompt: 'A?', back: true })
      .ask('b', { prompt: 'B?' })
      .done(() => {});
    const { user, newTexts } = chat([partly]);
    const ann = user(1);
    for (const text of ['/partly', '/back', '1', '/back']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'A?',
      'This is already the first question.',
      'B?',
      'You cannot go back here.',
    ]);
  });

  it('is a command of the bot where no question allows it', async () => {
    const { user, passed } = chat([two]);
    const ann = user(1);
    await ann.sends('/two');
    await ann.sends('/back');
    expect(passed.length).toBe(1);
  });
});

describe('skip', () => {
  const opinion = flow('opinion', { trigger: '/opinion', back: true })
    .ask('stars', { prompt: 'Stars?' })
    .ask('comment', { prompt: 'Comment?', optional: true })
    .ask('name', { prompt: (a) => `Name, comment ${a.comment}?` })
    .done((a) => JSON.stringify(a));

  it('leaves an optional question out, by command or button', async () => {
    const { user, newTexts } = chat([opinion]);
    const ann = user(1);
    for (const text of ['/opinion', '5', '/skip']) await ann.sends(text);
    expect(newTexts()).toEqual(['Stars?', 'Comment?', 'Name, comment undefined?']);
    await ann.sends('/back');
    await ann.taps('Skip');
    expect(newTexts()).toEqual(['Comment?', 'Name, comment undefined?']);
    await ann.sends('Ann');
    expect(newTexts()).toEqual(['{"stars":"5","name":"Ann"}']);
  });

  it('is rejected where the question has to be answered', async () => {
    const { user, newTexts } = chat([opinion]);
    const ann = user(1);
    await ann.sends('/opinion');
    await ann.sends('/skip');
    expect(newTexts()).toEqual(['Stars?', 'This question cannot be skipped.']);
  });
});

describe('the endings of a flow', () => {
  it('gets the answers until then and the step after a cancel', async () => {
    const { user, newTexts, state } = chat([order]);
    const ann = user(1);
    for (const text of ['/order', '📱 Phone', '3', '/cancel']) await ann.sends(text);
    expect(newTexts().at(-1)).toBe('Canceled at address with 3.');
    expect(await state(1)).toBe(null);
  });

  it('send the default text without a hook, and nothing if a hook returns nothing', async () => {
    const silent = flow('silent', { trigger: '/silent' })
      .ask('a', { prompt: 'A?' })
      .done(() => {}, { canceled: () => {} });
    const { user, newTexts } = chat([silent, two]);
    const ann = user(1);
    for (const text of ['/silent', '/cancel', '/two', '/cancel']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'A?', 'Canceled.']);
  });

  it('accepts /cancel for this bot only', async () => {
    const { user, newTexts, state } = chat([two]);
    const ann = user(1);
    for (const text of ['/two', '/cancel@other_bot']) await ann.sends(text);
    expect(await state(1)).toBe('two:a');
    await ann.sends('/cancel@The_Bot');
    expect(newTexts().at(-1)).toBe('Canceled.');
  });

  it('runs out of time, which progress and back renew and invalid answers do not', async () => {
    const { user, newTexts, state, passes } = chat([order]);
    const ann = user(1);
    const minutes = (n: number) => passes(n * 60_000);
    await ann.sends('/order');
    await minutes(9);
    await ann.sends('📱 Phone');
    await minutes(9);
    await ann.sends('/back');
    await minutes(9);
    await ann.sends('📱 Phone');
    await minutes(9);
    await ann.sends('none');
    expect(await state(1)).toBe('order:quantity');
    await minutes(2);
    expect(newTexts().at(-1)).toBe('Expired.');
    expect(await state(1)).toBe(null);
  });

  it('is notified of every ending by `left`', async () => {
    const reasons: string[] = [];
    const make = (id: string) =>
      flow(id, { trigger: `/${id}`, timeout: '1m' })
        .ask('a', { prompt: 'A?' })
        .done(
          (answers, turn) => {
            if (answers.a === 'go') turn.state.enter(two);
          },
          { left: (reason, answers) => void reasons.push(`${id} ${reason} ${answers.a ?? '-'}`) },
        );
    const { user, passes, newTexts } = chat([make('x'), make('y'), two]);
    const ann = user(1);
    for (const text of ['/x', 'hi', '/x', '/cancel', '/x', '/y', '/y', 'go']) await ann.sends(text);
    expect(newTexts().slice(-1)).toEqual(['A?']);
    await ann.sends('/x');
    await passes(60_000);
    expect(reasons).toEqual([
      'x done hi',
      'x canceled -',
      'x replaced -',
      'y replaced -',
      'y done go',
      'x timeout -',
    ]);
  });

  it('goes back from done to a step, and keeps the later answers', async () => {
    const again = flow('again', { trigger: '/again' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => (a === 'wrong' ? redo('a') : `${a}${b}`));
    const { user, newTexts } = chat([again]);
    const ann = user(1);
    for (const text of ['/again', 'wrong', '2', '1']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'B?', 'A?', '12']);
  });

  it('ends after too many invalid answers', async () => {
    const pin = flow('pin', { trigger: '/pin', attempts: 3 })
      .ask('code', { prompt: 'Code?', validate: (t) => (t === '42' ? t : invalid('Wrong.')) })
      .done(() => 'In.');
    const { user, newTexts, state } = chat([pin]);
    const ann = user(1);
    for (const text of ['/pin', '1', '2', '3']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'Code?',
      'Wrong.',
      'Wrong.',
      'Too many attempts. Please start again.',
    ]);
    expect(await state(1)).toBe(null);
  });
});

describe('a step with a time of its own', () => {
  it('gives an answer when it has passed, and asks the next', async () => {
    const quiz = flow('quiz', { trigger: '/quiz' })
      .ask('one', { prompt: '1 + 1?', timeout: '10s', onTimeout: () => ({ answer: 'late' }) })
      .ask('two', { prompt: (a) => `${a.one}. 2 + 2?`, timeout: '10s' })
      .done((a) => JSON.stringify(a));
    const { user, newTexts, passes, state } = chat([quiz]);
    const ann = user(1);
    await ann.sends('/quiz');
    await passes(5000);
    await ann.sendsMessage({ sticker: { file_id: 's', file_unique_id: 's' } });
    await passes(5000);
    expect(newTexts()).toEqual(['1 + 1?', 'Please answer the question above.', 'late. 2 + 2?']);
    await passes(10_000);
    expect(newTexts()).toEqual(['Time is up. Please start again.']);
    expect(await state(1)).toBe(null);
  });
});

describe('an invalid answer', () => {
  const pick = (options: object) =>
    flow('pick', { trigger: '/pick', ...options })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .ask('b', { prompt: 'B?' })
      .done(() => 'done');
  const photo = { photo: [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }] };

  it('is hinted at, passed on or ignored', async () => {
    for (const [otherInput, hints, handled] of [
      ['hint', 2, 0],
      ['pass', 0, 2],
      ['ignore', 0, 0],
    ] as const) {
      const { user, newTexts, passed, state } = chat([pick({ otherInput })]);
      const ann = user(1);
      await ann.sends('/pick');
      newTexts();
      await ann.sends('text');
      await ann.sendsMessage(photo);
      expect([otherInput, newTexts().length, passed.length]).toEqual([otherInput, hints, handled]);
      expect(await state(1)).toBe('pick:a');
    }
  });

  it('is answered as a toast where it is a button at a step for text', async () => {
    const { user, newTexts, answers } = chat([pick({})]);
    const ann = user(1);
    await ann.sends('/pick');
    await ann.taps('x');
    newTexts();
    await ann.presses('somewhere-else');
    expect(newTexts()).toEqual([]);
    expect(answers().at(-1)).toBe('Please answer the question above.');
  });

  it("is explained in the step's own words", async () => {
    const age = flow('age', { trigger: '/age' })
      .ask('age', { prompt: '?', schema: z.coerce.number().int(), otherwise: 'Eine Zahl, bitte.' })
      .done(() => {});
    const { user, newTexts } = chat([age]);
    const ann = user(1);
    await ann.sends('/age');
    await ann.sends('alt');
    await ann.sendsMessage(photo);
    expect(newTexts()).toEqual(['?', 'Eine Zahl, bitte.', 'Eine Zahl, bitte.']);
  });

  it('passes on events that nobody sent as an answer', async () => {
    const { user, passed, newTexts } = chat([pick({})]);
    const ann = user(1);
    await ann.sends('/pick');
    newTexts();
    await ann.gives({
      my_chat_member: { chat: { id: 1, type: 'private' }, from: { id: 1 }, date: 1 },
    });
    await ann.gives({ poll_answer: { poll_id: 'p', user: { id: 1 }, option_ids: [0] } });
    expect([passed.length, newTexts()]).toEqual([2, []]);
  });
});

describe('commands while a flow runs', () => {
  const make = (options: object) =>
    flow('f', { trigger: '/f', ...options })
      .ask('a', { prompt: 'A?' })
      .done(({ a }) => `Got ${a}`);

  it('pass by default, and are never answers', async () => {
    const { user, newTexts, passed } = chat([make({})]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.sends('/help');
    expect([newTexts(), passed.length]).toEqual([['A?'], 1]);
  });

  it('may pass and be followed by the question, be answers, or be blocked', async () => {
    for (const [otherCommands, received, handled] of [
      ['passAndAsk', ['A?'], 1],
      ['answer', ['Got /help me'], 0],
      ['block', ['Please finish this first.'], 0],
    ] as const) {
      const { user, newTexts, passed } = chat([make({ otherCommands })]);
      const ann = user(1);
      await ann.sends('/f');
      newTexts();
      await ann.sends('/help me');
      expect([otherCommands, newTexts(), passed.length]).toEqual([
        otherCommands,
        received,
        handled,
      ]);
    }
  });

  it('are answers where the question names them', async () => {
    const named = flow('n', { trigger: '/n' })
      .ask('a', { prompt: 'A?', accept: ['command', 'text'] })
      .done(({ a }) => JSON.stringify(a));
    const { user, newTexts } = chat([named]);
    const ann = user(1);
    await ann.sends('/n');
    await ann.sends('/go now');
    expect(newTexts().at(-1)).toBe('{"kind":"command","value":{"command":"go","argument":"now"}}');
  });

  it('start the flow anew, continue, reject or ask by its own trigger', async () => {
    for (const [onTrigger, heard, left] of [
      ['restart', ['A?'], undefined],
      ['continue', ['B?'], { a: '1' }],
      ['reject', ['Please finish this first.'], { a: '1' }],
    ] as const) {
      const f = flow('f', { trigger: '/f', onTrigger })
        .ask('a', { prompt: 'A?' })
        .ask('b', { prompt: 'B?' })
        .done(() => {});
      const { user, newTexts, data } = chat([f]);
      const ann = user(1);
      for (const text of ['/f', '1']) await ann.sends(text);
      newTexts();
      await ann.sends('/f');
      expect([onTrigger, newTexts()]).toEqual([onTrigger, heard]);
      expect(await data(1)).toEqual(left ?? {});
    }
  });

  it('asks whether to start again', async () => {
    const f = flow('f', { trigger: '/f', onTrigger: 'ask' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(() => {});
    const { user, newTexts, data } = chat([f]);
    const ann = user(1);
    for (const text of ['/f', '1', '/f']) await ann.sends(text);
    await ann.taps('No');
    expect(newTexts()).toEqual(['A?', 'B?', 'Start again?', 'B?']);
    await ann.sends('/f');
    await ann.taps('Yes');
    expect(newTexts()).toEqual(['Start again?', 'A?']);
    expect(await data(1)).toEqual({});
  });

  it('may be renamed or switched off', async () => {
    const f = flow('f', { trigger: '/f', commands: { cancel: '/stop', back: false }, back: true })
      .ask('a', { prompt: 'A?' })
      .done(() => {});
    const { user, passed, state } = chat([f], { commands: { cancel: 'quit' } });
    const ann = user(1);
    for (const text of ['/f', '/cancel', '/quit', '/back']) await ann.sends(text);
    expect([passed.length, await state(1)]).toEqual([3, 'f:a']);
    await ann.sends('/stop');
    expect(await state(1)).toBe(null);
  });
});

describe('answers of a trigger', () => {
  const shop = flow('shop', { trigger: '/buy', deepLink: 'buy_' })
    .ask('product', { prompt: 'What?', choices: { tea: 'Tea', cup: 'Cup' } })
    .ask('count', { prompt: 'How many?', schema: z.coerce.number().int().min(1) })
    .ask('note', { prompt: (a) => `Note for ${a.count} × ${a.product}?` })
    .done(() => {}, {
      from: (argument) => {
        const [product, count] = argument.split(/[ _]/);
        return { product: product as 'tea', count: Number(count) };
      },
    });

  it('are checked as if the user had sent them', async () => {
    const { user, newTexts } = chat([shop]);
    await user(1).sends('/buy tea 3');
    await user(2).sends('/start buy_cup_2');
    expect(newTexts()).toEqual(['Note for 3 × tea?', 'Note for 2 × cup?']);
  });

  it('come to the flow of the deep link, also beside a flow that /start starts', async () => {
    const hello = flow('hello', { trigger: '/start' })
      .ask('name', { prompt: 'Name?' })
      .done(() => {});
    const { user, newTexts } = chat([hello, shop]);
    await user(1).sends('/start buy_cup_2');
    await user(2).sends('/start');
    await user(3).sends('/start elsewhere');
    expect(newTexts()).toEqual(['Note for 2 × cup?', 'Name?', 'Name?']);
  });

  it('are asked where they would have been rejected', async () => {
    const { user, newTexts } = chat([shop]);
    const [ann, bob] = [user(1), user(2)];
    await ann.sends('/buy cap 3');
    expect(newTexts()).toEqual(['What?']);
    await ann.taps('Tea');
    expect(newTexts()).toEqual(['Note for 3 × tea?']);
    await bob.sends('/buy tea 0');
    expect(newTexts()).toEqual(['How many?']);
  });

  it('come with the trigger that starts the flow again too', async () => {
    const { user, newTexts } = chat([shop]);
    const ann = user(1);
    await ann.sends('/buy');
    await ann.sends('/buy cup 7');
    expect(newTexts()).toEqual(['What?', 'Note for 7 × cup?']);
  });
});

describe('code that throws', () => {
  const broken = (part: 'prompt' | 'when' | 'validate' | 'done' | 'choices') => {
    const fail = (): never => {
      throw new Error(part);
    };
    return flow('broken', { trigger: '/broken' })
      .ask('a', { prompt: 'A?', ...(part === 'validate' && { validate: fail }) })
      .ask('b', {
        prompt: part === 'prompt' ? fail : 'B?',
        ...(part === 'when' && { when: fail }),
        ...(part === 'choices' && { choices: fail }),
      })
      .done(part === 'done' ? fail : () => {});
  };

  it('reaches the caller and the user, keeps the step, and lets the user cancel', async () => {
    for (const part of ['prompt', 'when', 'validate', 'choices'] as const) {
      const { user, newTexts, state } = chat([broken(part)]);
      const ann = user(1);
      await ann.sends('/broken');
      await expect(ann.sends('x')).rejects.toThrow(part);
      expect(newTexts()).toEqual(['A?', 'Something went wrong. Please try again.']);
      expect([part, await state(1)]).toEqual([part, 'broken:a']);
      await ann.sends('/cancel');
      expect([newTexts(), await state(1)]).toEqual([['Canceled.'], null]);
    }
  });

  it('in done keeps the last question open', async () => {
    const { user, state } = chat([broken('done')]);
    const ann = user(1);
    await ann.sends('/broken');
    await ann.sends('1');
    await expect(ann.sends('2')).rejects.toThrow('done');
    expect(await state(1)).toBe('broken:b');
  });
});

describe('a lost prompt', () => {
  it('is sent again before the next text can answer it', async () => {
    const { user, newTexts, fails, data } = chat([two]);
    const ann = user(1);
    await ann.sends('/two');
    fails.on = ({ method }) => (method === 'sendMessage' ? new Error('502') : undefined);
    await expect(ann.sends('1')).rejects.toThrow('502');
    delete fails.on;
    expect(await data(1)).toEqual({ a: '1' });
    newTexts();
    await ann.sends('not an answer');
    expect(newTexts()).toEqual(['B after 1?']);
    await ann.sends('2');
    expect(newTexts()).toEqual(['12']);
  });
});

describe('definitions that cannot work', () => {
  const codeOf = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      return isFsmError(error) ? error.code : error;
    }
    return 'none';
  };

  it('are rejected with a code', () => {
    const a = (name: string) => flow('f').ask(name as 'a', { prompt: '?' });
    expect(codeOf(() => a('a').ask('a' as 'b', { prompt: '?' }))).toBe('STEP_DUPLICATE');
    expect(codeOf(() => flow('f').done(() => {}))).toBe('FLOW_EMPTY');
    for (const name of ['', 'a.b', 'a:b', '~a', '__proto__']) {
      expect(codeOf(() => a(name))).toBe('INVALID_NAME');
    }
    expect(codeOf(() => flow('a.b' as 'a'))).toBe('INVALID_NAME');
    const inner = flow('f')
      .ask('x', { prompt: '?' })
      .done(() => {});
    expect(codeOf(() => a('a').include('f', inner))).toBe('FLOW_CYCLE');
    const around = flow('g')
      .include('f', inner)
      .done(() => {});
    expect(codeOf(() => a('a').include('g', around))).toBe('FLOW_CYCLE');
    expect(codeOf(() => a('a').branch('b' as 'a', {}))).toBe('STEP_UNKNOWN');
    expect(
      codeOf(() =>
        a('a')
          .confirm({ prompt: '?', edit: ['b' as 'a'] })
          .done(() => {}),
      ),
    ).toBe('STEP_UNKNOWN');
    expect(codeOf(() => flow('f').ask('a', { prompt: '?', choices: [] }))).toBe('INVALID_OPTION');
    expect(codeOf(() => flow('f').ask('a', { prompt: '?', multiple: true }))).toBe(
      'INVALID_OPTION',
    );
    expect(codeOf(() => flow('f').ask('a', { prompt: '?', attempts: 0 }))).toBe('INVALID_OPTION');
    expect(
      codeOf(() =>
        flow('f', { timeout: 'soon' as '1s' })
          .ask('a', { prompt: '?' })
          .done(() => {}),
      ),
    ).toBe('INVALID_OPTION');
    const wrong = [{ deepLink: '' }, { controls: ['Back'] }, { controls: 'back' }];
    for (const options of wrong) {
      const define = () =>
        flow('f', options as object)
          .ask('a', { prompt: '?' })
          .done(() => {});
      expect([options, codeOf(define)]).toEqual([options, 'INVALID_OPTION']);
    }
    expect(codeOf(() => flow('f').repeat('r', { again: '?' } as never))).toBe('INVALID_OPTION');
    const rounds = (min: number, max: number) => () =>
      flow('f').repeat('r', { each: (b) => b.ask('x', { prompt: '?' }), again: '?', min, max });
    expect(codeOf(rounds(3, 2))).toBe('INVALID_OPTION');
    expect(codeOf(() => flow('f').repeat('r', { each: (b) => b, again: '?' }))).toBe('FLOW_EMPTY');
    expect(
      codeOf(() =>
        flow('f').branch(
          () => true,
          (b) =>
            (b.ask('a', { prompt: '?' }) as never as { done(h: unknown): never }).done(() => {}),
        ),
      ),
    ).toBe('INVALID_OPTION');
  });

  it('do not harm the builder that they were made from', () => {
    const base = flow('f').ask('a', { prompt: '?' });
    const one = base.ask('b', { prompt: '?' }).done(() => {});
    const other = base.ask('c', { prompt: '?' }).done(() => {});
    expect([Object.keys(one.steps), Object.keys(other.steps)]).toEqual([
      ['a', 'b'],
      ['a', 'c'],
    ]);
  });
});
