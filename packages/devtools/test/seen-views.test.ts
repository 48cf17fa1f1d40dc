/** Views in the inspector: what a user sees, what the buttons are, and how the diagram grows by them. */

import { scene, typed } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { type Inspector, type InspectorOptions, inspector } from '../src/index.ts';

const session = typed<{ visits?: number }>();
const Menu = scene('menu', { data: typed<{ phone: string; on?: boolean }>(), session }).on({
  view: ({ data, toggle, button, goto, leave }) => ({
    text: `Call ${data.phone}`,
    rows: [
      toggle('on', 'Sound'),
      [button('list', 'List', goto(List)), button('close', 'Close', leave())],
      button('count', 'Count', ({ session }) => {
        session.visits = (session.visits ?? 0) + 1;
      }),
    ],
  }),
});
const List = scene('list').on({
  view: ({ button, goto }) => ({
    text: 'List',
    rows: [button('menu', 'Back to menu', goto(Menu, { phone: '2' }))],
  }),
});
const Broken = scene('broken', { services: typed<{ page(): string }>() }).on({
  view: ({ services }) => services.page(),
});

let opened: Inspector | undefined;
afterEach(() => opened?.stop());

/** A machine with a view that Anna sees, and its inspector. */
async function open(options: InspectorOptions = {}) {
  let page = () => 'Fine';
  const calls: object[] = [];
  const services = { page: () => page() };
  const machine = createMachine({ states: [Menu, List, Broken], services });
  machine.connect({
    id: 1,
    async call(method, payload) {
      calls.push({ method, ...payload });
      return { message_id: calls.length };
    },
  });
  const { url, token, ...web } = await inspector(machine, options);
  opened = { url, token, ...web };
  const anna = machine.at({ bot: 1, user: 7 });
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(path, url), { headers });
    return answer.text();
  };
  const key = encodeURIComponent(anna.key);
  return {
    machine,
    anna,
    calls,
    breaks: () => {
      page = () => {
        throw new RangeError('The database is gone.');
      };
    },
    conversation: async () => JSON.parse(await get(`/api/conversation?key=${key}`)),
    page: () => get(`/conversation?key=${key}`),
    graph: async () => JSON.parse(await get('/api/graph')),
  };
}

describe('the inspector', () => {
  it('shows the message of a conversation: its text, its keyboard, its id, and what is stored', async () => {
    const { anna, conversation, page } = await open();
    await anna.run(({ state }) => state.enter(Menu as never, { phone: '+1 555' } as never));
    expect(await conversation()).toMatchObject({
      state: 'menu',
      seen: {
        message: { chat: 7, id: 1, isCurrent: true },
        view: { text: 'Call +1 555' },
      },
    });
    const shown = await page();
    for (const part of [
      'Call +1 555',
      '<span class="key">Sound</span>',
      'Message 1 in chat 7, up to date',
      '<th scope="row">on</th><td>toggle</td>',
      '<th scope="row">List</th><td>button list</td><td>goto list</td>',
      '<th scope="row">Count</th><td>button count</td><td>a handler</td>',
    ]) {
      expect(shown).toContain(part);
    }
  });

  it('draws the buttons of the views that it has shown, and the moves that it has seen', async () => {
    const { anna, page, graph } = await open();
    expect((await graph()).edges).toEqual([]);
    await anna.run(({ state }) => state.enter(Menu as never, { phone: '1' } as never));
    await page();
    const { edges, nodes } = await graph();
    expect(edges).toEqual([
      { from: '~start', to: 'menu', kind: 'move' },
      { from: 'menu', to: 'list', kind: 'move', label: 'List' },
    ]);
    expect(nodes).toContainEqual(
      expect.objectContaining({
        id: 'menu',
        view: true,
        widgets: [{ kind: 'toggle', name: 'on' }],
      }),
    );
  });

  it('never renders what is redacted', async () => {
    const { anna, conversation, page } = await open({ redact: ['phone'] });
    await anna.run(({ state }) => state.enter(Menu as never, { phone: '+1 555' } as never));
    const { seen } = await conversation();
    expect(seen.view.text).toBe('Call •••');
    // the message was drawn from the real data, so it cannot be compared
    expect(seen.message).toEqual({ chat: 7, id: 1 });
    expect(await page()).not.toContain('+1 555');
  });

  it('shows data of the whole conversation', async () => {
    const { machine, anna, conversation } = await open();
    await anna.run((turn) => {
      turn.state.enter(Menu as never, { phone: '1' } as never);
      (turn as unknown as { session: { visits?: number } }).session.visits = 3;
    });
    expect(JSON.parse((await conversation()).session)).toEqual({ visits: 3 });
    await machine.stop();
  });

  it('says why a view cannot be rendered, and sends nothing', async () => {
    const { anna, calls, breaks, conversation, page } = await open();
    await anna.run(({ state }) => state.enter(Broken as never));
    const before = calls.length;
    breaks();
    expect((await conversation()).seen).toMatchObject({ failure: 'The database is gone.' });
    expect(await page()).toContain('The view cannot be rendered: The database is gone.');
    expect(calls).toHaveLength(before);
  });
});
