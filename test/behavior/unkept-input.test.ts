import { commandTree } from '@telefsm/commands';
import { flow, invalid, scene, typed, type UserInput } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';
import { storages } from './storages.ts';

const invalidText = 'That is not a valid answer. Please try again.';
const tooLong = 'That is too long. Please send something shorter.';

/** Answers of `validate` that no bot can store, as plain JavaScript may give them. */
const unusable: readonly (readonly [name: string, validate: (text: string) => unknown])[] = [
  ['NaN', Number],
  ['true', (text) => text.length > 0],
  ['false', (text) => text.length > 99],
  ['nothing', () => {}],
  ['a promise of nothing', async () => {}],
  ['a Date', () => new Date(0)],
  ['a Map', () => new Map()],
  ['a bigint', () => 1n],
  ['an object with NaN inside', () => ({ deep: [Number.NaN] })],
];

describe.each(frameworks)('input that cannot be kept, on %s', (_, framework) => {
  it.each(unusable)(
    'a validate that gives %s rejects the answer with a message',
    async (_name, validate) => {
      const form = flow('form', { trigger: '/form' })
        .ask('n', { prompt: 'How many?', validate: validate as () => 1 })
        .done(() => 'Done.');
      const { bot, anna } = play(framework, [form]);
      await anna.sends('/form');
      await anna.sends('five');
      anna.sees(invalidText);
      await anna.sends('/cancel');
      anna.sees('Canceled.');
      expect(bot.errors).toEqual([]);
    },
  );

  it.each<readonly [string, object]>([
    ['a picker that gives true', { accept: () => true }],
    ['a picker that gives false', { accept: ({ kind }: { kind: string }) => kind === 'photo' }],
    ['a picker that gives NaN', { accept: () => Number.NaN }],
    ['an invalid() without words', { validate: () => (invalid as () => unknown)() }],
    ['a schema that gives a Date', { schema: z.string().transform(() => new Date(0)) }],
  ])('%s rejects the answer with a message', async (_name, question) => {
    const form = flow('form', { trigger: '/form' })
      .ask('n', { prompt: 'How many?', ...question })
      .done(() => 'Done.');
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('five');
    anna.sees(invalidText);
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    expect(bot.errors).toEqual([]);
  });

  it.each(unusable)(
    'a question that was made while the flow runs, whose validate gives %s, rejects the answer',
    async (_name, validate) => {
      const form = flow('form', { trigger: '/form' })
        .questions('made', () => [
          { name: 'n', prompt: 'How many?', validate: validate as () => string },
        ])
        .done(() => 'Done.');
      const { bot, anna } = play(framework, [form]);
      await anna.sends('/form');
      await anna.sends('five');
      anna.sees(invalidText);
      expect(bot.errors).toEqual([]);
    },
  );

  it.each<readonly [string, unknown]>([
    ['a number', 5],
    ['a text', 'abc'],
    ['null', null],
    ['an array', [1]],
    ['a Date', new Date(0)],
    ['a Map', new Map([[1, 2]])],
    ['a promise', Promise.resolve({})],
    ['an instance of a class', new (class Note {})()],
    ['a function', () => {}],
    ['NaN inside', { n: Number.NaN }],
    ['a bigint inside', { n: 1n }],
    ['a function inside', { n: () => {} }],
    ['a hole inside', { n: Array(1) }],
  ])(
    'stay() and again() of a node with %s reject the input with a message',
    async (_name, patch) => {
      for (const verb of ['stay', 'again'] as const) {
        const node = scene('node', { data: typed<{ n?: number }>() }).on({
          enter: () => 'Hi',
          handle: (turn) => turn[verb](patch as never),
        });
        const { bot, machine, anna, rejected } = play(framework, [node]);
        bot.command('node', ({ fsm }) => fsm.enter(node, {}));
        await anna.sends('/node');
        await anna.sends('x');
        anna.sees(invalidText);
        expect([rejected, bot.errors]).toEqual([['DATA_NOT_JSON'], []]);
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
          current: 'node',
          data: {},
        });
      }
    },
  );

  it.each<readonly [string, (input: UserInput) => unknown]>([
    ['true', ({ kind }) => kind !== 'photo'],
    ['false', ({ kind }) => kind === 'photo'],
    ['NaN', () => Number.NaN],
    ['a promise of false', async () => false],
    ['a Date', () => new Date(0)],
    ['a function', () => () => {}],
  ])(
    'a picker of a node or a view that gives %s rejects the input with a message, and keeps no command from the bot',
    async (_name, accept) => {
      const answers: unknown[] = [];
      const handle = ({ answer }: { readonly answer: unknown }) => void answers.push(answer);
      const options = { accept: accept as () => object };
      const node = scene('node', options).on({ enter: () => 'Hi', handle });
      const view = scene('view', options).on({ view: () => ({ text: 'Hi' }), handle });
      const { bot, world, machine, anna, rejected } = play(framework, [node, view]);
      bot.command('node', ({ fsm }) => fsm.enter(node));
      bot.command('view', ({ fsm }) => fsm.enter(view));
      bot.command('cancel', ({ fsm, say }) => {
        fsm.cancel();
        return say('Canceled.');
      });
      for (const name of ['node', 'view']) {
        await anna.sends(`/${name}`);
        anna.sees('Hi');
        await anna.sends('five');
        anna.sees(invalidText);
        expect((await machine.at({ user: anna.id }).peek())?.current).toBe(name);
        await anna.sends('/cancel');
        anna.sees('Canceled.');
      }
      expect([answers, rejected, bot.errors]).toEqual([
        [],
        ['INVALID_OPTION', 'INVALID_OPTION'],
        [],
      ]);
      expect(world.calls.filter(({ answer }) => answer?.ok === false)).toEqual([]);
    },
  );

  it('a picker of a node that gives false for a payment leaves it to the bot', async () => {
    const node = scene('node', { accept: (() => false) as never }).on({
      enter: () => 'Hi',
      handle: () => expect.unreachable('false is no answer'),
    });
    const { bot, world, anna, rejected } = play(framework, [node]);
    bot.command('node', ({ fsm }) => fsm.enter(node));
    const passed: string[] = [];
    bot.use(({ ctx }) => {
      const { message = {} } = (ctx as { readonly update: { message?: object } }).update;
      if ('successful_payment' in message) passed.push('paid');
    });
    await anna.sends('/node');
    const payment = {
      currency: 'XTR',
      total_amount: 1,
      invoice_payload: 'x',
      telegram_payment_charge_id: 'c',
      provider_payment_charge_id: 'p',
    };
    await world.update({
      message: {
        message_id: 9,
        date: 1,
        chat: { id: anna.id, type: 'private', first_name: 'Anna' },
        from: anna.raw,
        successful_payment: payment,
      },
    } as never);
    expect([passed, rejected, bot.errors]).toEqual([['paid'], [], []]);
  });

  it('messages of a burst for which a picker of a node gives no answer are rejected once', async () => {
    const clock = virtualClock();
    const node = scene('node', {
      accept: (input: UserInput) =>
        input.kind === 'text' && !input.text.includes('\n') ? 'one' : Number.NaN,
    }).on({
      enter: () => 'Hi',
      handle: async ({ answer, reply }) => void (await reply(`${answer}`)),
    });
    const { bot, machine, anna, world, rejected } = play(framework, [node], {
      clock,
      waiting: { burst: '1s' },
    });
    bot.command('node', ({ fsm }) => fsm.enter(node));
    await anna.sends('/node');
    for (const text of ['a', 'b']) await anna.sends(text);
    await clock.advance(2000);
    await machine.sweep();
    anna.sees(invalidText);
    expect(world.calls.filter(({ payload }) => payload['text'] === invalidText)).toHaveLength(1);
    await anna.sends('c');
    await clock.advance(2000);
    await machine.sweep();
    anna.sees('one');
    expect([rejected, bot.errors]).toEqual([['INVALID_OPTION'], []]);
  });

  it.each(storages)(
    'input that makes the data of a node one that its schema rejects keeps the user where they are, in %s',
    async (_name, storage) => {
      const data = z.object({ n: z.number().max(10) });
      const node = scene('node', { data }).on({
        enter: ({ data: { n } }) => `n is ${n}`,
        handle: ({ input, again }) => again({ n: Number(input.text) }),
      });
      const view = scene('view', { data }).on({
        view: ({ data: { n } }) => ({ text: `n is ${n}` }),
        handle: ({ input, stay }) => stay({ n: Number(input.text) }),
      });
      const { bot, anna, rejected } = play(framework, [node, view], { storage: storage() });
      bot.command('node', ({ fsm }) => fsm.enter(node, { n: 1 }));
      bot.command('view', ({ fsm }) => fsm.enter(view, { n: 1 }));
      for (const command of ['/node', '/view']) {
        await anna.sends(command);
        await anna.sends('99');
        anna.sees(invalidText);
        await anna.sends('7');
        anna.sees('n is 7');
      }
      expect([rejected, bot.errors]).toEqual([['DATA_INVALID', 'DATA_INVALID'], []]);
    },
  );

  it.each<readonly [string, (text: string) => unknown]>([
    ['NaN', Number],
    ['nothing', () => {}],
    ['a promise of NaN', async () => Number.NaN],
  ])(
    'an option of a command tree whose setter gives %s is an invalid value',
    async (_name, set) => {
      const tree = commandTree('tree');
      const added: unknown[] = [];
      tree.root
        .command('add')
        .option('n', { prompt: 'How many?', set })
        .action(({ options }) => void added.push(options));
      const { bot, anna } = play(framework, [tree]);
      bot.command('tree', ({ fsm }) => fsm.enter(tree));
      await anna.sends('/tree');
      for (const line of ['add five', 'add n=five', 'add', 'five']) await anna.sends(line);
      expect([added, bot.errors]).toEqual([[], []]);
      anna.sees('The option "n" of "add" cannot be used: this is not a valid value.');
    },
  );

  it.each(storages)(
    'what a link gives and cannot be kept is asked for, in %s',
    async (_name, storage) => {
      const form = flow('form', { trigger: '/form', deepLink: 'f_' })
        .ask('size', { prompt: 'Size?' })
        .ask('n', { prompt: 'How many?' })
        .done(({ size, n }) => `${n} of ${size}.`, {
          from: (argument) => ({ size: 'L', n: Number(argument) as never }),
        });
      const { bot, anna, rejected } = play(framework, [form], { storage: storage() });
      for (const start of ['/form five', '/start f_five']) {
        await anna.sends(start);
        anna.sees('How many?');
      }
      await anna.sends('6');
      anna.sees('6 of L.');
      expect([rejected, bot.errors]).toEqual([['INVALID_OPTION', 'INVALID_OPTION'], []]);
    },
  );

  it.each([
    ['NaN', typed<{ id: number }>(), 'DATA_NOT_JSON'],
    ['what the schema rejects', z.object({ id: z.number().max(9) }), 'DATA_INVALID'],
  ] as const)(
    'a link whose parameter is %s starts nothing and is left to the bot',
    async (name, data, code) => {
      const form = flow('form', { trigger: '/form', deepLink: 'f_', data })
        .ask('size', { prompt: ({ id }) => `Size of ${id}?` })
        .done(() => 'Done.', {
          from: (argument) => (argument === '' ? undefined : { id: Number(argument) }),
        });
      const { bot, anna, rejected } = play(framework, [form]);
      bot.command('start', ({ say }) => say('Welcome.'));
      bot.command('form', ({ say }) => say('Which one?'));
      await anna.sends(name === 'NaN' ? '/start f_five' : '/start f_99');
      anna.sees('Welcome.');
      await anna.sends('/start f_7');
      anna.sees('Size of 7?');
      await anna.sends(name === 'NaN' ? '/form five' : '/form 99');
      anna.sees('Which one?');
      // without an argument, the flow that runs keeps the parameters that it has
      await anna.sends('/form');
      anna.sees('Size of 7?');
      expect([rejected, bot.errors]).toEqual([[code, code], []]);
    },
  );

  it('an answer of onTimeout that cannot be kept ends the flow, as a timeout does', async () => {
    const clock = virtualClock();
    const form = flow('form', { trigger: '/form' })
      .ask('n', {
        prompt: 'How many?',
        timeout: '1m',
        onTimeout: () => ({ answer: Number('five') as never }),
      })
      .done(() => 'Done.');
    const { machine, anna, rejected } = play(framework, [form], { clock });
    await anna.sends('/form');
    await clock.advance(61_000);
    await machine.sweep();
    anna.sees(/Time is up/);
    expect(rejected).toEqual(['INVALID_OPTION']);
  });

  it.each<readonly [string, object, object]>([
    ['one of several kinds', { accept: ['text', 'photo'] }, {}],
    ['of anything', { accept: 'any' }, {}],
    ['one of several messages', { accept: { burst: 'text', quiet: '1s' } }, { isBurst: true }],
  ])('a text longer than maxLength is rejected, also as %s', async (_name, question, more) => {
    const clock = virtualClock();
    const form = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?', maxLength: 3, ...question })
      .done(() => 'Done.');
    const { machine, anna } = play(framework, [form], { clock });
    await anna.sends('/form');
    await anna.sends('Anna');
    if ('isBurst' in more) {
      await clock.advance(2000);
      await machine.sweep();
    }
    anna.sees(tooLong);
  });

  it('what a bot’s own handler stores in the same way is an error of the bot', async () => {
    const { bot, anna } = play(framework, []);
    bot.use(({ fsm }) => {
      fsm.update({ n: Number.NaN });
    });
    await anna.sends('five');
    expect(bot.errors).toMatchObject([{ code: 'DATA_NOT_JSON' }]);
  });

  it('a button whose answer cannot be kept is answered by a window', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('n', {
        prompt: 'How many?',
        choices: ['some', 'none'],
        validate: (choice) => (choice === 'some' ? Number('five') : invalid('Some, please.')),
      })
      .done(() => 'Done.');
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    expect(await anna.taps('some')).toMatchObject({ alert: invalidText });
    expect(bot.errors).toEqual([]);
  });
});
