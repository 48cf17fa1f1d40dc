import {
  flow,
  html,
  invalid,
  type RawUpdate,
  scene,
  state,
  states,
  type Turn,
  typed,
} from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { describe, expect, it } from 'vitest';
import { type ExploreOptions, explore } from '../../src/index.ts';
import { frameworks, type Script } from '../bots.ts';
import { type Table, tableBot } from './table-bot.ts';

const name = {
  '/cancel': { say: 'Canceled.', to: null },
  '*': { say: 'Is that right?', buttons: ['Yes', 'No'], to: 'confirm' },
};
const confirm = {
  '/cancel': { say: 'Canceled.', to: null },
  '[Yes]': { say: 'Thank you.', to: null },
  '[No]': { say: 'Your name then?', to: 'name' },
};
/** A bot without faults: it asks for a name, then for a confirmation. */
const sound = { none: { '/start': { say: 'What is your name?', to: 'name' } }, name, confirm };

describe.each(frameworks)('explore on %s', (_, make) => {
  const exploring = (table: Table, options: ExploreOptions = {}) =>
    explore((world) => tableBot(make, table, world), { runs: 40, steps: 15, ...options });

  it('finds nothing in a sound bot, and reports its coverage', async () => {
    const { faults, coverage, report } = await exploring(sound);
    expect(faults, report).toEqual([]);
    expect(coverage.states.toSorted()).toEqual(['T:confirm', 'T:name']);
    expect(coverage.unvisited).toEqual([]);
    expect(coverage.transitions).toContainEqual([
      'T:confirm',
      null,
      { kind: 'button', name: 'Yes', label: 'Yes' },
    ]);
    expect(report).toMatch(/^\d+ walks of \d+ moves with the seed 1\n2 of 2 states/);
  });

  it('finds a crash, by the shortest input that provokes it', async () => {
    const say = (text: string) => {
      if (text.length > 50) throw new RangeError('That name is too long for the database.');
      return 'Is that right?';
    };
    const { faults } = await exploring({
      ...sound,
      name: { ...name, '*': { say, to: 'confirm', buttons: ['Yes', 'No'] } },
    });
    expect(faults).toMatchObject([
      {
        kind: 'crash',
        state: 'T:name',
        message:
          "The bot threw in the state 'T:name': RangeError: That name is too long for the database.",
        path: ['Anna: /start', `Anna: ${'a'.repeat(51)}`],
      },
    ]);
    expect(faults[0]?.transcript).toBe(
      `Anna: /start\nBot: What is your name?\nAnna: ${'a'.repeat(51)}`,
    );
  });

  it('finds a crash that an error handler of the bot catches', async () => {
    const script: Script = {
      async onText(text, say) {
        if (text === '/help') throw new Error('There is no help.');
        await say('Hello!');
      },
      onError: () => {},
    };
    const { faults } = await explore(() => ({ bot: make(script) }), { runs: 10 });
    expect(faults).toMatchObject([{ kind: 'crash', path: ['Anna: /help'] }]);
  });

  it('finds a state that nothing leads out of', async () => {
    const { faults } = await exploring({
      ...sound,
      confirm: { ...confirm, '[Yes]': { say: 'Send a photo of your passport.', to: 'passport' } },
      passport: {},
    });
    expect(faults).toMatchObject([
      {
        kind: 'dead-end',
        state: 'T:passport',
        path: ['Anna: /start', 'Anna: a', 'Anna taps [Yes]'],
      },
    ]);
  });

  it('finds the state that a command leads into and nothing out of', async () => {
    const { faults } = await exploring({
      none: { '/start': { say: 'Please wait.', to: 'waiting' } },
      waiting: { '/start': { say: 'You wait already.' } },
    });
    expect(faults).toMatchObject([{ kind: 'dead-end', path: ['Anna: /start'] }]);
  });

  it('finds a state that nothing leads to', async () => {
    const { faults, coverage } = await exploring({ ...sound, age: name });
    expect(faults).toMatchObject([{ kind: 'unreachable', state: 'T:age', path: [] }]);
    expect(coverage.unvisited).toEqual(['T:age']);
  });

  it('finds a state behind a word that nobody could guess, when it gets the word', async () => {
    const table: Table = {
      ...sound,
      name: { ...name, 'open sesame': { say: 'Who are you?', to: 'secret' } },
      secret: name,
    };
    const { faults } = await exploring(table);
    expect(faults).toMatchObject([{ kind: 'unreachable', state: 'T:secret' }]);
    const told = await exploring(table, { texts: ['open sesame'] });
    expect(told.faults, told.report).toEqual([]);
  });

  it('names the update that a bot never finishes', async () => {
    const hangs = explore(
      (world) => {
        const machine = createMachine(world);
        const bot = make({
          async onAny(update, call) {
            await machine.handle(update as RawUpdate, { id: 1, call }, () => new Promise(() => {}));
          },
        });
        return { bot, machine };
      },
      { patience: 20 },
    );
    await expect(hangs).rejects.toThrow(/still handles update 1 \(message\).*(?:Anna|Ben)/s);
  });

  it('finds a button that nobody handles', async () => {
    const { faults } = await exploring({
      ...sound,
      name: { ...name, '*': { say: 'Right?', buttons: ['Yes', 'No', 'Later'], to: 'confirm' } },
    });
    expect(faults).toMatchObject([
      { kind: 'dead-button', path: ['Anna: /start', 'Anna: a', 'Anna taps [Later]'] },
    ]);
  });

  it('finds a press whose query is not answered', async () => {
    const { faults } = await exploring({
      ...sound,
      confirm: { ...confirm, '[Yes]': { say: 'Thank you.', to: null, answer: false } },
    });
    expect(faults).toMatchObject([
      { kind: 'unanswered', path: ['Anna: /start', 'Anna: a', 'Anna taps [Yes]'] },
    ]);
  });

  it('finds a formatted prompt that is too long for Telegram', async () => {
    const say = html`${'terms '.repeat(700)}`;
    const { faults } = await exploring({
      ...sound,
      confirm: { ...confirm, '[Yes]': { say, to: null } },
    });
    expect(faults).toMatchObject([
      {
        kind: 'refused',
        message: expect.stringContaining('message is too long (its text has 4200 characters)'),
        path: ['Anna: /start', 'Anna: a', 'Anna taps [Yes]'],
      },
    ]);
  });

  it('finds nothing wrong with a plain text that is sent in parts', async () => {
    const { faults, report } = await exploring({
      ...sound,
      confirm: { ...confirm, '[Yes]': { say: 'terms '.repeat(700), to: null } },
    });
    expect(faults, report).toEqual([]);
  });

  it('finds a round of states that nothing leads out of', async () => {
    const { faults } = await exploring({
      ...sound,
      confirm: { ...confirm, '[Yes]': { say: 'Left?', to: 'left' } },
      left: { '*': { say: 'Right?', to: 'right' } },
      right: { '*': { say: 'Left?', to: 'left' } },
    });
    expect(faults).toMatchObject([
      {
        kind: 'endless-loop',
        path: ['Anna: /start', 'Anna: a', 'Anna taps [Yes]', ...(faults[0]?.path.slice(3) ?? [])],
      },
    ]);
    expect(faults[0]?.message).toContain("'T:left', 'T:right'");
  });

  it('finds a text that is met by silence where others are answered', async () => {
    const table: Table = { ...sound, name: { ...name, Anna: {} } };
    const { faults } = await exploring(table);
    expect(faults).toMatchObject([
      { kind: 'silence', state: 'T:name', path: ['Anna: /start', 'Anna: Anna'] },
    ]);
    expect((await exploring(table, { ignore: ['silence'] })).faults).toEqual([]);
  });

  it('is strict about silence and late presses when it is asked to', async () => {
    const { faults } = await exploring(sound, { strict: true });
    const kinds = new Set(faults.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['silence', 'unanswered']);
  });

  it('gives the same report for the same seed, and walks other ways for another', async () => {
    const table: Table = { ...sound, name: { ...name, '/help': {} }, age: {} };
    const first = await exploring(table, { seed: 7 });
    const second = await exploring(table, { seed: 7 });
    expect(second).toEqual(first);
    expect(first.report).toContain('with the seed 7');
    expect((await exploring(table, { seed: 8 })).coverage).not.toEqual(first.coverage);
  });

  it('finds faults of flows: one without a way to cancel, and a formatted summary that grows too long', async () => {
    const order = flow('order', { trigger: '/order', commands: { cancel: false } })
      .ask('note', { prompt: 'Any note?' })
      .ask('sure', {
        prompt: ({ note }) => html`${`${note}\n`.repeat(9)}`,
        choices: { yes: 'Yes' },
      })
      .done(() => 'Thank you.');
    const { faults } = await explore(
      (world) => {
        const machine = createMachine({ states: [order], ...world });
        const bot = make({
          async onAny(update, call) {
            await machine.handle(update as RawUpdate, { id: 1, call });
          },
        });
        return { bot, machine };
      },
      { runs: 30 },
    );
    expect(faults.map(({ kind }) => kind)).toEqual(['refused', 'no-cancel']);
    expect(faults[0]?.path.length).toBe(2);
  });
});

