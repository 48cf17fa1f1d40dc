/** Each widget's buttons, and the effect of a press. */

import { type PageRequest, scene, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, labels, play, stale } from './view-play.ts';

describe.each(frameworks)('widgets, on %s', (_, framework) => {
  it('a calendar shows a month in the language of the user, and turns between its first and its last day', async () => {
    const Pick = scene('pick', { data: typed<{ day?: string }>() }).on({
      view: ({ data, calendar }) => ({
        text: data.day ?? 'When?',
        rows: [
          calendar('day', {
            min: '2026-11-27',
            max: '2026-12-24',
            disabled: (day) => day === '2026-11-28',
          }),
        ],
      }),
    });
    const clock = virtualClock(new Date('2026-11-01'));
    const { world, bot, machine } = play(framework, [Pick], { clock });
    bot.command('pick', ({ fsm }) => fsm.enter(Pick));
    const hans = world.user('Hans', { language_code: 'de' });
    await hans.sends('/pick');
    const [title, weekdays, ...weeks] = labels(hans.last);
    expect(title).toEqual([' ', 'November 2026', '»']);
    expect(weekdays).toEqual(['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So']);
    expect(weeks.at(-1)).toEqual(['30', ' ', ' ', ' ', ' ', ' ', ' ']);
    expect(weeks.at(-2)).toEqual(['·', '·', '·', '·', '27', '·', '29']);
    await hans.taps('»');
    expect(labels(hans.last)[0]).toEqual(['«', 'Dezember 2026', ' ']);
    await hans.taps('24');
    hans.sees('2026-12-24');
    expect(labels(hans.last).flat()).toContain('[24]');
    expect((await machine.at({ user: hans.id }).peek())?.data).toEqual({ day: '2026-12-24' });
    await hans.taps('25', undefined).catch(() => {});
    expect((await machine.at({ user: hans.id }).peek())?.data).toEqual({ day: '2026-12-24' });
    expect(bot.errors).toEqual([]);
  });

  it('a calendar takes a locale, and opens at the month that was chosen', async () => {
    const Pick = scene('pick', { data: typed<{ day: string }>() }).on({
      view: ({ calendar }) => ({ text: 'When?', rows: [calendar('day', { locale: 'en-US' })] }),
    });
    const { anna, bot } = play(framework, [Pick]);
    bot.command('pick', ({ fsm }) => fsm.enter(Pick, { day: '2024-02-29' }));
    await anna.sends('/pick');
    expect(labels(anna.last)[0]).toEqual(['«', 'February 2024', '»']);
    expect(labels(anna.last)[1]?.[0]).toBe('Sun');
  });

  it.each([
    ['fa', /^نوامبر/, 'دوشنبه'],
    ['th', /2026/, 'อาทิตย์'],
    ['ar', /نوفمبر/, 'السبت'],
    ['xx-unknown', /^November 2026$/, 'Sun'],
  ] as const)('a calendar in %s has the days that are stored', async (code, title, weekday) => {
    const Pick = scene('pick', { data: typed<{ day?: string }>() }).on({
      view: ({ data, calendar }) => ({ text: data.day ?? 'When?', rows: [calendar('day')] }),
    });
    const clock = virtualClock(new Date('2026-11-05'));
    const { world, bot } = play(framework, [Pick], { clock });
    bot.command('pick', ({ fsm }) => fsm.enter(Pick));
    const user = world.user('User', { language_code: code });
    await user.sends('/pick');
    expect(labels(user.last)[0]?.[1]).toMatch(title);
    expect(labels(user.last)[1]).toContain(weekday);
    await user.taps('30');
    user.sees('2026-11-30');
    expect(bot.errors).toEqual([]);
  });

  it('a loader that fails changes nothing, and the same press works later', async () => {
    let isDown = false;
    const load = ({ page }: PageRequest) => {
      if (isDown) throw new Error('no database');
      return { items: [page], total: 3 };
    };
    const List = scene('list').on({
      view: ({ pages, button, again }) => ({
        text: 'Items',
        rows: [pages('items', load, (n) => button(`${n}`, `${n}`, again()), { size: 1 })],
      }),
    });
    const { anna, bot, machine } = play(framework, [List]);
    bot.command('list', ({ fsm }) => fsm.enter(List));
    await anna.sends('/list');
    const shown = anna.last;
    isDown = true;
    await anna.taps('»');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors.map(String)).toEqual(['Error: no database']);
    await anna.sends('/list');
    expect((await machine.at({ user: anna.id }).peek())?.scene).toBe('list');
    isDown = false;
    await anna.taps('»', shown);
    expect(labels(anna.screen()[0] as never)[1]).toEqual(['«', '2 / 3', '»']);
  });

  it('a forged day that is not offered is stale', async () => {
    const Pick = scene('pick', { data: typed<{ day?: string }>() }).on({
      view: ({ calendar }) => ({
        text: 'When?',
        rows: [calendar('day', { min: '2026-11-10', max: '2026-11-20' })],
      }),
    });
    const clock = virtualClock(new Date('2026-11-01'));
    const { anna, bot, machine, forges } = play(framework, [Pick], { clock });
    bot.command('pick', ({ fsm }) => fsm.enter(Pick));
    await anna.sends('/pick');
    const data = dataOf(anna.last, '12').replace('11-12', '11-09');
    expect(await forges(anna, data, anna.last)).toBe(stale);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
  });

  it('links, Mini Apps, inline queries and copied texts send the bot nothing', async () => {
    const Links = scene('links').on({
      view: ({ link, webApp, switchInline, copyText, grid, button, again }) => ({
        text: 'Links',
        rows: [
          [link('Help', 'https://example.org'), webApp('App', 'https://example.org/app')],
          switchInline('Share', 'hello'),
          switchInline('Here', 'hello', 'here'),
          copyText('Copy', 'code'),
          grid(
            ['a', 'b', 'c', 'd', 'e'].map((id) => button(id, id, again())),
            2,
          ),
        ],
      }),
    });
    const { anna, bot, world } = play(framework, [Links]);
    bot.command('links', ({ fsm }) => fsm.enter(Links));
    await anna.sends('/links');
    const { payload } = world.calls.at(-1) ?? {};
    const { inline_keyboard: rows } = Object(payload?.['reply_markup']);
    expect(rows.slice(0, 4)).toEqual([
      [
        { text: 'Help', url: 'https://example.org' },
        { text: 'App', web_app: { url: 'https://example.org/app' } },
      ],
      [{ text: 'Share', switch_inline_query: 'hello' }],
      [{ text: 'Here', switch_inline_query_current_chat: 'hello' }],
      [{ text: 'Copy', copy_text: { text: 'code' } }],
    ]);
    expect(labels(anna.last).slice(4)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('a loader is asked for one page, and the last one where the list has become shorter', async () => {
    const requests: PageRequest[] = [];
    let total = 25;
    const load = async (request: PageRequest) => {
      requests.push(request);
      const { offset, size } = request;
      const items = Array.from({ length: Math.min(size, total - offset) }, (_, at) => offset + at);
      return { items, total };
    };
    const List = scene('list', { data: typed<{ chosen?: number }>() }).on({
      view: ({ data, pages, button, again }) => ({
        text: `Chosen: ${data.chosen ?? 'none'}`,
        rows: [
          pages('items', load, (n) => button(`${n}`, `Item ${n}`, again({ chosen: n })), {
            size: 10,
            columns: 1,
            empty: 'Nothing here',
          }),
        ],
      }),
    });
    const { anna, bot } = play(framework, [List]);
    bot.command('list', ({ fsm }) => fsm.enter(List));
    await anna.sends('/list');
    expect(requests.splice(0)).toEqual([{ page: 0, size: 10, offset: 0 }]);
    await anna.taps('»');
    await anna.taps('»');
    expect(labels(anna.last).map(([label]) => label)).toEqual([
      'Item 20',
      'Item 21',
      'Item 22',
      'Item 23',
      'Item 24',
      '«',
    ]);
    const seen = anna.last;
    total = 12;
    await anna.taps('Item 20', seen);
    expect(labels(anna.last).map(([label]) => label)).toEqual(['Item 10', 'Item 11', '«']);
    anna.sees('Chosen: none');
    await anna.taps('Item 11');
    anna.sees('Chosen: 11');
    total = 0;
    await anna.taps('Item 10');
    expect(labels(anna.last)).toEqual([['Nothing here']]);
    expect(bot.errors).toEqual([]);
  });

  it('a page is loaded once for the text and the buttons', async () => {
    let loads = 0;
    const load = ({ offset, size }: PageRequest) => {
      loads++;
      return { items: Array.from({ length: size }, (_, at) => offset + at), total: 100 };
    };
    const List = scene('list').on({
      view: async ({ page, pages, button, again }) => {
        const shown = await page('items', load, { size: 3 });
        return {
          text: `${shown.items.join(', ')} (${shown.page + 1} of ${shown.pages})`,
          rows: [pages('items', shown, (n) => button(`${n}`, `${n}`, again()))],
        };
      },
    });
    const { anna, bot } = play(framework, [List]);
    bot.command('list', ({ fsm }) => fsm.enter(List));
    await anna.sends('/list');
    anna.sees('0, 1, 2 (1 of 34)');
    expect(loads).toBe(1);
    await anna.taps('»');
    anna.sees('3, 4, 5 (2 of 34)');
  });

  it('`after` runs when the new value is in the data, and its transition counts', async () => {
    const saved: unknown[] = [];
    const Quiet = scene('quiet').on({
      view: ({ button, back }) => ({ text: 'Quiet', rows: [button('back', 'Back', back())] }),
    });
    const Sound = scene('sound', { data: typed<{ on: boolean; level: number }>() }).on({
      view: ({ data, toggle, counter }) => ({
        text: `Sound ${data.on} ${data.level}`,
        rows: [
          toggle('on', (on) => (on ? 'Off' : 'On'), {
            after: (on, { data, from }) => void saved.push([on, data.on, from?.first_name]),
          }),
          counter('level', {
            min: 0,
            max: 3,
            step: 2,
            after: (level, { goto }) => (level === 0 ? goto(Quiet) : undefined),
          }),
        ],
      }),
    });
    const { anna, bot } = play(framework, [Sound, Quiet]);
    bot.command('sound', ({ fsm }) => fsm.enter(Sound, { on: false, level: 2 }));
    await anna.sends('/sound');
    await anna.taps('On');
    expect(saved).toEqual([[true, true, 'Anna']]);
    anna.sees('Sound true 2');
    await anna.taps('+');
    expect(labels(anna.last)[1]).toEqual(['−', '2', '+']);
    await anna.taps('−');
    anna.sees('Quiet');
    await anna.taps('Back');
    anna.sees('Sound true 0');
    expect(bot.errors).toEqual([]);
  });

  it('long ids, ids in Chinese and two ids with one hash fit into callback data', async () => {
    const ids = ['x'.repeat(200), '选择这个非常长的选项'.repeat(4), 'short'];
    const Long = scene('long', { data: typed<{ last?: string }>() }).on({
      view: ({ data, button, again }) => ({
        text: data.last ?? 'none',
        rows: ids.map((id, at) => button(id, `${at}`, again({ last: `${at}` }))),
      }),
    });
    const { anna, bot } = play(framework, [Long]);
    bot.command('long', ({ fsm }) => fsm.enter(Long));
    await anna.sends('/long');
    for (const at of ['0', '1', '2']) {
      expect(new TextEncoder().encode(dataOf(anna.last, at)).length).toBeLessThanOrEqual(64);
      await anna.taps(at);
      anna.sees(at);
    }
  });

  it('two buttons with one id, a keyboard of its own and a misspelled member are named', async () => {
    const views: Readonly<Record<string, object>> = {
      twice: scene('twice').on({
        view: ({ button, again }) => ({
          text: 'a',
          rows: [button('a', 'A', again()), button('a', 'B', again())],
        }),
      }),
      misspelled: scene('misspelled').on({
        view: () => Object.assign({ text: 'a' }, { captoin: 'b' }),
      }),
      days: scene('days', { data: typed<{ day?: string }>() }).on({
        view: ({ calendar }) => ({ text: 'a', rows: [calendar('day', { min: 'tomorrow' })] }),
      }),
    };
    const errors: string[] = [];
    for (const [name, view] of Object.entries(views)) {
      const { anna, bot } = play(framework, [view]);
      bot.command('show', ({ fsm }) => fsm.enter(view as never));
      await anna.sends('/show').catch(() => {});
      errors.push(
        `${name}: ${bot.errors.map((error) => (error as { error?: unknown }).error ?? error).join()}`,
      );
    }
    expect(errors).toMatchInlineSnapshot(`
      [
        "twice: FsmError: Invalid option "twice view rows": found 'a' twice. Expected different ids. Correct the option. [TELEFSM_INVALID_OPTION]",
        "misspelled: FsmError: Unknown option "misspelled view captoin". Did you mean "caption"? Correct the option. [TELEFSM_INVALID_OPTION]",
        "days: FsmError: Invalid option "calendar 'day' min": found 'tomorrow'. Expected a day such as '2026-11-28'. Correct the option. [TELEFSM_INVALID_OPTION]",
      ]
    `);
  });
});
