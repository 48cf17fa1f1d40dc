/** Mistakes in views that must not compile. Each `@ts-expect-error` names what the author sees. */

import { describe, expect, it } from 'vitest';
import {
  type Page,
  type PageRequest,
  scene,
  typed,
  type View,
  type ViewTurn,
} from '../src/index.ts';

interface Settings {
  readonly sound: boolean;
  readonly always: true;
  readonly language: 'en' | 'de';
  readonly name: string;
  readonly volume: number;
  readonly topics: readonly ('news' | 'offers')[];
  readonly note?: string;
}
const Other = scene('other', { data: typed<{ id: string }>() }).on({ view: ({ data }) => data.id });

const Widgets = scene('widgets', { data: typed<Settings>() }).on({
  view: ({ data, toggle, radio, multi, counter, calendar, pages, button, goto, again }) => {
    toggle('sound', 'Sound');
    // @ts-expect-error '"sond"' is not assignable to '"sound"'
    toggle('sond', 'Sound');
    // @ts-expect-error not a boolean
    toggle('name', 'Name');
    // @ts-expect-error `true` can't be switched off
    toggle('always', 'Always');

    radio('language', { en: 'English', de: 'Deutsch' });
    radio('language', [
      ['de', 'Deutsch'],
      ['en', 'English'],
    ]);
    radio('name', ['any', 'text']);
    radio('volume', [
      [0, 'Mute'],
      [10, 'Loud'],
    ]);
    // @ts-expect-error 'fr' does not exist in type 'Options<"en" | "de">'
    radio('language', { en: 'English', fr: 'Français' });
    // @ts-expect-error "fr" is no language
    radio('language', ['en', 'fr']);
    // @ts-expect-error a list is for multi
    radio('topics', ['news']);

    multi('topics', ['news', 'offers']);
    // @ts-expect-error no such topic
    multi('topics', ['sport']);
    // @ts-expect-error one value is for radio
    multi('language', ['en']);
    counter('volume', { max: 10 });
    // @ts-expect-error not a number
    counter('name');
    calendar('note', { min: '2026-11-28' });
    // @ts-expect-error a day doesn't fit 'en' | 'de'
    calendar('language');

    pages('list', [1, 2, 3], (n) => button(`${n}`, `${n}`, again()));
    pages(
      'loaded',
      ({ offset, size }) => load(offset, size),
      ({ id }) => button(id, id, goto(Other, { id })),
    );
    const items = async ({ offset, size }: PageRequest) => (await load(offset, size)).items;
    // @ts-expect-error a loader returns { items, total }
    pages('wrong', items, () => button('other', 'Other', again()));
    // @ts-expect-error a page's item makes buttons
    pages('text', ['a'], (text) => text);

    // @ts-expect-error Expected 2 arguments: Other needs data
    button('other', 'Other', goto(Other));
    // @ts-expect-error { id } is missing
    button('other', 'Other', goto(Other, {}));
    // @ts-expect-error 'volum' does not exist. Did you mean 'volume'?
    button('up', '+', again({ volum: data.volume + 1 }));
    // @ts-expect-error a required key can't be removed
    button('up', '+', again({ volume: undefined }));
    button('clear', 'Clear', again({ note: undefined }));
    // @ts-expect-error in a handler too
    button('up', '+', ({ data, again }) => again({ volume: `${data.volume}` }));
    // @ts-expect-error a press returns a transition, not a Promise<void> of somebody else's value
    button('go', 'Go', () => Other);
    // @ts-expect-error views don't act: no reply
    ({}) as ViewTurn['reply'];
    // @ts-expect-error nor an update: a deadline has none
    ({}) as ViewTurn['from'];
    // @ts-expect-error data is read-only
    data.volume = 3;
    // @ts-expect-error also below the top
    data.topics.push('news');
    return 'ok';
  },
});
declare function load(offset: number, size: number): Promise<Page<{ readonly id: string }>>;

/** Compiled, never run. */
const compiled = (_: () => unknown) => {};
// @ts-expect-error a node has a view or an enter, not both
compiled(() => scene('both').on({ view: () => 'a', enter: () => 'b', handle: () => {} }));
// @ts-expect-error neither a view nor a handler
compiled(() => scene('neither').on({}));
scene('rows').on({
  // @ts-expect-error own keyboards aren't bound to the view: use rows
  view: () => ({ text: 'Pick', keyboard: { inline_keyboard: [] } }),
});
scene('stream').on({
  // @ts-expect-error a view is pure; stream by turn.stream() in a handler
  view: async function* () {
    yield 'a';
  },
});
scene('typo').on({
  // @ts-expect-error rows hold buttons
  view: () => ({ text: 'Pick', rows: ['Yes', 'No'] }),
});

// a part that several views share: it names the data that it needs, and every node with such data may call it
const language = ({ radio }: ViewTurn<{ language: 'en' | 'de' }>) =>
  radio('language', { en: 'English', de: 'Deutsch' });
const Shared = scene('shared', { data: typed<Settings>() }).on({
  view: (turn) => ({ text: 'Language', rows: [language(turn)] }),
});
scene('lacks', { data: typed<{ name: string }>() }).on({
  // @ts-expect-error Property 'language' is missing
  view: (turn) => ({ text: 'Language', rows: [language(turn)] }),
});
// a whole view that two nodes show
const card = ({ data, button, leave }: ViewTurn<{ name: string }>): View => ({
  text: data.name,
  rows: [button('ok', 'OK', leave())],
});
const A = scene('a', { data: typed<{ name: string }>() }).on({ view: card });
const B = scene('b', { data: typed<{ name: string; age: number }>() }).on({ view: card });

describe('the types of views', () => {
  it('a part and a whole view are shared by nodes whose data has their keys', () => {
    expect([Other, Widgets, Shared, A, B].map(({ id }) => id)).toEqual([
      'other',
      'widgets',
      'shared',
      'a',
      'b',
    ]);
  });
});
