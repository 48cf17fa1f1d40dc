/** `explore()` finds each of the findings P7, P8, P9 and F14 on a bot that has it. */

import { flow, scene, state, states, typed, type UserInput } from '@telefsm/core';
import { type ExploreOptions, explore } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks, type Options } from './frameworks.ts';

const long = 'x'.repeat(3000);

function exploring(
  framework: Framework,
  options: Options,
  more: (bot: BotUnderTest) => void = () => {},
  how: ExploreOptions = {},
) {
  return explore(
    (world) => {
      const bot = framework.bot();
      const machine = bot.fsm({ ...options, ...world });
      more(bot);
      return { bot: bot.bot as never, machine: machine as never };
    },
    { runs: 30, steps: 14, ignore: ['unreachable'], ...how },
  );
}

/** A node that is entered by a command of the bot. */
const entered =
  (node: object, data: object = {}) =>
  (bot: BotUnderTest): void => {
    bot.command('node', ({ fsm }) => fsm.enter(node as never, data as never));
    bot.command('cancel', ({ fsm }) => fsm.cancel());
  };

const form = (validate: unknown) =>
  flow('form', { trigger: '/form', description: 'Form' })
    .ask('n', { prompt: 'How many?', validate: validate as () => 1 })
    .done(() => 'Done.');

