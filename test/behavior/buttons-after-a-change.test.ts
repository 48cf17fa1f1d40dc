/** Buttons that were sent before the choices of their question changed: by a deploy, or because somebody else was faster. */

import { flow, memoryStorage } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, play } from './play.ts';

describe.each(frameworks)('a button from before a change, on %s', (_, framework) => {
  function deploys(before: unknown, after: unknown) {
    const storage = memoryStorage();
    const make = (one: unknown) => () => {
      const bot = framework.bot();
      bot.fsm({ storage, states: [one] });
      return bot.bot;
    };
    const world = telegram(make(before)());
    return { anna: world.user('Anna'), deploy: () => world.restart(make(after)), world };
  }

  it('still answers its question if a deploy has renamed the question', async () => {
    const old = flow('order', { trigger: '/order' })
      .ask('size', { prompt: 'Size?', choices: ['S', 'L'] })
      .ask('name', { prompt: 'Name?' })
      .done(() => {});
    const now = flow('order', { trigger: '/order' })
      .ask('width', { prompt: 'Size?', choices: ['S', 'L'], was: ['depth', 'size'] })
      .ask('name', { prompt: 'Name?' })
      .done(({ width, name }) => `${width} for ${name}`);
    const { anna, deploy } = deploys(old, now);
    await anna.sends('/order');
    await deploy();
    await anna.taps('L');
    await anna.sends('Ann');
    anna.sees('L for Ann');
  });

  it('of a choice that a deploy has removed is stale, and its message gets the new ones', async () => {
    const sizes = (choices: readonly string[]) =>
      flow('order', { trigger: '/order' })
        .ask('size', { prompt: 'Size?', choices })
        .done(({ size }) => size);
    const { anna, deploy } = deploys(sizes(['S', 'L']), sizes(['S', 'XL']));
    await anna.sends('/order');
    await deploy();
    const { alert } = await anna.taps('L');
    expect(alert).toBe('This button is no longer in use.');
    expect(anna.screen()).toHaveLength(1);
    anna.sees({ text: 'Size?', buttons: [['S', 'XL']] });
    await anna.taps('XL');
    anna.sees('XL');
  });

  it('of a slot that is taken meanwhile shows the free ones, also in a selection', async () => {
    for (const multiple of [false, true]) {
      let free = ['9:00', '10:00'];
      const book = flow('book', { trigger: '/book' })
        .ask('slot', { prompt: 'When?', choices: () => free, multiple: multiple as false })
        .done(({ slot }) => `Booked: ${slot}.`);
      const { anna } = deploys(book, book);
      await anna.sends('/book');
      free = ['11:00'];
      await anna.taps('9:00');
      anna.sees(/When/);
      await anna.taps('11:00');
      if (multiple) await anna.taps('Done');
      anna.sees('Booked: 11:00.');
    }
  });

  it('sends no message for each press, also where the bot cannot see the pressed message', async () => {
    for (const isSeen of [true, false]) {
      let free = ['9:00', '10:00'];
      const book = flow('book', { trigger: '/book' })
        .ask('slot', { prompt: 'When?', choices: () => free })
        .done(({ slot }) => `Booked: ${slot}.`);
      const { anna, forges, world } = play(framework, [book]);
      await anna.sends('/book');
      free = ['11:00'];
      const old = anna.last;
      const { message_id, chat } = old.message;
      const pressed = isSeen ? old : { message: { message_id, chat, date: 0 } };
      for (let press = 0; press < 4; press++) {
        const text = await forges(anna, dataOf(old, '9:00'), pressed as never);
        expect(text).toBe('This button is no longer in use.');
      }
      const sent = world.calls.filter(({ method }) => method === 'sendMessage');
      expect(sent).toHaveLength(isSeen ? 1 : 2);
      await anna.taps('11:00');
      anna.sees('Booked: 11:00.');
    }
  });
});
