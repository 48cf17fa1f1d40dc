/** A bot with views, walked through by the explorer: the buttons that it presses are the edges of the diagram. */

import { scene, typed } from '@telefsm/core';
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
});
