/** The most likely mistakes with views and flows. A test compiles them without their `@ts-expect-error`, and reads the sentences. */

import { flow, type Page, type PageRequest, scene, typed } from '@telefsm/core';

declare function load(request: PageRequest): Promise<Page<{ readonly id: string }>>;
declare const services: { reset(): Promise<void> };

export function views() {
  // @ts-expect-error Handlers are not options
  scene('options', { view: () => 'Hello' });

  scene('undeclared').on({
    // @ts-expect-error The data has no boolean
    view: ({ toggle }) => ({ text: 'Sound', rows: [toggle('on', 'On')] }),
  });

  scene('misspelled', { data: typed<{ on: boolean; name: string }>() }).on({
    // @ts-expect-error '"off"' is not assignable to '"on"'
    view: ({ toggle }) => ({ text: 'Sound', rows: [toggle('off', 'Off')] }),
  });

  const list = async (page: PageRequest) => (await load(page)).items;
  scene('loader').on({
    view: ({ pages, button, again }) => ({
      text: 'Products',
      // @ts-expect-error A loader returns { items, total }
      rows: [pages('list', list, () => button('a', 'A', again()))],
    }),
  });

  scene('keyboard').on({
    // @ts-expect-error use `rows`
    view: () => ({ text: 'Menu', keyboard: { inline_keyboard: [] } }),
  });

  scene('words').on({
    // @ts-expect-error write `caption` instead of `text`
    view: () => ({ photo: 'id', text: 'Menu' }),
  });

  scene('effect').on({
    // @ts-expect-error 'Promise<void>' is not assignable to 'Transition | …'
    view: ({ button }) => ({ text: 'Menu', rows: [button('reset', 'Reset', services.reset())] }),
  });
}

export function flows() {
  const f = flow('f').ask('name', { prompt: 'Name?' });
  // @ts-expect-error This flow already has a step
  f.ask('name', { prompt: 'Name?' });
  // @ts-expect-error `validate` must return the answer or invalid("why")
  f.ask('age', { prompt: 'Age?', validate: (text) => text.length > 3 });
  // @ts-expect-error A picker returns the answer
  f.ask('pick', { prompt: 'A photo', accept: ({ kind }) => kind === 'photo' });
  // @ts-expect-error A picker returns the answer
  scene('picker', { accept: ({ kind }) => kind === 'photo' });
  // @ts-expect-error `share` needs accept
  f.ask('phone', { prompt: 'Phone?', share: 'Share' });
  // @ts-expect-error Handlers are not options
  scene('late', { leave: () => 'Bye' });
  // @ts-expect-error onTimeout returns an answer that this question does not accept.
  f.ask('size', { prompt: '?', choices: ['s'], timeout: '1m', onTimeout: () => ({ answer: 'm' }) });
}
