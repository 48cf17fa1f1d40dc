import { telegram } from '@telefsm/testing';
import type { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import { codeUnder } from './pages.ts';
import { moduleOf } from './played.ts';

const recipes = 'docs/recipes.md';

describe('the recipe of a payment step', () => {
  it('sells what was chosen, for its price', async () => {
    const { bot } = (await moduleOf('payment', codeUnder(recipes, 'A payment step'))) as {
      readonly bot: Bot;
    };
    const anna = telegram(bot).user('Anna');
    await anna.sends('/buy');
    await anna.taps('Cake');
    await anna.sends('May I?');
    anna.sees('Please pay above, or /cancel.');
    await anna.pays();
    anna.sees('One cake for 5 stars. Thank you!');
  });
});

describe('the recipe of entering a flow for another user', () => {
  it('asks once for each order, and leaves those who are busy to what they do', async () => {
    const code = codeUnder(recipes, 'Entering a flow for another user');
    const { bot, machine, onDelivered } = (await moduleOf('entering', code)) as {
      readonly bot: Bot;
      readonly machine: { start(bot: Bot): unknown };
      readonly onDelivered: (user: number, order: string) => Promise<void>;
    };
    machine.start(bot);
    const world = telegram(bot);
    const anna = world.user('Anna');
    await onDelivered(anna.id, 'one');
    await onDelivered(anna.id, 'one');
    await onDelivered(anna.id, 'two');
    await anna.taps('5');
    expect(world.transcript()).toBe(
      [
        'Bot: How was your order? [1] [2] [3] [4] [5]',
        'Bot: Your order has been delivered.',
        'Anna taps [5]',
        'Bot: Thank you for 5 stars.',
      ].join('\n'),
    );
  });
});
