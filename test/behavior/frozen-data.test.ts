/** Data is read-only: a write to it is a named error in whatever code it happens, and nothing of the turn is kept. */

import {
  type AnyFsmError,
  type FsmContext,
  flow,
  scene,
  state,
  states,
  typed,
} from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

interface Cart {
  items: { name: string; count: number }[];
}
const Shop = states('Shop', { cart: state<Cart>() });
const before: Cart = {
  items: [
    { name: 'tea', count: 1 },
    { name: 'jam', count: 1 },
  ],
};

/** As plain JavaScript sees data. */
const loose = (data: object) => data as Cart;

const writes: readonly (readonly [string, (data: Cart) => unknown])[] = [
  ['push()', (data) => data.items.push({ name: 'cake', count: 1 })],
  ['sort()', (data) => data.items.sort((a, b) => (a.name < b.name ? -1 : 1))],
  ['an assignment', (data) => Object.assign(data, { items: [] })],
  ['a nested assignment', (data) => Object.assign(data.items[0] ?? {}, { count: 2 })],
  ['a new key', (data) => Object.assign(data, { note: 'hot' })],
  ['delete', (data) => delete (data as Partial<Cart>).items],
];

function codes(errors: readonly unknown[]): readonly string[] {
  return errors.map((error) => (error as AnyFsmError).code);
}

describe.each(frameworks)('frozen data on %s', (_, framework) => {
  describe.each(storages)('in %s', (_name, storage) => {
    it.each(writes)('%s in a handler is DATA_FROZEN, and the data stays', async (_write, write) => {
      const bot = framework.bot();
      bot.noteErrors();
      const machine = bot.fsm({ states: [Shop], storage: storage() });
      bot.use(({ fsm, text }) => {
        if (text === 'start') fsm.set(Shop.cart, before);
        else write(loose(fsm.data));
      });
      const anna = telegram(bot.bot).user('Anna');
      await anna.sends('start');
      await anna.sends('write');
      expect(codes(bot.errors)).toEqual(['DATA_FROZEN']);
      expect(String(bot.errors[0])).toContain('ctx.state.edit(');
      expect((bot.errors[0] as Error).cause).toBeInstanceOf(TypeError);
      expect((await machine.at({ user: anna.id }).peek())?.data).toEqual(before);
    });
  });

  const [[, push]] = writes as [readonly [string, (data: Cart) => unknown]];

  it('a write in a task of afterCommit is DATA_FROZEN', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Shop] });
    bot.use(({ fsm }) => {
      fsm.set(Shop.cart, before);
      const { data } = fsm as FsmContext;
      fsm.afterCommit(() => push(loose(data)));
    });
    await telegram(bot.bot).user('Anna').sends('start');
    expect(codes(bot.errors)).toEqual(['DATA_FROZEN']);
  });

  it.each<readonly [string, unknown, readonly string[]]>([
    [
      'a handler of a node',
      scene('s', { data: typed<Cart>() }).on({
        handle: ({ data }) => void push(loose(data)),
      }),
      ['/s', 'x'],
    ],
    [
      'the enter hook of a node',
      scene('s', { data: typed<Cart>() }).on({
        enter: ({ data }) => void push(loose(data)),
        handle: () => {},
      }),
      ['/s'],
    ],
    [
      'a prompt',
      flow('s')
        .ask('items', { prompt: 'Items?', validate: (name) => [{ name, count: 1 }] })
        .ask('more', { prompt: (answers) => String(push(loose(answers))) })
        .done(() => {}),
      ['/s'],
    ],
    [
      'a validate',
      flow('s')
        .ask('items', { prompt: 'Items?', validate: (name) => [{ name, count: 1 }] })
        .ask('more', { prompt: 'More?', validate: (_text, answers) => push(loose(answers)) })
        .done(() => {}),
      ['/s', 'cake'],
    ],
    [
      'done',
      flow('s')
        .ask('items', { prompt: 'Items?', validate: (name) => [{ name, count: 1 }] })
        .done((answers) => void push(loose(answers))),
      ['/s'],
    ],
  ])('a write in %s is DATA_FROZEN', async (_where, conversation, texts) => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [conversation] });
    bot.command('s', ({ fsm }) => fsm.enter('s', before));
    const anna = telegram(bot.bot).user('Anna');
    for (const text of texts) await anna.sends(text);
    expect(codes(bot.errors)).toEqual(['DATA_FROZEN']);
  });

  it('a write in a handler of a deadline is DATA_FROZEN for observers', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    const seen: unknown[] = [];
    const machine = bot.fsm({
      states: [Shop],
      clock,
      onTimeout: ({ state: fsm }) => void push(loose(fsm.data)),
    });
    machine.observe('deadlineFailed', ({ error }) => seen.push(error));
    bot.use(({ fsm }) => {
      fsm.set(Shop.cart, before);
      fsm.expire('1m');
    });
    await telegram(bot.bot).user('Anna').sends('start');
    await clock.advance('1m');
    await machine.sweep();
    expect(codes(seen)).toEqual(['DATA_FROZEN']);
  });

  it('a TypeError of another kind reaches the framework as it is', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Shop] });
    const error = new TypeError('x is not a function');
    bot.use(() => {
      throw error;
    });
    await telegram(bot.bot).user('Anna').sends('start');
    expect(bot.errors).toEqual([error]);
  });
});
