/** A bot with views, walked through by the explorer: the buttons that it presses are the edges of the diagram. */

import { type AnyScene, flow, scene, typed } from '@telefsm/core';
import { check, graph, mermaid } from '@telefsm/devtools';
import { type ExploreWorld, explore } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

const Menu = scene('menu', { data: typed<{ on?: boolean }>() }).on({
  view: ({ data, toggle, button, goto, leave }) => ({
    text: 'Menu',
    rows: [
      toggle('on', 'On'),
      button('list', 'List', goto(List)),
      data.on && button('close', 'Close', leave()),
    ],
  }),
});
const List = scene('list').on({
  view: ({ pages, button, goto }) => ({
    text: 'List',
    rows: [pages('items', [1, 2, 3, 4], (n) => button(`${n}`, `${n}`, goto(Menu)), { size: 2 })],
  }),
});

const Invite = flow('invite', { trigger: '/invite' })
  .ask('friends', {
    prompt: 'Who?',
    accept: 'users_shared',
    share: { label: 'Pick friends', request: { max_quantity: 2 } },
  })
  .ask('where', { prompt: 'Where?', accept: 'chat_shared', share: 'Pick a group' })
  .questions('more', (_, { services }) =>
    (services as { questions: readonly string[] }).questions.map((name) => ({
      name,
      prompt: name,
      choices: ['yes', 'no'],
    })),
  )
  .done(() => 'Invited.');

/** A menu that leads to a node with a fault. */
function leading(framework: (typeof frameworks)[number][1], target: AnyScene, others: AnyScene[]) {
  const Start = scene('start').on({
    view: ({ button, goto }) => ({ text: 'Start', rows: [button('on', 'On', goto(target))] }),
  });
  return explore(
    ((world: ExploreWorld) => {
      const bot = framework.bot();
      const machine = bot.fsm({ states: [Start, ...others], ...world });
      bot.command('start', ({ fsm }) => fsm.enter(Start));
      return { bot: bot.bot, machine };
    }) as never,
    { runs: 20, steps: 12 },
  );
}

describe.each(frameworks)('a fault of a view, explored on %s', (_, framework) => {
  it('is found where the handler of a button throws', async () => {
    const Pay = scene('pay').on({
      view: ({ button }) => ({
        text: 'Pay?',
        rows: [
          button('pay', 'Pay', () => {
            throw new RangeError('The bank is closed.');
          }),
        ],
      }),
    });
    const { faults, report } = await leading(framework, Pay, [Pay]);
    expect(faults, report).toMatchObject([
      {
        kind: 'crash',
        state: 'pay',
        message: expect.stringContaining('RangeError: The bank is closed.'),
        path: ['Anna: /start', 'Anna taps [On]', 'Anna taps [Pay]'],
      },
    ]);
  });

  it('is found where a view throws', async () => {
    const Odd = scene('odd', { data: typed<{ on?: boolean }>() }).on({
      view: ({ data, toggle }) => {
        if (data.on) throw new RangeError('There is no such page.');
        return { text: 'Odd', rows: [toggle('on', 'Even')] };
      },
    });
    const { faults, report } = await leading(framework, Odd, [Odd]);
    expect(faults, report).toMatchObject([
      {
        kind: 'crash',
        message: expect.stringContaining('There is no such page.'),
        path: ['Anna: /start', 'Anna taps [On]', 'Anna taps [Even]'],
      },
    ]);
  });

  it('is found where a button leads to a state that the machine does not have', async () => {
    const Gone = scene('gone').on({ view: () => 'Gone' });
    const { faults, report } = await leading(framework, Gone, []);
    expect(faults, report).toMatchObject([
      {
        kind: 'crash',
        state: 'start',
        message: expect.stringContaining('Unknown scene "gone"'),
        path: ['Anna: /start', 'Anna taps [On]'],
      },
    ]);
  });

  it('is found where a view without buttons is a dead end', async () => {
    const End = scene('end').on({ view: () => 'Thank you.' });
    const { faults, report } = await leading(framework, End, [End]);
    expect(faults, report).toMatchObject([
      { kind: 'dead-end', state: 'end', path: ['Anna: /start', 'Anna taps [On]'] },
    ]);
  });

  it('is not seen in views without buttons that take a message, or end by a timeout', async () => {
    const Name = scene('name').on({ view: () => 'Your name?', handle: ({ goto }) => goto(Bye) });
    const Bye = scene('bye', { timeout: '10s' }).on({ view: () => 'Bye.' });
    const { faults, report } = await leading(framework, Name, [Name, Bye]);
    expect(faults, report).toEqual([]);
  });
});

describe.each(frameworks)('a bot with views, explored on %s', (_, framework) => {
  it('has no fault, and each button that leads elsewhere is an edge', async () => {
    const make = () => {
      const bot = framework.bot();
      const machine = bot.fsm({ states: [Menu, List] });
      bot.command('start', ({ fsm }) => fsm.enter(Menu));
      return { bot: bot.bot, machine };
    };
    const { faults, coverage, report } = await explore(make as never, { runs: 30, steps: 20 });
    expect(faults, report).toEqual([]);
    expect(coverage.unvisited).toEqual([]);
    const drawn = graph(make().machine, { moves: coverage.transitions });
    const edges = drawn.edges.map(({ from, to, label }) => `${from} → ${to}: ${label}`);
    expect(edges.sort()).toEqual([
      'list → menu: an item of items',
      'menu → list: List',
      'menu → ~end: Close',
      '~start → menu: /start',
    ]);
    expect(drawn.nodes.filter(({ view }) => view)).toMatchObject([
      { id: 'menu', widgets: [{ kind: 'toggle', name: 'on' }] },
      { id: 'list', widgets: [{ kind: 'pages', name: 'items' }] },
    ]);
    expect(check(drawn)).toEqual([]);
    expect(mermaid(drawn)).toContain('s_menu --> s_list : List');
  });

  it('finds what buttons share, and answers questions that are made while it runs', async () => {
    const make = () => {
      const bot = framework.bot();
      const services = { questions: ['Food', 'Drinks'] };
      return { bot: bot.bot, machine: bot.fsm({ states: [Invite], services }) };
    };
    const { faults, coverage, report } = await explore(make as never, { runs: 30, steps: 20 });
    expect(faults, report).toEqual([]);
    expect(coverage.unvisited).toEqual([]);
    expect(coverage.transitions).toContainEqual(['invite:more', null]);
  });
});
