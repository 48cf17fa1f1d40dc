/** The trader: a command with options, a default stock in a flag, a question before buying. */

import { typed } from '@telefsm/core';
import { type CommandTree, commandTree } from '../src/index.ts';

export interface Services {
  readonly broker: { buy(stock: string, position: number): Promise<void> };
}

export function makeTrader(): CommandTree<'trader', Services> {
  const trader = commandTree('trader', {
    services: typed<Services>(),
    nonExactMatch: true,
    actionTimeout: '5s',
  });
  const root = trader.root.flag('defaultStock', '', (now, before, { say }) =>
    say('default stock: %s -> %s', before, now),
  );
  const Buy = root
    .command('buy', 'b')
    .describe('Buy a stock')
    .option('stock', {
      alias: ['s'],
      default: ({ flags }) => {
        if (!flags.defaultStock) throw new Error('stock is required');
        return flags.defaultStock;
      },
    })
    .option('position', {
      default: 'all-in',
      set: (value) => {
        if (value === 'all-in') return 1;
        const number = Number(value);
        if (Number.isNaN(number)) throw new TypeError(`${value} is not a number`);
        return number;
      },
    });
  const Confirm = Buy.state('confirm');
  Buy.action(({ options, say }) => {
    say('buy %s, position: %d. yes/no?', options.stock, options.position);
    return Confirm;
  });
  Confirm.command('yes', 'y')
    .action(async ({ services, say }) => {
      await services.broker.buy('TSLA', 1);
      say('done');
    })
    .catch((error, { say, state }) => {
      say('fail: %s', (error as Error).message);
      return state;
    });
  Confirm.command('no').action(({ state }) => state.parent);
  root
    .command('set-default-stock')
    .option('stock')
    .action(({ options, setFlag }) => setFlag('defaultStock', options.stock));
  root
    .command('limit')
    .option('price', { prompt: 'At what price?', set: (value) => Number(value) })
    .action(({ options, say }) => say('limit %d', options.price));
  root.default(() => Buy);
  trader.command('back').action(({ state }) => state.parent);
  trader.command('cancel').action(() => root);
  return trader;
}
