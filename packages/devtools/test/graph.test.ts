import { flow, scene, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { describe, expect, it } from 'vitest';
import { order } from '../../../examples/order/order.ts';
import { commandTree } from '../../commands/src/index.ts';
import { graph, mermaid } from '../src/index.ts';
import { longFlow, parcel } from './samples.ts';

const drawn = (machine: ReturnType<typeof createMachine>) => mermaid(graph(machine)).split('\n');

describe('a graph', () => {
  it('is JSON', () => {
    const made = graph(createMachine({ states: [order, parcel] }));
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it('shows what a question asks, accepts and offers', () => {
    const { nodes } = graph(createMachine({ states: [order] }));
    expect(nodes.find(({ id }) => id === 'order:giftWrap')).toEqual({
      id: 'order:giftWrap',
      kind: 'question',
      label: 'giftWrap',
      group: 'order',
      prompt: 'Would you like gift wrapping?',
      accepts: ['button'],
      choices: [
        { value: 'yes', label: 'Yes' },
        { value: 'no', label: 'No' },
      ],
    });
  });

  it('shows how a flow is started and left', () => {
    const { groups } = graph(createMachine({ states: [order], commands: { cancel: 'stop' } }));
    expect(groups).toEqual([
      {
        id: 'order',
        label: 'order',
        kind: 'flow',
        parent: null,
        trigger: 'order',
        description: 'Place a new order',
        cancel: 'stop',
        timeout: 600_000,
      },
    ]);
  });

  it('has the states of a command tree and the commands between them', () => {
    const turnstile = commandTree('turnstile');
    const coin = turnstile.root.command('coin');
    const unlocked = coin.state('unlocked');
    coin.action(() => unlocked);
    unlocked
      .command('push')
      .leadsTo(turnstile.root)
      .action(() => turnstile.root);
    const { edges } = graph(createMachine({ states: [turnstile] }));
    expect(edges.map(({ from, to, label }) => [from, label, to])).toEqual([
      ['turnstile:~start', undefined, 'turnstile:root'],
      ['turnstile:root', 'coin', 'turnstile:root/coin:unlocked'],
      ['turnstile:root/coin:unlocked', 'push', 'turnstile:root'],
    ]);
  });

  it('rejects declared moves to unknown states', () => {
    const Form = states('Form', { name: state() });
    const machine = createMachine({ states: [Form] });
    expect(() => graph(machine, { moves: [[null, 'Form:nam']] })).toThrow(
      "'Form:nam' in `moves` is not a state or scene of this machine. It has: Form:name.",
    );
  });
});

describe('a diagram', () => {
  it('draws a flow with a condition, a cancel command and a timeout', () => {
    expect(drawn(createMachine({ states: [order] }))).toMatchInlineSnapshot(`
      [
        "stateDiagram-v2",
        "  direction TB",
        "  state "order" as s_order {",
        "    state "product" as s_order_product",
        "    state "quantity" as s_order_quantity",
        "    state "address" as s_order_address",
        "    state "giftWrap" as s_order_giftWrap",
        "    state "confirm" as s_order_confirm",
        "    [*] --> s_order_product",
        "    s_order_product --> s_order_quantity",
        "    s_order_quantity --> s_order_address",
        "    s_order_address --> s_order_giftWrap : if",
        "    s_order_giftWrap --> s_order_confirm",
        "    s_order_address --> s_order_confirm : else",
        "    s_order_confirm --> [*]",
        "  }",
        "  s_order --> [*] : /cancel, 10 min without an answer",
        "  [*] --> s_order : /order",
        "",
      ]
    `);
  });

  it('draws a shared contact, and questions that are made while the flow runs', () => {
    const survey = flow('survey')
      .ask('phone', { prompt: 'Your number?', accept: 'contact', share: 'Share my number' })
      .questions('answers', () => [{ name: 'why', prompt: 'Why?' }])
      .done(() => {});
    const { nodes, edges } = graph(createMachine({ states: [survey] }));
    expect(nodes.find(({ id }) => id === 'survey:answers')).toEqual({
      id: 'survey:answers',
      kind: 'question',
      label: 'answers',
      group: 'survey',
      accepts: ['text', 'button'],
    });
    expect(nodes.find(({ id }) => id === 'survey:phone')?.accepts).toEqual(['contact']);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'survey:~start survey:phone',
      'survey:phone survey:answers',
      'survey:answers survey:~end',
    ]);
  });

  it('draws branches, included flows, repeats and blocks', () => {
    expect(drawn(createMachine({ states: [parcel] }))).toMatchInlineSnapshot(`
      [
        "stateDiagram-v2",
        "  direction TB",
        "  state "parcel" as s_parcel {",
        "    state "size" as s_parcel_size",
        "    state "envelope" as s_parcel_envelope",
        "    state s_parcel_if3 <<choice>>",
        "    state "lift" as s_parcel_lift",
        "    state s_parcel_if9 <<choice>>",
        "    state "insured" as s_parcel_insured",
        "    state "confirm" as s_parcel_confirm",
        "    state "home" as s_parcel_home {",
        "      state "city" as s_parcel_home_city",
        "      state "zip (optional)" as s_parcel_home_zip",
        "      s_parcel_home_city --> s_parcel_home_zip",
        "    }",
        "    state "items (repeated)" as s_parcel_items {",
        "      state "item" as s_parcel_items_item",
        "      state "another one?" as s_parcel_items_again",
        "      s_parcel_items_again --> s_parcel_items_item : another",
        "      s_parcel_items_item --> s_parcel_items_again",
        "    }",
        "    [*] --> s_parcel_size",
        "    s_parcel_size --> s_parcel_envelope : size = s",
        "    s_parcel_size --> s_parcel_if3 : size = l",
        "    s_parcel_if3 --> s_parcel_lift : if",
        "    s_parcel_envelope --> s_parcel_home_city",
        "    s_parcel_lift --> s_parcel_home_city",
        "    s_parcel_if3 --> s_parcel_home_city : else",
        "    s_parcel_size --> s_parcel_home_city : size = m",
        "    s_parcel_home_zip --> s_parcel_items_again",
        "    s_parcel_items_again --> s_parcel_if9 : no, or after 3",
        "    s_parcel_if9 --> s_parcel_insured : if",
        "    s_parcel_insured --> s_parcel_confirm",
        "    s_parcel_if9 --> s_parcel_confirm : else",
        "    s_parcel_confirm --> [*] : yes",
        "  }",
        "  s_parcel --> [*] : /cancel, 1 h 30 min without an answer",
        "  [*] --> s_parcel : /parcel",
        "",
      ]
    `);
  });

  it('draws states in the order of their group, nested groups, and a node that new users come to', () => {
    const Form = states('Form', { name: state(), age: state(), Address: { city: state() } });
    const Start = scene('start').on({ handle: () => {} });
    expect(drawn(createMachine({ states: [Form, Start], initial: Start }))).toMatchInlineSnapshot(`
      [
        "stateDiagram-v2",
        "  direction TB",
        "  state "start" as s_start",
        "  state "Form" as s_Form {",
        "    state "name" as s_Form_name",
        "    state "age" as s_Form_age",
        "    state "Address" as s_Form_Address {",
        "      state "city" as s_Form_Address_city",
        "    }",
        "    s_Form_name --> s_Form_age : next",
        "  }",
        "  [*] --> s_start : first message",
        "",
      ]
    `);
  });

  it('draws declared moves', () => {
    const Form = states('Form', { name: state(), age: state() });
    const moves = [
      [null, 'Form:name'],
      ['Form:name', 'Form:age'],
      ['Form:age', null],
    ] as const;
    const made = mermaid(graph(createMachine({ states: [Form] }), { moves }));
    expect(made.split('\n')).toMatchInlineSnapshot(`
      [
        "stateDiagram-v2",
        "  direction TB",
        "  state "Form" as s_Form {",
        "    state "name" as s_Form_name",
        "    state "age" as s_Form_age",
        "    s_Form_name --> s_Form_age",
        "  }",
        "  [*] --> s_Form_name",
        "  s_Form_age --> [*]",
        "",
      ]
    `);
  });

  it('has for a flow of thirty questions one line a question and few more than one a way', () => {
    const lines = drawn(createMachine({ states: [longFlow()] }));
    expect(lines.filter((line) => line.includes('" as s_long_q'))).toHaveLength(30);
    const ways = lines.filter((line) => line.includes('-->'));
    // one after each question, one around each of six conditions, and the rims
    expect(ways).toHaveLength(30 + 6 + 1 + 2);
    expect(new Set(ways).size).toBe(ways.length);
  });

  it('can show one flow alone', () => {
    const made = mermaid(graph(createMachine({ states: [order, parcel] })), {
      only: 'order',
      direction: 'LR',
    });
    expect(made).toContain('direction LR');
    expect(made).toContain('s_order_product --> s_order_quantity');
    expect(made).not.toContain('parcel');
    expect(() => mermaid(graph(createMachine({ states: [order] })), { only: 'ordr' })).toThrow(
      "There is no group 'ordr' in this machine. It has: order.",
    );
  });

  it('says so if the machine has no states', () => {
    expect(drawn(createMachine({}))).toContain(
      '  state "This machine has no states. Pass them to fsm as states." as s_none',
    );
    expect(drawn(createMachine({ states: [order] })).join()).not.toContain('no states');
  });

  it('writes signs that Mermaid would read as its own by their codes', () => {
    const Odd = states('Odd', { 'a"b;c': state(), 'a b#c': state(), 'a-b-c': state() });
    const lines = drawn(createMachine({ states: [Odd] }));
    expect(lines).toContain('    state "a#34;b#59;c" as s_Odd_a_b_c');
    expect(lines).toContain('    state "a b#35;c" as s_Odd_a_b_c_2');
    expect(lines).toContain('    state "a-b-c" as s_Odd_a_b_c_3');
  });
});
