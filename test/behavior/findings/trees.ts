/** Command trees: a lost right, names that begin alike, and chats without a bot. */

import { commandTree } from '@telefsm/commands';
import { virtualClock } from '@telefsm/testing';
import { expect } from 'vitest';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

/** A bank whose commands a user may lose. */
function bank(allowed: () => readonly string[]) {
  const tree = commandTree('bank', { permissions: allowed });
  tree.root.command('list').action(({ say }) => say('listed'));
  const pay = tree.root.command('pay');
  const amount = pay.state('amount');
  pay.action(({ say }) => {
    say('How much?');
    return amount;
  });
  amount.command('sum').action(({ say }) => say('summed'));
  tree.root
    .command('send')
    .option('to', { prompt: 'To whom?' })
    .action(({ options, say }) => say(`sent to ${options.to}`));
  tree.command('cancel').action(({ say }) => say('canceled'));
  return tree;
}

export const trees: Table<'F12' | 'F13' | 'F16'> = {
  F12: [
    kept(
      'a user who loses a right in a sub state is as if at the root, with and without a slash',
      async ({ framework, storage }) => {
        for (const line of ['list', '/list']) {
          let allowed = ['list', 'pay', 'sum'];
          const tree = bank(() => allowed);
          const { bot, anna } = play(framework, [tree], { storage: storage() });
          bot.command('bank', ({ fsm }) => fsm.enter(tree));
          for (const text of ['/bank', 'pay']) await anna.sends(text);
          allowed = ['list'];
          await anna.sends(line);
          anna.sees('listed');
          allowed = [];
          await anna.sends('cancel');
          anna.sees('canceled');
          expect(bot.errors).toEqual([]);
        }
      },
    ),
    kept(
      'a command that asks for an option asks no more when its right is lost',
      async ({ framework, storage }) => {
        let allowed = ['list', 'send'];
        const tree = bank(() => allowed);
        const { bot, anna } = play(framework, [tree], { storage: storage() });
        bot.command('bank', ({ fsm }) => fsm.enter(tree));
        for (const text of ['/bank', 'send']) await anna.sends(text);
        anna.sees('To whom?');
        allowed = ['list'];
        await anna.sends('list');
        anna.sees('listed');
        allowed = ['list', 'send'];
        for (const text of ['send', 'Ben']) await anna.sends(text);
        anna.sees('sent to Ben');
        expect(bot.errors).toEqual([]);
      },
    ),
    played('global commands are always allowed', async ({ framework }) => {
      const tree = bank(() => []);
      const { bot, anna } = play(framework, [tree]);
      bot.command('bank', ({ fsm }) => fsm.enter(tree));
      await anna.sends('/bank');
      for (const text of ['cancel', '/cancel', 'CANCEL']) {
        await anna.sends(text);
        anna.sees('canceled');
      }
    }),
  ],
  F13: [
    played('no global command is meant by the beginning of a line', async ({ framework }) => {
      const tree = commandTree('shop', { nonExactMatch: true });
      tree.root
        .command('buy')
        .option('what')
        .action(({ say, options }) => say(`bought ${options.what}`));
      tree.command('cancel', 'c').action(({ say }) => say('canceled'));
      const { bot, anna, sentTexts } = play(framework, [tree]);
      bot.command('shop', ({ fsm }) => fsm.enter(tree));
      await anna.sends('/shop');
      for (const text of ['cancellation insurance', 'cancelTSLA', 'cat']) await anna.sends(text);
      expect(sentTexts()).not.toContain('canceled');
      await anna.sends('buyTSLA');
      anna.sees('bought TSLA');
      await anna.sends('c');
      anna.sees('canceled');
    }),
    played('no global command is meant by the beginning of an answer', async ({ framework }) => {
      const tree = bank(() => ['send']);
      const { bot, anna } = play(framework, [tree]);
      bot.command('bank', ({ fsm }) => fsm.enter(tree));
      for (const text of ['/bank', 'send', 'cancel my card']) await anna.sends(text);
      anna.sees('sent to cancel my card');
    }),
  ],
  F16: [
    kept(
      'chats of one tree share its storage, whichever process opens them',
      async ({ storage }) => {
        const shared = storage();
        /** Each call makes the tree of another process. */
        const counter = () => {
          const tree = commandTree('counter', { chats: { storage: shared, lease: '5s' } });
          tree.root
            .flag('count', 0)
            .command('add')
            .action(({ flags, setFlag, say }) => {
              setFlag('count', flags.count + 1);
              say('%d', flags.count);
            });
          return tree;
        };
        const [one, other] = [counter(), counter()];
        await one.chat('Bob').input('add');
        await one.chat('Ann').input('add');
        expect(await other.chat('Bob').input('add')).toBe('2');
        expect(await other.chat('Ann', { waiting: 'reject' }).input('add')).toBe('2');
      },
    ),
    once('options of the leases of chats are checked where the tree is made', () => {
      for (const chats of [{ lease: 'soon' }, { laese: '5s' }, { lease: '1y' }]) {
        expect(() => commandTree('tree', { chats } as never)).toThrow(
          expect.objectContaining({ code: 'INVALID_OPTION' }),
        );
      }
      expect(() => commandTree('tree', { chats: { clock: virtualClock() } as never })).toThrow();
    }),
  ],
};
