import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flow } from '../../src/index.ts';
import { buttonData, readButton, valueTokens } from '../../src/scene/rows/buttons.ts';
import { chat } from './chat.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('the data of a button', () => {
  it('fits into 64 bytes, is read back, and stands for its value only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        fc.nat(),
        (value, other, entry) => {
          const shown = { tag: 'zik0zj', entry, question: '1z141z3', action: 'choose' } as const;
          const tokens = valueTokens([value, other], shown);
          const token = tokens.get(value) ?? '';
          const data = buttonData({ ...shown, value: token });
          expect(bytes(data)).toBeLessThanOrEqual(64);
          const head = data.slice(0, data.length - token.length);
          expect(readButton(data)).toEqual({ ...shown, value: token, head });
          if (other !== value) expect(tokens.get(other)).not.toBe(token);
        },
      ),
    );
  });

  it('is distinguished from the data of other buttons', () => {
    for (const data of ['', 'yes', '~', '~a.b', '~a.1.c.', '~a.1.c.Q']) {
      expect(readButton(data)).toBe(undefined);
    }
  });
});

const color = flow('color', { trigger: '/color' })
  .ask('color', { prompt: 'Color?', choices: { r: 'Red', g: 'Green' } })
  .ask('size', { prompt: (a) => `Size of ${a.color}?`, choices: ['S', 'L'] })
  .done((a) => `${a.color} ${a.size}`);

describe('a button of a flow', () => {
  it('is the answer, and is answered', async () => {
    const { user, newTexts, answers } = chat([color]);
    const ann = user(1);
    await ann.sends('/color');
    await ann.taps('Green');
    await ann.taps('L');
    expect(newTexts()).toEqual(['Color?', 'Size of g?', 'g L']);
    expect(answers()).toEqual([undefined, undefined]);
  });

  it('changes nothing if it belongs to another step, an earlier entry, or a finished flow, and is answered', async () => {
    const { user, newTexts, answers, shown, data } = chat([color]);
    const ann = user(1);
    await ann.sends('/color');
    const first = shown[0];
    await ann.taps('Green');
    newTexts();
    await ann.taps('Red', first);
    expect([newTexts(), answers().at(-1)]).toEqual([[], 'This button is no longer in use.']);
    await ann.sends('/color');
    newTexts();
    await ann.taps('Red', first);
    expect([newTexts(), answers().at(-1), await data(1)]).toEqual([
      [],
      'This button is no longer in use.',
      {},
    ]);
    await ann.taps('Red');
    await ann.taps('S');
    newTexts();
    await ann.taps('Red', first);
    expect([newTexts(), answers().at(-1)]).toEqual([[], 'This button is no longer in use.']);
  });

  it('changes nothing if it was shown to another user, who reads why', async () => {
    const { user, newTexts, answers, shown, data, machine } = chat([color]);
    const [ann, bob] = [user(1, -100), user(2, -100)];
    await ann.sends('/color');
    const hers = shown[0];
    await bob.sends('/color');
    newTexts();
    await bob.taps('Red', hers);
    expect([newTexts(), answers().at(-1)]).toEqual([[], 'This button is for someone else.']);
    expect((await machine.at({ user: 2, chat: -100 }).peek())?.data).toEqual({});
    expect(await data(1)).toBe(undefined);
  });

  it('pressed twice counts once', async () => {
    const { user, newTexts, shown } = chat([color]);
    const ann = user(1);
    await ann.sends('/color');
    const first = shown[0];
    await ann.taps('Red', first);
    await ann.taps('Red', first);
    expect(newTexts()).toEqual(['Color?', 'Size of r?']);
  });

  it('reaches the bot if it belongs to no flow, and the flow passes other input', async () => {
    const f = flow('f', { trigger: '/f', otherInput: 'pass' })
      .ask('a', { prompt: 'A?' })
      .done(() => {});
    const { user, passed } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.presses('menu');
    expect(passed.length).toBe(1);
  });

  it('of a keyboard of the bot is an answer where the step takes buttons', async () => {
    const f = flow('f', { trigger: '/f' })
      .ask('a', {
        prompt: {
          text: 'A?',
          keyboard: { inline_keyboard: [[{ text: 'B', callback_data: 'b' }]] },
        },
        accept: 'button',
      })
      .done(({ a }) => `Got ${a}`);
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.taps('B');
    expect(newTexts()).toEqual(['A?', 'Got b']);
  });
});

describe('several choices', () => {
  const topics = flow('topics', { trigger: '/topics' })
    .ask('topics', {
      prompt: 'Topics?',
      choices: { ts: 'TypeScript', bots: 'Bots', css: 'CSS' },
      multiple: true,
    })
    .done((a) => JSON.stringify(a));

  it('are picked and unpicked on the same message, and given in the order of the choices', async () => {
    const { user, newTexts, last } = chat([topics]);
    const ann = user(1);
    await ann.sends('/topics');
    for (const label of ['CSS', 'TypeScript', 'Bots', '✓ CSS', 'CSS', '✓ Bots']) {
      await ann.taps(label);
    }
    expect(last().buttons.map(([label]) => label)).toEqual([
      '✓ TypeScript',
      'Bots',
      '✓ CSS',
      'Done',
    ]);
    await ann.taps('Done');
    expect(newTexts()).toEqual(['Topics?', '{"topics":["ts","css"]}']);
  });

  it('may be none', async () => {
    const { user, newTexts } = chat([topics]);
    const ann = user(1);
    await ann.sends('/topics');
    await ann.taps('Done');
    expect(newTexts().at(-1)).toBe('{"topics":[]}');
  });

  it('work on a reply keyboard', async () => {
    const reply = flow('reply', { trigger: '/reply' })
      .ask('t', { prompt: 'T?', choices: { a: 'A', b: 'B' }, multiple: true, buttons: 'reply' })
      .done((a) => JSON.stringify(a));
    const { user, newTexts } = chat([reply]);
    const ann = user(1);
    for (const text of ['/reply', 'A', 'B', '✓ A', 'Done']) await ann.sends(text);
    expect(newTexts()).toEqual(['T?', 'T?', 'T?', 'T?', '{"t":["b"]}']);
  });
});