describe.each(frameworks)('explore on %s finds', (_, framework) => {
  it('P7: long answers into a repeat that outgrow the record', async () => {
    const notes = flow('notes', { trigger: '/notes', description: 'Notes' })
      .repeat('all', { each: (round) => round.ask('note', { prompt: 'Note?' }), again: 'More?' })
      .done(() => 'Saved.');
    const options = { states: [notes], maxRecordBytes: 2500 };
    const { faults } = await exploring(framework, options, undefined, {
      texts: [long],
      runs: 8,
      steps: 20,
    });
    expect(faults).toMatchObject([
      { kind: 'unkept', message: expect.stringContaining('The conversation needs') },
    ]);
  });

  it('P7: input of a node that outgrows the record', async () => {
    const notes = scene('notes', { data: typed<{ all: string[] }>() }).on({
      enter: () => 'Note?',
      handle: ({ data, input, again }) => again({ all: [...data.all, input.text] }),
    });
    const options = { states: [notes], maxRecordBytes: 7000 };
    const { faults } = await exploring(framework, options, entered(notes, { all: [] }), {
      texts: [long, '/node'],
      runs: 12,
      steps: 20,
    });
    expect(faults).toMatchObject([
      { kind: 'unkept', state: 'notes', message: expect.stringContaining('conversation needs') },
    ]);
  });

  it('P8: a keyboard that is edited into what it is, so that the error reaches the framework', async () => {
    const Page = states('Page', { open: state() });
    const keyboard = { inline_keyboard: [[{ text: 'More', callback_data: 'more' }]] };
    const { faults } = await exploring(framework, { states: [Page] }, (bot) => {
      bot.use(async ({ ctx, answer, fsm }) => {
        const { editMessageReplyMarkup, reply, callbackQuery } = ctx as {
          editMessageReplyMarkup(markup: object): Promise<unknown>;
          reply(text: string, other: object): Promise<unknown>;
          callbackQuery?: object;
        };
        if (callbackQuery === undefined) {
          fsm.set(Page.open as never);
          await reply.call(ctx, 'Page', { reply_markup: keyboard });
          return fsm.set(null as never);
        }
        await answer('');
        const markup = framework.name === 'grammY' ? { reply_markup: keyboard } : keyboard;
        return editMessageReplyMarkup.call(ctx, markup);
      });
    });
    expect(faults).toMatchObject([
      { kind: 'refused', message: expect.stringContaining('message is not modified') },
    ]);
  });

  it.each<readonly [string, unknown]>([
    ['Number of a word', Number],
    ['false', (text: string) => /^\d+$/.test(text) && 7],
    ['a boolean', (text: string) => /^\d+$/.test(text)],
    ['nothing', (text: string) => void Number(text)],
    ['a promise of nothing', async () => {}],
    ['a Date', (text: string) => new Date(text)],
  ])('P9: a validate that gives %s', async (_name, validate) => {
    const { faults } = await exploring(framework, { states: [form(validate)] }, undefined, {
      texts: ['five'],
    });
    expect(faults[0]).toMatchObject({
      kind: 'unkept',
      state: 'form:n',
      message: expect.stringContaining('Invalid option "validate"'),
    });
  });

  it.each<readonly [string, (input: UserInput) => unknown]>([
    ['a boolean', ({ kind }) => kind === 'text'],
    ['NaN', () => Number.NaN],
  ])('P9: a picker of a node that gives %s', async (_name, accept) => {
    const node = scene('node', { accept: accept as () => object }).on({
      enter: () => 'Hi',
      handle: ({ again }) => again(),
    });
    const { faults } = await exploring(framework, { states: [node] }, entered(node), {
      texts: ['/node'],
    });
    expect(faults).toContainEqual(
      expect.objectContaining({
        kind: 'unkept',
        state: 'node',
        message: expect.stringContaining('Invalid option "accept"'),
      }),
    );
  });

  describe('F14:', () => {
    const Form = states('Form', { name: state(), age: state() });

    it('a state whose handler is missing', async () => {
      const { faults } = await exploring(
        framework,
        { states: [Form] },
        (bot) => {
          bot.inState([Form.name], ({ fsm, say, text }) => {
            if (text.startsWith('/')) return;
            fsm.set(Form.age as never);
            return say('How old are you?');
          });
          bot.command('form', ({ fsm, say }) => {
            fsm.set(Form.name as never);
            return say('What is your name?');
          });
          bot.command('cancel', ({ fsm }) => fsm.clear());
        },
        { texts: ['/form'] },
      );
      expect(faults).toMatchObject([
        {
          kind: 'silence',
          state: 'Form:age',
          message: expect.stringContaining('the handler of this state is missing'),
        },
      ]);
    });

    it('a state whose handler is missing, and that no command leads out of', async () => {
      const { faults } = await exploring(framework, { states: [Form] }, (bot) => {
        bot.use(({ fsm, say }) => {
          if (fsm.current !== null) return;
          fsm.set(Form.name as never);
          return say('What is your name?');
        });
      });
      expect(faults).toMatchObject([{ kind: 'dead-end', state: 'Form:name' }]);
    });

    it.each<readonly [string, (bot: BotUnderTest) => void, RegExp]>([
      [
        'enter() of a state',
        (bot) => bot.command('form', ({ fsm }) => fsm.enter(Form.name as never)),
        /enter\(\) or call\(\)/,
      ],
      [
        'a state that the machine does not have',
        (bot) => bot.command('form', ({ fsm }) => fsm.set('Form:nmae' as never)),
        /Form:nmae/,
      ],
    ])('%s', async (_name, more, message) => {
      const { faults } = await exploring(framework, { states: [Form] }, more, {
        texts: ['/form'],
      });
      expect(faults).toMatchObject([
        { kind: 'crash', message: expect.stringMatching(message), path: ['Anna: /form'] },
      ]);
    });

    it('a prompt that replies by itself', async () => {
      const prompt = (async (ctx: { reply(text: string): unknown }) => ctx.reply('Hi')) as never;
      const asks = flow('asks', { trigger: '/asks' })
        .ask('name', { prompt })
        .done(() => 'Done.');
      const { faults } = await exploring(framework, { states: [asks] });
      expect(faults).toContainEqual(
        expect.objectContaining({ kind: 'crash', path: ['Anna: /asks'] }),
      );
    });

    it('a handler above fsm()', async () => {
      const { faults } = await explore(
        (world) => {
          const bot = framework.bot();
          bot.command('form', ({ fsm }) => fsm.set(Form.name as never));
          const machine = bot.fsm({ states: [Form], ...world });
          return { bot: bot.bot as never, machine: machine as never };
        },
        { runs: 10, texts: ['/form'], ignore: ['unreachable'] },
      );
      expect(faults).toMatchObject([
        { kind: 'crash', message: expect.stringMatching(/fsm\(\)/), path: ['Anna: /form'] },
      ]);
    });
  });

  it('nothing of this in a bot without these mistakes', async () => {
    const asks = flow('asks', { trigger: '/asks', description: 'Asks' })
      .ask('name', { prompt: 'Name?', validate: (text) => text.slice(0, 99) })
      .done(({ name }) => `Hello, ${name}!`);
    const { faults, report } = await exploring(framework, { states: [asks] });
    expect(faults, report).toEqual([]);
  });
});
