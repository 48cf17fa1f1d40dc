/** Widgets with inputs at the edge of what they take: each does the sensible thing, or its error names the mistake. */

import { scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { labels, play } from './view-play.ts';

// biome-ignore lint/suspicious/noExplicitAny: what only JavaScript lets through
type Loose = any;
type LooseView = (turn: Loose) => unknown;

describe.each(frameworks)('edge inputs of widgets, on %s', (_, framework) => {
  const start = async (data: object, view: LooseView) => {
    const Edge = scene('edge', { data: typed<object>() }).on({ view: view as Loose });
    const played = play(framework, [Edge]);
    played.bot.command('edge', ({ fsm }) => fsm.enter(Edge, data));
    await played.anna.sends('/edge').catch(() => {});
    const stored = async () => (await played.machine.at({ user: played.anna.id }).peek())?.data;
    return { ...played, stored };
  };
  const shows = (rows: (turn: Loose) => readonly unknown[]): LooseView => {
    return (turn) => ({ text: 'Edge', rows: rows(turn) });
  };

  it('a counter whose limits have moved comes back between them', async () => {
    const view = shows(({ counter }) => [counter('n', { min: 0, max: 10 })]);
    const { anna, stored } = await start({ n: 50 }, view);
    await anna.taps('−');
    expect(await stored()).toEqual({ n: 10 });
    await anna.taps('−');
    expect(await stored()).toEqual({ n: 9 });
  });

  it('a counter adds fractions as people do', async () => {
    const view = shows(({ counter }) => [counter('n', { step: 0.1 })]);
    const { anna } = await start({ n: 0.1 }, view);
    await anna.taps('+');
    await anna.taps('+');
    expect(labels(anna.last)).toEqual([['−', '0.3', '+']]);
  });

  it('a counter adds to whole numbers of any length', async () => {
    const view = shows(({ counter }) => [counter('n')]);
    const { anna, stored } = await start({ n: 1_234_567_890_123_456 }, view);
    await anna.taps('+');
    expect(await stored()).toEqual({ n: 1_234_567_890_123_457 });
  });

  it('values that are no longer offered do not count for `max`', async () => {
    const view = shows(({ multi }) => [multi('topics', ['news', 'offers'], { max: 1 })]);
    const { anna, stored } = await start({ topics: ['gone'] }, view);
    await anna.taps('news');
    expect(await stored()).toEqual({ topics: ['news'] });
  });

  it('a calendar does not take the page of a list with its name for a month', async () => {
    const list = Array.from({ length: 30 }, (_, at) => at);
    const view: LooseView = ({ data, calendar, pages, button, again }: Loose) => ({
      text: 'Edge',
      rows: [
        data.isList
          ? pages('day', list, (at: number) => button(`${at}`, `${at}`, again({})))
          : calendar('day'),
        button('switch', 'Switch', again({ isList: !data.isList })),
      ],
    });
    const { anna, bot } = await start({ isList: true }, view);
    for (const label of ['»', 'Switch', '»', 'Switch']) await anna.taps(label);
    expect(labels(anna.last)).toContainEqual([' ', '1 / 3', '»']);
    expect(bot.errors).toEqual([]);
  });

  it('an option without a label shows its value', async () => {
    const view = shows(({ radio }) => [radio('size', { S: undefined, M: 'Medium' })]);
    const { anna } = await start({ size: 'S' }, view);
    expect(labels(anna.last)).toEqual([['● S', '○ Medium']]);
  });

  it('`false` and `undefined` are left out of lists, grids and items of pages', async () => {
    const { anna, bot } = await start(
      {},
      shows(({ button, grid, pages, again }) => [
        grid([button('a', 'A', again()), false, undefined, button('b', 'B', again())], 2),
        pages(
          'list',
          [1, 2, 3],
          (n: number) => n !== 2 && [button(`${n}`, `${n}`, again()), undefined],
        ),
      ]),
    );
    expect(bot.errors).toEqual([]);
    expect(labels(anna.last)).toEqual([['A', 'B'], ['1'], ['3']]);
  });

  it.each([
    ['a text that is no day', 'tomorrow'],
    ['a day that no calendar has', '2026-13-99'],
  ])('a calendar over %s opens at today', async (_name, day) => {
    const view = shows(({ calendar }) => [calendar('day', { locale: 'en' })]);
    const { anna, bot } = await start({ day }, view);
    expect(bot.errors).toEqual([]);
    expect(labels(anna.last)[0]?.[1]).toMatch(/^\w+ \d{4}$/);
  });

  it.each([
    ['2027-01-15', '«', 'December 2026'],
    ['2026-12-31', '»', 'January 2027'],
    ['2028-01-31', '»', 'February 2028'],
    ['0001-01-01', '»', 'February 1'],
    ['0100-01-01', '«', 'December 99'],
  ])('a calendar at %s turns by %s to %s', async (day, turn, title) => {
    const view = shows(({ calendar }) => [calendar('day', { locale: 'en' })]);
    const { anna } = await start({ day }, view);
    await anna.taps(turn);
    expect(labels(anna.last)[0]?.[1]).toBe(title);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29'],
    ['America/New_York', '2026-11-01'],
    ['Pacific/Apia', '2011-12-30'],
  ])('a calendar has each day once, whatever the clocks of %s do on %s', async (zone, day) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      const view = shows(({ calendar }) => [calendar('day', { locale: 'en' })]);
      const { anna } = await start({ day }, view);
      const days = labels(anna.last)
        .slice(2)
        .flat()
        .filter((label) => label !== ' ');
      const length = new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0));
      expect(days.map((label) => Number(label.replace(/\D/g, '')))).toEqual(
        Array.from({ length: length.getUTCDate() }, (_each, at) => at + 1),
      );
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  const item = ({ button, again }: Loose) => {
    return (each: unknown) => button(`${each}`, `${each}`, again());
  };
  it.each<readonly [string, LooseView, RegExp]>([
    [
      'a page of no items',
      async (turn) => {
        const shown = await turn.page('list', ['a'], { size: 0 });
        return { text: 'Edge', rows: [turn.pages('list', shown, item(turn))] };
      },
      /"size of the list 'list'": found 0\. Expected a whole number from 1/,
    ],
    [
      'a broken size',
      shows((turn) => [turn.pages('list', ['a'], item(turn), { size: 1.5 })]),
      /"size of the list 'list'": found 1\.5\. Expected a whole number from 1/,
    ],
    [
      'a loader without a total',
      shows((turn) => [turn.pages('list', () => ({ items: [], total: Number.NaN }), item(turn))]),
      /"total of the loader of 'list'": found NaN\. Expected a whole number from 0/,
    ],
    [
      'a loader that returns the whole list',
      shows((turn) => [
        turn.pages('list', () => ({ items: ['a', 'b', 'c'], total: 3 }), item(turn), { size: 2 }),
      ]),
      /"items of the loader of 'list'": found 3 items\. Expected at most 2, those of the page/,
    ],
    [
      'an item that is a text',
      shows(({ pages }) => [pages('list', ['a'], () => 'A')]),
      /"edge view rows": found 'A'\. Expected buttons/,
    ],
    [
      'a widget of several rows in a list',
      shows(({ radio }) => [[radio('size', ['S'])]]),
      /"edge view rows": found a widget with rows of its own inside a list\. Expected buttons/,
    ],
    [
      'a widget of several rows in a grid',
      shows(({ radio, grid }) => [grid([radio('size', ['S'])], 2)]),
      /"edge view rows": found a widget with rows of its own inside a list\. Expected buttons/,
    ],
    [
      'an id of spaces',
      shows(({ button, again }) => [button(' ', 'Go', again())]),
      /"id of a button": found ' '\. Expected a text/,
    ],
    [
      'a label that is a number',
      shows(({ counter }) => [counter('n', { label: (n: number) => n })]),
      /"label of a button": found 0\. Expected a text/,
    ],
    [
      'a label of a counter that is a text',
      shows(({ counter }) => [counter('n', { label: 'Guests' })]),
      /"counter 'n' label": found 'Guests'\. Expected a function/,
    ],
    [
      'a toggle without a label',
      shows(({ toggle }) => [toggle('on')]),
      /"label of the button 'on=1'": found undefined\. Expected a text/,
    ],
    [
      'a step that is no number',
      shows(({ counter }) => [counter('n', { step: Number.NaN })]),
      /"counter 'n' step": found NaN\. Expected a number above 0/,
    ],
    [
      'a limit that is no number',
      shows(({ counter }) => [counter('n', { max: Number.NaN })]),
      /"counter 'n' max": found NaN\. Expected a number/,
    ],
    [
      'no values',
      shows(({ radio }) => [radio('size')]),
      /"radio 'size' values": found undefined\. Expected a list or an object of values/,
    ],
    [
      'a misspelled option',
      shows(({ radio }) => [radio('size', ['S'], { colums: 2 })]),
      /"radio 'size' colums"\. Did you mean "columns"/,
    ],
    [
      'no columns',
      shows(({ multi }) => [multi('size', ['S'], { columns: 0 })]),
      /"multi 'size' columns": found 0\. Expected a whole number from 1/,
    ],
    [
      'a day that no calendar has',
      shows(({ calendar }) => [calendar('day', { min: '2026-13-45' })]),
      /"calendar 'day' min": found '2026-13-45'\. Expected a day such as/,
    ],
    [
      'a link to nowhere',
      shows(({ link }) => [link('Open')]),
      /"address of the button 'Open'": found undefined\. Expected a text/,
    ],
    [
      'a text that is too long to be copied',
      shows(({ copyText }) => [copyText('Copy', 'x'.repeat(257))]),
      /"text of the button 'Copy'": found .*\. Expected a text of 1 to 256 characters/,
    ],
    [
      'media that are missing',
      () => ({ photo: undefined, caption: 'Edge' }),
      /"edge view photo": found undefined\. Expected an id, an address or a file/,
    ],
    [
      'text beside media',
      () => ({ photo: 'photo', text: 'Edge' }),
      /"edge view text": found 'Edge'\. Expected `caption` beside media/,
    ],
    ['a blank text', () => '  ', /"edge view text": found ' {2}'\. Expected a text/],
    [
      'a text that is longer than a message',
      () => 'x'.repeat(4097),
      /"edge view text": found 4097 characters\. Expected at most 4096, since/,
    ],
  ])('names the mistake: %s', async (_name, view, sentence) => {
    const { bot } = await start({}, view);
    expect(
      bot.errors.map((error) => String((error as { error?: unknown }).error ?? error)),
    ).toEqual([expect.stringMatching(sentence)]);
  });
});