describe.each(frameworks)('explore on %s, on a bot that has a finding of issue 14,', (_, make) => {
  /** A bot of scenes; what they pass on is for `rest`. */
  const exploring = (
    made: readonly unknown[],
    options: ExploreOptions & { readonly maxRecordBytes?: number } = {},
    rest: (turn: Turn) => unknown = () => {},
  ) => {
    const { maxRecordBytes = 262_144, ...how } = options;
    return explore(
      (world) => {
        const machine = createMachine({ states: made as never, maxRecordBytes, ...world });
        const bot = make({
          async onAny(update, call) {
            await machine.handle(
              update as RawUpdate,
              { id: 1, call },
              (turn) => rest(turn) as never,
            );
          },
        });
        return { bot, machine };
      },
      {
        runs: 30,
        steps: 12,
        ignore: ['silence', 'dead-end', 'endless-loop', 'unreachable'],
        ...how,
      },
    );
  };

  it('finds answers that outgrow the record (P7)', async () => {
    const notes = scene('notes', { data: typed<{ all?: string[] }>() }).on({
      enter: () => 'Note?',
      handle: ({ data, input, again }) => again({ all: [...(data.all ?? []), input.text] }),
    });
    const start = flow('start', { trigger: '/notes', description: 'Notes' })
      .ask('name', { prompt: 'Name?' })
      .done((_, { state }) => state.enter(notes));
    const { faults } = await exploring([start, notes], {
      maxRecordBytes: 7000,
      steps: 25,
      texts: ['x'.repeat(3000)],
    });
    expect(faults).toMatchObject([
      { kind: 'unkept', message: expect.stringContaining('The conversation needs') },
    ]);
  });

  it('finds a redraw that Telegram rejects and that reaches the framework (P8)', async () => {
    const { faults } = await exploring([], {}, async ({ update, api, replyAddress }) => {
      const chat_id = replyAddress?.chat;
      const keyboard = { inline_keyboard: [[{ text: 'More', callback_data: 'more' }]] };
      const press = update?.callback_query;
      if (press === undefined) {
        return api('sendMessage', { chat_id, text: 'Page', reply_markup: keyboard });
      }
      await api('answerCallbackQuery', { callback_query_id: press.id });
      const message_id = press.message?.message_id;
      return api('editMessageText', { chat_id, message_id, text: 'Page', reply_markup: keyboard });
    });
    expect(faults).toMatchObject([
      { kind: 'refused', message: expect.stringContaining('message is not modified') },
    ]);
  });

  it.each<readonly [string, (text: string) => unknown]>([
    ['Number', Number],
    ['a test that returns a boolean', (text) => /^\d+$/.test(text)],
    ['a forgotten return', (text) => void Number(text)],
    ['a Date', (text) => new Date(text)],
  ])('finds a validate that gives no answer: %s (P9)', async (_name, validate) => {
    const form = flow('form', { trigger: '/form', description: 'Form' })
      .ask('n', { prompt: 'How many?', validate: validate as () => 1 })
      .done(() => 'Done.');
    const { faults } = await exploring([form], { texts: ['five'] });
    expect(faults[0]).toMatchObject({
      kind: 'unkept',
      state: 'form:n',
      message: expect.stringContaining('Invalid option "validate"'),
    });
  });

  it('finds no such fault in a `validate` that gives a reason', async () => {
    const form = flow('form', { trigger: '/form', description: 'Form' })
      .ask('n', { prompt: 'How many?', validate: (text) => Number(text) || invalid('A number?') })
      .done(() => 'Done.');
    const { faults, report } = await exploring([form], { texts: ['5', 'five'] });
    expect(faults, report).toEqual([]);
  });

  it('finds a state whose handler is missing (F14)', async () => {
    const Form = states('Form', { name: state() });
    const { faults } = await exploring([Form], { ignore: ['silence'] }, async (turn) => {
      if (turn.state.current !== null) return;
      turn.state.set(Form.name);
      await turn.reply('What is your name?');
    });
    expect(faults).toMatchObject([{ kind: 'dead-end', state: 'Form:name' }]);
  });
});

describe('explore', () => {
  it.each([{ runs: 0 }, { runs: Number.NaN }, { steps: -1 }, { longest: 1.5 }])(
    'rejects options without a walk: %j',
    async (options) => {
      const never = () => expect.unreachable('no bot is made');
      await expect(explore(never, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    },
  );

  it('passes on what the maker of the bot throws', async () => {
    const broken = () => {
      throw new Error('No token.');
    };
    await expect(explore(broken)).rejects.toThrow('No token.');
  });
});
