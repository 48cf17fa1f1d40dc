import { flow, scene, state, states, typed } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import type { MovedBy } from '@telefsm/core/tools';
import { describe, expect, it } from 'vitest';
import { check, graph, mermaid } from '../src/index.ts';

const Menu = scene('menu', { data: typed<{ sound?: boolean }>() }).on({
  view: ({ toggle, button, goto }) => ({
    text: 'Menu',
    rows: [toggle('sound', 'Sound'), button('list', 'List', goto(List))],
  }),
});
const List = scene('list', { timeout: '20s' }).on({
  view: ({ button, goto }) => ({ text: 'List', rows: [button('menu', 'Menu', goto(Menu))] }),
});
const Order = flow('order', { trigger: '/order' })
  .ask('name', { prompt: 'Name?' })
  .done(() => {});

const machine = createMachine({ states: [Menu, List, Order] });
const button = (name: string, label: string = name): MovedBy => ({ kind: 'button', name, label });
const start: MovedBy = { kind: 'command', name: '/start' };
type Moves = NonNullable<Parameters<typeof graph>[1]>['moves'];
const edges = (moves: NonNullable<Moves>) =>
  graph(machine, { moves })
    .edges.filter(({ kind }) => kind === 'move')
    .map(({ from, to, label }) => `${from} → ${to}: ${label ?? ''}`);

describe('moves in a graph', () => {
  it('are named by the buttons that lead there', () => {
    expect(
      edges([
        ['menu', 'list', button('list', 'List')],
        ['list', 'menu', button('menu', 'Menu')],
      ]),
    ).toEqual(['menu → list: List', 'list → menu: Menu']);
  });

  it('name a button by its id where its label depends on data', () => {
    expect(
      edges([
        ['menu', 'list', button('pay', 'Pay 5 €')],
        ['menu', 'list', button('pay', 'Pay 9 €')],
      ]),
    ).toEqual(['menu → list: pay']);
  });

  it('name the list of an item, and few of many buttons', () => {
    expect(edges([['menu', 'list', { kind: 'button', name: 'items', list: 'items' }]])).toEqual([
      'menu → list: an item of items',
    ]);
    const many = ['a', 'b', 'c', 'd'].map((name) => ['menu', 'list', button(name)] as const);
    expect(edges(many)).toEqual(['menu → list: a, b, …']);
    expect(edges(many.slice(1))).toEqual(['menu → list: b, c, d']);
  });

  it('name a deadline by the timeout of the state', () => {
    const late = { kind: 'deadline', name: '' } as const;
    expect(
      edges([
        ['list', 'menu', late],
        ['menu', null, late],
      ]),
    ).toEqual(['list → menu: after 20 s', 'menu → ~end: a deadline']);
    expect(edges([['list', 'list', late]])).toEqual(['list → list: after 20 s']);
  });

  it('draw a command that leads there from everywhere once, from the start', () => {
    expect(
      edges([
        [null, 'menu', start],
        ['list', 'menu', start],
        ['menu', 'menu', start],
        ['order:name', 'menu', start],
      ]),
    ).toEqual(['~start → menu: /start']);
    expect(edges([['list', 'menu', start]])).toEqual(['list → menu: /start']);
  });

  it('are not named by commands where any text leads there', () => {
    const help = { kind: 'command', name: '/help' } as const;
    expect(
      edges([
        ['menu', 'list', help],
        ['menu', 'list'],
      ]),
    ).toEqual(['menu → list: ']);
  });

  it('draw a button that stays as an edge to itself, and widgets as parts of their state', () => {
    const moves = [
      ['menu', 'menu', button('more', 'More')],
      ['menu', 'menu', { kind: 'toggle', name: 'sound' }],
      ['menu', 'menu', { kind: 'toggle', name: 'sound' }],
      ['menu', 'menu'],
    ] as const;
    expect(edges(moves)).toEqual(['menu → menu: More']);
    const menu = graph(machine, { moves }).nodes.find(({ id }) => id === 'menu');
    expect(menu).toMatchObject({ view: true, widgets: [{ kind: 'toggle', name: 'sound' }] });
  });

  it('lead to a flow and from it as a whole, whatever happens in it', () => {
    const moves = [
      ['menu', 'order:name', button('order', 'Order')],
      ['order:name', 'order:name'],
      ['order:name', null],
      ['order:name', 'menu'],
      [null, 'order:name', { kind: 'command', name: '/order' }],
    ] as const;
    expect(edges(moves)).toEqual(['menu → order:~start: Order', 'order:~end → menu: ']);
    const lines = mermaid(graph(machine, { moves })).split('\n');
    expect(lines).toContain('  s_menu --> s_order : Order');
    expect(lines).toContain('  s_order --> s_menu');
  });

  it('are checked where all are declared, and only drawn where some were seen', () => {
    const moves = [[null, 'menu', start]] as const;
    const codes = (options: Parameters<typeof graph>[1]) =>
      check(graph(machine, options)).map(({ code, where }) => `${code} ${where}`);
    expect(codes({ moves })).toEqual(['UNREACHABLE list', 'NO_WAY_OUT menu', 'NO_WAY_OUT list']);
    expect(codes({ seen: moves })).toEqual([]);
    expect(graph(machine, { seen: moves }).edges).toContainEqual({
      from: '~start',
      to: 'menu',
      kind: 'move',
      label: '/start',
    });
  });

  it('are lines of a Mermaid diagram, with the widgets of each view', () => {
    const made = mermaid(
      graph(createMachine({ states: [Menu, List] }), {
        moves: [
          [null, 'menu', start],
          ['menu', 'menu', { kind: 'toggle', name: 'sound' }],
          ['menu', 'list', button('list', 'List')],
          ['list', 'menu', button('menu', 'Menu')],
          ['list', null, { kind: 'deadline', name: '' }],
        ],
      }),
    );
    expect(made.split('\n')).toEqual([
      'stateDiagram-v2',
      '  direction TB',
      '  state "menu" as s_menu',
      '  s_menu : toggle sound',
      '  state "list" as s_list',
      '  [*] --> s_menu : /start',
      '  s_menu --> s_list : List',
      '  s_list --> s_menu : Menu',
      '  s_list --> [*] : after 20 s',
      '',
    ]);
  });

  it('may be between plain states of the bot’s own', () => {
    const Form = states('Form', { name: state() });
    const made = graph(createMachine({ states: [Form] }), {
      moves: [['Form:name', null, button('Done')]],
    });
    expect(made.edges).toEqual([{ from: 'Form:name', to: '~end', kind: 'move', label: 'Done' }]);
  });
});
