/** A view that tools look at: what it shows, what its buttons are and where they lead, without a change to the conversation. */

import { flow, html, scene, typed } from '@telefsm/core';
import { lookAt } from '@telefsm/core/tools';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, play } from './view-play.ts';

interface Values {
  readonly sound: boolean;
  readonly language: 'en' | 'de';
  readonly topics: readonly ('news' | 'offers')[];
  readonly volume: number;
  readonly phone: string;
}
const session = typed<{ visits?: number }>();

const Page = scene('page', {
  data: typed<Values>(),
  session,
  services: typed<{ items: readonly string[] }>(),
}).on({
  view: (turn) => ({
    text: `${turn.data.phone}, visit ${turn.session.visits ?? 0}`,
    rows: [
      turn.toggle('sound', 'Sound'),
      turn.radio('language', { en: 'English', de: 'Deutsch' }),
      turn.multi('topics', ['news', 'offers']),
      turn.counter('volume'),
      turn.pages(
        'items',
        turn.services.items,
        (item) => turn.button(item, item, turn.goto(Order)),
        { size: 1 },
      ),
      [
        turn.button('more', 'More', ({ session }) => {
          session.visits = (session.visits ?? 0) + 1;
        }),
        turn.button('close', 'Close', turn.leave()),
        turn.link('Site', 'https://example.com'),
      ],
    ],
  }),
});
const Day = scene('day', { data: typed<{ day?: string }>() }).on({
  view: ({ calendar }) => ({ text: 'Which day?', rows: [calendar('day', { min: '2026-11-28' })] }),
});
const Order = flow('order', { prompts: 'edit' })
  .ask('name', { prompt: 'Your name?' })
  .done(() => {});
const Broken = scene('broken', { data: typed<{ on?: boolean }>() }).on({
  view: ({ data, toggle }) => {
    if (data.on) throw new RangeError('There is no such page.');
    return { text: 'Fine', rows: [toggle('on', 'On')] };
  },
});
const start: Values = { sound: true, language: 'en', topics: ['news'], volume: 1, phone: '+1 555' };
const services = { items: ['tea', 'cake'] };

describe.each(frameworks)('a view that is looked at, on %s', (_, framework) => {
  const playing = () => {
    const made = play(framework, [Page, Day, Order, Broken], { services });
    made.bot.command('page', ({ fsm }) => fsm.enter(Page, start));
    made.bot.command('day', ({ fsm }) => fsm.enter(Day));
    made.bot.command('order', ({ fsm }) => fsm.enter(Order));
    made.bot.command('broken', ({ fsm }) => fsm.enter(Broken));
    const { machine, anna } = made;
    const key = () => machine.at({ user: anna.id }).key;
    return { ...made, key, look: () => lookAt(machine as never, key()) };
  };

  it('has its text, and each button with the widget that made it and where it leads', async () => {
    const { anna, look } = playing();
    await anna.sends('/page');
    const seen = await look();
    expect(seen?.view?.text).toBe('+1 555, visit 0');
    const buttons = seen?.view?.rows.map((row) =>
      row.map(({ label, widget, name, list, leads }) =>
        [label, widget, name, list, leads?.verb, leads?.to].filter(Boolean).join(' '),
      ),
    );
    expect(buttons).toEqual([
      ['✓ Sound toggle sound'],
      ['● English radio language', '○ Deutsch radio language'],
      ['✓ news multi topics', 'offers multi topics'],
      ['− counter volume', '1 cell', '+ counter volume'],
      ['tea button tea items goto order'],
      ['  cell', '1 / 2 cell', '» pages items'],
      ['More button more', 'Close button close leave', 'Site link'],
    ]);
    const more = seen?.view?.rows.flat().find(({ name }) => name === 'more');
    expect(more?.data).toBe(dataOf(anna.last, 'More'));
    expect(seen?.view?.rows.flat().at(-1)?.data).toBe(undefined);
  });

  it('has the words of a formatted text, and of a formatted caption', async () => {
    const Bold = scene('bold').on({ view: () => ({ text: html`<b>${'Tea & cake'}</b>` }) });
    const Picture = scene('picture').on({
      view: () => ({ photo: 'id', caption: html`<i>Tea</i>` }),
    });
    const { bot, machine, anna } = play(framework, [Bold, Picture]);
    bot.command('bold', ({ fsm }) => fsm.enter(Bold));
    bot.command('picture', ({ fsm }) => fsm.enter(Picture));
    await anna.sends('/bold');
    const { key } = machine.at({ user: anna.id });
    expect((await lookAt(machine as never, key))?.view).toMatchObject({
      text: '<b>Tea &amp; cake</b>',
    });
    await anna.sends('/picture');
    expect((await lookAt(machine as never, key))?.view).toMatchObject({
      text: '<i>Tea</i>',
      media: 'photo',
    });
  });

  it('has the message that shows it, the session, and the page of each list', async () => {
    const { anna, look } = playing();
    await anna.sends('/page');
    await anna.taps('More');
    await anna.taps('»');
    expect(await look()).toMatchObject({
      state: 'page',
      session: { visits: 1 },
      positions: { items: 1 },
      message: { id: anna.last.message_id, chat: anna.id, isCurrent: true },
    });
  });

  it('has days of a calendar apart from the cells between them', async () => {
    const { anna, look } = playing();
    await anna.sends('/day');
    const made = (await look())?.view?.rows.flat().map(({ widget }) => widget) ?? [];
    expect(new Set(made)).toEqual(new Set(['cell', 'calendar']));
  });

  it('changes and sends nothing', async () => {
    const { anna, machine, look, key, calls } = playing();
    await anna.sends('/page');
    calls();
    const before = await machine.storage.peek(key());
    await look();
    await look();
    expect(await machine.storage.peek(key())).toEqual(before);
    expect(calls()).toEqual([]);
  });

  it('reports a message that could not be edited as not current', async () => {
    const { anna, world, look } = playing();
    await anna.sends('/page');
    world.fails('editMessageText', 'unreachable');
    await anna.taps('More').catch(() => {});
    expect((await look())?.message).toMatchObject({ isCurrent: false });
  });

  it('is the one of the last commit where a turn has failed', async () => {
    const { anna, machine, look } = playing();
    await anna.sends('/broken');
    await anna.taps('On').catch(() => {});
    expect((await look())?.failure).toBe(undefined);
    const moved = machine.at({ user: anna.id }).run(({ state }) => {
      state.enter(Broken as never, { on: true } as never);
    });
    await expect(moved).rejects.toThrow('There is no such page.');
    expect((await lookAt(machine as never, machine.at({ user: anna.id }).key))?.view?.text).toBe(
      'Fine',
    );
  });

  it('renders from masked data, so that no text shows masked values', async () => {
    const { anna, machine, key } = playing();
    await anna.sends('/page');
    const mask = <T extends object>(data: T): T => ({ ...data, phone: '•••' });
    expect((await lookAt(machine as never, key(), mask))?.view?.text).toBe('•••, visit 0');
  });

  it('has a message and no view where a flow edits its prompts', async () => {
    const { anna, look } = playing();
    await anna.sends('/order');
    expect(await look()).toMatchObject({
      state: 'order:name',
      view: undefined,
      message: { id: anna.last.message_id },
    });
  });

  it('returns undefined if nothing is stored', async () => {
    const { anna, look } = playing();
    await anna.sends('hello');
    expect(await look()).toBe(undefined);
  });
});
