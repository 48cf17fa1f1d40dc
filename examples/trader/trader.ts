/** A trader as a tree of commands: options, a default stock in a flag, a question before buying. */

import { commandTree } from '@telefsm/commands';
import { typed } from '@telefsm/core';

/** Buys; the bots hand in a real one. */
export interface Broker {
  buy(stock: string, position: number): Promise<void>;
}

/** The same tree runs headless and on both frameworks. */
export const trader = commandTree('trader', {
  services: typed<{ readonly broker: Broker }>(),
  nonExactMatch: true,
});

const root = trader.root
  .flag('defaultStock', '', (now, before, { say }) =>
    say('default stock: %s -> %s', before || 'none', now),
  )
  .flag('order', { stock: '', position: 0 });

const buy = root
  .command('buy', 'b')
  .describe('Buy a stock: buy TSLA position=0.2')
  .option('stock', {
    alias: ['s'],
    default: ({ flags }) => {
      if (!flags.defaultStock) throw new Error('name a stock, or set-default-stock');
      return flags.defaultStock;
    },
  })
  .option('position', {
    default: 'all-in',
    set: (value) => {
      const position = value === 'all-in' ? 1 : Number(value);
      if (Number.isNaN(position)) throw new TypeError(`${value} is not a number`);
      return position;
    },
  });
const confirm = buy.state('confirm');
buy.action(({ options: { stock, position }, setFlag, say }) => {
  setFlag('order', { stock, position });
  say('buy %s, position: %s. yes/no?', stock, position);
  return confirm;
});
confirm.command('yes', 'y').action(async ({ flags, services: { broker }, say }) => {
  await broker.buy(flags.order.stock, flags.order.position);
  say('done');
});
confirm.command('no').action(({ state }) => state.parent);
root
  .command('set-default-stock')
  .option('stock')
  .action(({ options, setFlag }) => setFlag('defaultStock', options.stock));
root
  .command('limit')
  .option('price', { prompt: 'At what price?', set: Number })
  .action(({ options, say }) => say('limit %s', options.price));
root.default(() => buy);