describe('a keyboard', () => {
  const many = (count: number) =>
    flow('many', { trigger: '/many' })
      .ask('n', {
        prompt: 'N?',
        choices: () =>
          Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, `L${i}`])),
      })
      .done((a) => a.n);

  it('has pages for long lists', async () => {
    const { user, newTexts, last } = chat([many(50)]);
    const ann = user(1);
    await ann.sends('/many');
    expect(last().buttons.length).toBe(21);
    await ann.taps('More »');
    await ann.taps('More »');
    expect(last().buttons.map(([label]) => label)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => `L${40 + i}`),
      '« Back',
    ]);
    await ann.taps('« Back');
    await ann.taps('L25');
    expect(newTexts()).toEqual(['N?', 'k25']);
  });

  it('takes choices of any length', async () => {
    const long = 'x'.repeat(200);
    const f = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?', choices: [long, `${long}y`] })
      .done(({ a }) => `${a.length}`);
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    await ann.taps(`${long}y`);
    expect(newTexts()).toEqual(['A?', '201']);
  });

  it('with labels made for the user matches those that were shown', async () => {
    let language = 'en';
    const f = flow('f', { trigger: '/f' })
      .ask('a', {
        prompt: 'A?',
        choices: { y: () => (language === 'en' ? 'Yes' : 'Ja') },
        buttons: 'reply',
      })
      .done(({ a }) => `Got ${a}`);
    const { user, newTexts } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    language = 'de';
    await ann.sends('Yes');
    expect(newTexts()).toEqual(['A?', 'Got y']);
  });

  it('of a removed choice reports that it is stale, and its message gets the others', async () => {
    const stock = new Set(['tea', 'cup']);
    const f = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?', choices: () => [...stock] })
      .done(({ a }) => `Got ${a}`);
    const { user, newTexts, answers } = chat([f]);
    const ann = user(1);
    await ann.sends('/f');
    stock.delete('cup');
    await ann.taps('cup');
    expect([newTexts(), answers().at(-1)]).toEqual([['A?'], 'This button is no longer in use.']);
    await ann.taps('tea');
    expect(newTexts()).toEqual(['Got tea']);
  });

  it('in a group is selective and replies to the user', async () => {
    const { user, last } = chat([
      flow('f', { trigger: '/f' })
        .ask('a', { prompt: 'A?' })
        .ask('b', { prompt: 'B?', choices: ['x'], buttons: 'reply' })
        .done(() => {}),
    ]);
    const ann = user(1, -100);
    await ann.sends('/f');
    expect(last().payload).toMatchObject({
      reply_markup: { force_reply: true, selective: true },
      reply_parameters: { allow_sending_without_reply: true },
    });
    await ann.sends('hello');
    expect(last().payload).toMatchObject({
      reply_markup: { selective: true, keyboard: [[{ text: 'x' }]] },
      reply_parameters: { allow_sending_without_reply: true },
    });
  });
});

describe('prompts that have been answered', () => {
  const make = (prompts: 'keep' | 'removeKeyboards' | 'delete') =>
    flow('f', { trigger: '/f', prompts })
      .ask('a', { prompt: 'A?', choices: ['x'] })
      .ask('b', { prompt: 'B?' })
      .done(() => {});

  it('removes keyboards or deletes prompts once they are answered, or keeps them', async () => {
    for (const [prompts, expected] of [
      ['keep', []],
      ['removeKeyboards', ['editMessageReplyMarkup']],
      ['delete', ['deleteMessage', 'deleteMessage']],
    ] as const) {
      const { user, calls, shown } = chat([make(prompts)]);
      const ann = user(1);
      await ann.sends('/f');
      const [asked] = shown;
      await ann.taps('x');
      await ann.sends('y');
      const cleaning = calls.filter(({ method }) => /^(edit|delete)/.test(method));
      expect([prompts, cleaning.map(({ method }) => method)]).toEqual([prompts, expected]);
      if (cleaning[0]) {
        expect(cleaning[0].payload).toMatchObject({ chat_id: 1, message_id: asked?.message_id });
      }
    }
  });

  it("do not fail the user's action", async () => {
    const { user, newTexts, fails } = chat([make('delete')]);
    fails.on = ({ method }) => (method === 'deleteMessage' ? new Error('too old') : undefined);
    const ann = user(1);
    await ann.sends('/f');
    await ann.taps('x');
    expect(newTexts()).toEqual(['A?', 'B?']);
  });
});
