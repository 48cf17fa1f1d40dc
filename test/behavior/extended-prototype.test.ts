/** A program, or an old library, that gives all objects enumerable members: conversations do not have them. */

import { flow, scene, state, states, typed } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

const members = { isLegacy() {}, legacy: { deep: [1] }, since: 'a text' };

afterEach(() => {
  for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name);
});

describe.each(frameworks)('members of Object.prototype on %s', (_, framework) => {
  it.each(storages)('change neither messages nor records in %s', async (_name, storage) => {
    const plain = await play(storage);
    Object.assign(Object.prototype, members);
    const extended = await play(storage);
    for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name);
    expect(extended).toEqual(plain);
  });

  async function play(storage: (typeof storages)[number][1]) {
    const Form = states('Form', { open: state<{ x: number }>() });
    const order = flow('order', { trigger: '/order', data: typed<{ shop: string }>() })
      .ask('name', { prompt: ({ shop }) => `Name at ${shop}?` })
      .ask('sizes', { prompt: 'Sizes?', choices: ['S', 'M'], multiple: true })
      .done((answers) => JSON.stringify(answers), { from: (shop) => ({ shop }) });
    const cart = scene('cart', { data: typed<{ n: number }>() }).on({
      view: ({ data, counter, button, leave }) => ({
        text: `Cart ${JSON.stringify(data)}`,
        rows: [counter('n'), [button('x', 'Leave', () => leave())]],
      }),
    });
    const clock = virtualClock();
    const bot = framework.bot();
    const machine = bot.fsm({ states: [Form, order, cart], storage: storage(clock), clock });
    bot.command('form', ({ fsm }) => fsm.set(Form.open, { x: 1 }));
    bot.command('cart', ({ fsm }) => fsm.enter(cart, { n: 1 }));
    bot.command('clear', ({ fsm }) => fsm.clear());
    const world = telegram(bot.bot, { updateId: 1 });
    const anna = world.user('Anna', { id: 1001 });
    const records: unknown[] = [];
    const looks = async () => {
      const at = machine.at({ user: anna.id, bot: 1 });
      const stored = await machine.storage.peek(at.key);
      const { current, data } = (await at.peek()) ?? {};
      records.push([stored && Object.keys(JSON.parse(stored.text)), current, data]);
    };
    for (const text of ['/form', '/clear', '/order tea', 'Anna']) {
      await anna.sends(text);
      await looks();
    }
    await anna.taps('S');
    await anna.taps('Done');
    await anna.sends('/cart');
    await anna.taps('+');
    await anna.taps('Leave');
    await looks();
    return { records, messages: world.calls.map(({ payload }) => Reflect.get(payload, 'text')) };
  }
});
