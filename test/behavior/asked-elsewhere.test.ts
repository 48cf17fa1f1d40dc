/** Questions that somebody else answers: what makes them, what the answer shows, and what goes wrong there. */

import { type AskTurn, flow, html, invalid, redo } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

/** The chat where the editors are asked. */
const editors = -1_001_000_000_077;

describe.each(frameworks)('a question to somebody else, on %s', (_, framework) => {
  /** Options that the compiler would reject come as data. */
  async function asked(question: object, more: object = {}) {
    const review = flow('review', { trigger: '/review', back: true, ...more })
      .ask('title', { prompt: 'Title?' })
      .ask('verdict', {
        prompt: ({ title }) => `Publish ${title}?`,
        choices: ['Publish', 'Refuse'],
        to: { chat: editors },
        ...(question as { readonly meanwhile?: string }),
      })
      .done((answers) => JSON.stringify(answers));
    const played = play(framework, [review]);
    const { anna, world } = played;
    const carl = world.user('Carl').in(world.group('Editors', [], { id: editors }));
    await anna.sends('/review');
    await anna.sends('News');
    const alerts = () =>
      world.calls
        .filter(({ method }) => method === 'answerCallbackQuery')
        .map(({ payload }) => payload['text']);
    const board = () => carl.screen().map(({ text, buttons }) => [text, ...buttons.flat()]);
    const errors = () => played.bot.errors.map(String);
    return { ...played, carl, alerts, board, errors };
  }

  it('is made by functions of the answers', async () => {
    const { anna, carl, alerts, board, errors } = await asked({
      to: ({ title }: { title: string }) => (title === 'News' ? { chat: editors } : { user: 1 }),
      by: ({ title }: { title: string }) => (title === 'News' ? [1] : [2]),
      meanwhile: ({ title }: { title: string }, { language }: AskTurn) =>
        `${title} waits, ${language}.`,
    });
    anna.sees('News waits, en.');
    expect(board()).toEqual([['Publish News?', 'Publish', 'Refuse']]);
    await carl.taps('Publish');
    expect(alerts()).toEqual(['This button is for someone else.']);
    expect(errors()).toEqual([]);
  });

  it.each([[[]], [['7']], [7], ['7'], [null]])(
    'is not asked if %j is to answer, and a function that returns that is an error too',
    async (by) => {
      for (const given of [by, () => by]) {
        const { anna, board, errors } = await asked({ by: given });
        anna.sees('Something went wrong. Please try again.');
        expect(board()).toEqual([]);
        expect(errors()).toEqual([
          expect.stringMatching(/"review:verdict by".*a list of user ids, at least one/),
        ]);
      }
    },
  );

  it('is not asked if a function returns nobody, although without the option everybody may answer', async () => {
    const { board, errors } = await asked({ by: () => undefined });
    expect(board()).toEqual([]);
    expect(errors()).toEqual([expect.stringContaining('"review:verdict by": found undefined')]);
  });

  it.each([
    [{ chat: '-100' }],
    [{ chat: '@editors' }],
    [{ user: 1.5 }],
    [{ chatt: 1 }],
    [{ thread: 1 }],
    [{ chat: editors, thread: 'news' }],
    [7],
    [null],
  ])('is not asked at %j', async (to) => {
    for (const given of [to, () => to]) {
      const { anna, errors } = await asked({ to: given });
      anna.sees('Something went wrong. Please try again.');
      expect(errors()).toEqual([
        expect.stringMatching(/"review:verdict to": found .*ids that are numbers/),
      ]);
    }
  });

  it('is asked at a row of a database, whose other columns do not matter', async () => {
    const { board } = await asked({ to: { chat: editors, thread: null, title: 'Editors' } });
    expect(board()).toEqual([['Publish News?', 'Publish', 'Refuse']]);
  });

  it('rejects a stream as its prompt', async () => {
    const prompt = async function* () {
      yield 'Publish?';
    };
    const { errors } = await asked({ prompt });
    expect(errors()).toEqual([expect.stringContaining('found a stream')]);
  });

  it('rejects `by` without `to`', async () => {
    await expect(asked({ to: undefined, by: [7] })).rejects.toThrow(
      /"review:verdict by".*`to` beside it/,
    );
  });

  it('may send the work back', async () => {
    const { anna, carl, board, errors } = await asked({
      validate: (verdict: string) => (verdict === 'Publish' ? redo('title') : verdict),
      answered: (verdict: string) => `${verdict}, by Carl`,
    });
    await carl.taps('Publish');
    anna.sees('Title?');
    await anna.sends('Better news');
    expect(board()).toEqual([['Publish News?'], ['Publish Better news?', 'Publish', 'Refuse']]);
    await carl.taps('Refuse');
    anna.sees('{"title":"Better news","verdict":"Refuse"}');
    expect(board()).toEqual([['Publish News?'], ['Refuse, by Carl']]);
    expect(errors()).toEqual([]);
  });

  it.each([
    ['a text', () => 'Done by Carl', 'Done by Carl'],
    ['a formatted text', () => html`<b>Done</b> by Carl`, 'Done by Carl'],
    ['nothing', undefined, 'Publish?'],
    ['a photo', () => ({ photo: 'stamp', caption: 'Done by Carl' }), 'Done by Carl'],
  ])('with a photo shows what the answer was: %s', async (_name, answered, text) => {
    const { carl, board, unsent, errors } = await asked({
      prompt: { photo: 'example-id', caption: 'Publish?' },
      ...(answered && { answered }),
    });
    await carl.taps('Publish');
    expect(board()).toEqual([[text]]);
    expect([...unsent, ...errors()]).toEqual([]);
  });

  it('becomes a photo by its answer', async () => {
    const { carl, board, unsent } = await asked({
      answered: () => ({ photo: 'stamp', caption: 'Done by Carl' }),
    });
    await carl.taps('Publish');
    expect(board()).toEqual([['Done by Carl']]);
    expect(carl.screen().at(-1)?.message['photo']).toBeDefined();
    expect(unsent).toEqual([]);
  });

  it.each(['validate', 'answered'])(
    'shows the failure of %s to the person who pressed, not to the user who waits',
    async (option) => {
      let fails = true;
      const { anna, carl, alerts, errors } = await asked({
        [option]: (verdict: string) => {
          if (fails) throw new Error('The database is away.');
          return verdict;
        },
      });
      const said = anna.screen().length;
      await carl.taps('Publish');
      expect(alerts()).toEqual(['Something went wrong. Please try again.']);
      expect(anna.screen()).toHaveLength(said);
      expect(errors()).toEqual(['Error: The database is away.']);
      fails = false;
      await carl.taps('Publish');
      anna.sees('{"title":"News","verdict":"Publish"}');
    },
  );

  it('gets its present choices when one that is gone was pressed', async () => {
    let choices = ['Publish', 'Refuse'];
    const { anna, carl, alerts, board } = await asked({ choices: () => choices });
    choices = ['Shorten', 'Refuse'];
    await carl.taps('Publish');
    expect(alerts()).toEqual(['This button is no longer in use.']);
    expect(board()).toEqual([['Publish News?', 'Shorten', 'Refuse']]);
    await carl.taps('Shorten');
    anna.sees('{"title":"News","verdict":"Shorten"}');
  });

  it('keeps its buttons while there is no choice at all', async () => {
    let choices: readonly string[] = ['Publish', 'Refuse'];
    const { anna, carl, board } = await asked({ choices: () => choices });
    choices = [];
    await carl.taps('Publish');
    expect(board()).toEqual([['Publish News?', 'Publish', 'Refuse']]);
    choices = ['Publish'];
    await carl.taps('Publish');
    anna.sees('{"title":"News","verdict":"Publish"}');
  });

  it('cuts a long rejection, which the user who waits does not read', async () => {
    const words = `x${'😀'.repeat(150)}`;
    const { anna, carl, alerts } = await asked({ validate: () => invalid(words) });
    const said = anna.screen().length;
    await carl.taps('Publish');
    expect(alerts()).toEqual([words.slice(0, 199)]);
    expect(anna.screen()).toHaveLength(said);
  });

  it.each<readonly [string, unknown, () => unknown]>([
    ['a sticker', { sticker: 'example-id' }, () => 'Done'],
    [
      'a location',
      { method: 'sendLocation', payload: { latitude: 1, longitude: 2 } },
      () => 'Done',
    ],
    ['a text', 'Publish?', () => ({ voice: 'example-id' })],
  ])('loses its buttons where the answer cannot be shown: %s', async (_name, prompt, answered) => {
    const { carl, board, unsent } = await asked({ prompt, answered });
    await carl.taps('Publish');
    expect(board().map((shown) => shown.length)).toEqual([1]);
    expect(unsent).toEqual([]);
  });

  it('says why an answer is rejected, also by a function', async () => {
    const { carl, alerts, board } = await asked({
      validate: (verdict: string) => (verdict === 'Publish' ? undefined : invalid('Never.')),
      otherwise: ({ title }: { title: string }) => `Not ${title}.`,
    });
    await carl.taps('Publish');
    await carl.taps('Refuse');
    expect(alerts()).toEqual(['Not News.', 'Never.']);
    expect(board()).toEqual([['Publish News?', 'Publish', 'Refuse']]);
  });
});
