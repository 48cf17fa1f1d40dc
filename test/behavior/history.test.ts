/** The history of `back()` can be read, and the stored conversation has the names of the context. */

import { flow, scene, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

const Form = states('Form', { name: state(), age: state(), city: state() });

function play(
  framework: Framework,
  options: object,
  handlers: Record<string, (fsm: never) => unknown>,
) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm(options);
  const seen: unknown[] = [];
  for (const [command, handler] of Object.entries(handlers)) {
    bot.command(command, ({ fsm }) => void seen.push(handler(fsm as never)));
  }
  const anna = telegram(bot.bot).user('Anna');
  return { bot, machine, seen, anna, conversation: () => machine.at({ user: anna.id }) };
}

interface Moves {
  set(target: object, patch?: object): void;
  update(patch: object): void;
  back(): void;
  enter(target: object): void;
  readonly current: string | null;
  readonly data: object;
  readonly history: readonly object[];
}

const walk = {
  name: (fsm: Moves) => fsm.set(Form.name),
  age: (fsm: Moves) => fsm.set(Form.age, { name: 'Ann' }),
  city: (fsm: Moves) => fsm.set(Form.city, { age: 7 }),
  more: (fsm: Moves) => fsm.update({ seen: true }),
  back: (fsm: Moves) => fsm.back(),
  history: (fsm: Moves) => fsm.history,
  now: ({ current, data }: Moves) => ({ current, data }),
};

describe.each(frameworks)('the history on %s', (_, framework) => {
  describe.each(storages)('in %s', (_name, storage) => {
    it('has as many entries as back() can go, and none at the start', async () => {
      const options = { states: [Form], storage: storage(), history: 1 };
      const { anna, seen, bot } = play(framework, options, walk as never);
      for (const text of ['/history', '/name', '/age', '/city', '/history']) await anna.sends(text);
      expect(seen[0]).toEqual([]);
      expect(seen.at(-1)).toMatchObject([{ current: 'Form:age' }]);
      for (const text of ['/back', '/history', '/back']) await anna.sends(text);
      expect(seen.at(-1)).toEqual([]);
      expect(bot.errors).toHaveLength(1);
    });
  });

  it('names the scene of each entry, also that of a flow', async () => {
    const form = flow('form')
      .ask('name', { prompt: 'Name?' })
      .done(() => 'Done.');
    const shop = scene('shop').on({ enter: () => 'Shop.', handle: ({ stay }) => stay() });
    const { anna, seen } = play(framework, { states: [form, shop, Form] }, {
      form: (fsm: Moves) => fsm.enter(form),
      shop: (fsm: Moves) => fsm.enter(shop),
      history: walk.history,
    } as never);
    for (const text of ['/form', '/shop', '/history']) await anna.sends(text);
    expect(seen.at(-1)).toMatchObject([{ current: 'form:name', scene: 'form' }]);
  });

  it('cannot be changed by its reader', async () => {
    const { anna, bot, seen } = play(framework, { states: [Form] }, {
      ...walk,
      spoil: ({ history }: Moves) => void Object.assign(Object(history[0]).data, { name: 'Eve' }),
    } as never);
    for (const text of ['/name', '/age', '/city', '/spoil', '/back', '/now'])
      await anna.sends(text);
    expect(bot.errors).toHaveLength(1);
    expect(seen.at(-1)).toEqual({ current: 'Form:age', data: { name: 'Ann' } });
  });

  it('a committed change names its states as the context does', async () => {
    const { anna, machine } = play(framework, { states: [Form] }, walk as never);
    const changes: unknown[] = [];
    machine.observe(({ from, to }) => void changes.push([from.current, to.current]));
    for (const text of ['/name', '/age']) await anna.sends(text);
    expect(changes).toEqual([
      [null, 'Form:name'],
      ['Form:name', 'Form:age'],
    ]);
  });
});
