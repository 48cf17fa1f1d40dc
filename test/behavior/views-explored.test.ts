/** A bot with views, walked through by the explorer: the buttons that it presses are the edges of the diagram. */

import { flow, scene, typed } from '@telefsm/core';
import { graph, mermaid } from '@telefsm/devtools';
import { explore } from '@telefsm/testing';
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
    const moves = coverage.transitions.filter(([from, to]) => from !== to);
    expect(moves.map(([from, to]) => `${from} → ${to}`).sort()).toEqual([
      'list → menu',
      'menu → list',
      'menu → null',
      'null → menu',
    ]);
    const drawn = graph(make().machine, { moves });
    expect(drawn.edges.filter(({ from, to }) => from === 'menu' && to === 'list')).toHaveLength(1);
    expect(mermaid(drawn)).toContain('s_menu --> s_list');
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
