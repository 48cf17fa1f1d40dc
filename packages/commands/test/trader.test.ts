/** The two classic trees, word for word: the turnstile and the trader. */

import { describe, expect, it } from 'vitest';
import { commandTree } from '../src/index.ts';
import { makeTrader, type Services } from './trader.ts';

const broker = (bought: string[], fails = false): Services => ({
  broker: {
    async buy(stock, position) {
      if (fails) throw new Error('market closed');
      bought.push(`${stock} ${position}`);
    },
  },
});

describe('the turnstile', () => {
  function makeTurnstile() {
    const turnstile = commandTree('turnstile');
    const coin = turnstile.root.command('coin');
    const unlocked = coin.state('unlocked');
    coin.action(() => unlocked);
    unlocked.command('push').action(() => turnstile.root);
    return turnstile;
  }

  it('opens for a coin, lets one through, and locks again', async () => {
    const chat = makeTurnstile().chat('Bob');
    await expect(chat.input('push')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    expect(await chat.input('coin')).toBe('');
    await expect(chat.input('coin')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    expect(await chat.input('push')).toBe('');
    await expect(chat.input('push')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    expect(await chat.input('coin')).toBe('');
  });

  it('is locked for one user while it is open for another', async () => {
    const turnstile = makeTurnstile();
    await turnstile.chat('Bob').input('coin');
    await expect(turnstile.chat('Ann').input('push')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
    expect(await turnstile.chat('Bob').input('push')).toBe('');
  });
});

describe('the trader', () => {
  it('says what the documentation says', async () => {
    const bought: string[] = [];
    const chat = makeTrader().chat('Bob', { services: broker(bought) });
    expect(await chat.input('buy TSLA')).toBe('buy TSLA, position: 1. yes/no?');
    expect(await chat.input('no')).toBe('');
    await expect(chat.input('buy')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      args: { key: 'stock' },
      cause: { message: 'stock is required' },
    });
    expect(await chat.input('set-default-stock TSLA')).toBe('default stock:  -> TSLA');
    expect(await chat.input('buy')).toBe('buy TSLA, position: 1. yes/no?');
    expect(await chat.input('cancel')).toBe('');
    expect(await chat.input('buy position=0.2')).toBe('buy TSLA, position: 0.2. yes/no?');
    expect(await chat.input('yes')).toBe('done');
    expect(bought).toEqual(['TSLA 1']);
  });

  it('accepts the short forms: an alias, no space, only the arguments', async () => {
    const chat = makeTrader().chat('Bob', { services: broker([]) });
    for (const line of [
      'b TSLA',
      'buyTSLA',
      'buy s=TSLA',
      'TSLA',
      'Buy TSLA',
      '/buy@trader_bot TSLA',
    ]) {
      expect(await chat.input(line), line).toBe('buy TSLA, position: 1. yes/no?');
      await chat.input('back');
    }
  });

  it('stays with the question when the broker fails', async () => {
    const trader = makeTrader();
    await trader.chat('Bob', { services: broker([]) }).input('buy TSLA');
    const failing = trader.chat('Bob', { services: broker([], true) });
    expect(await failing.input('yes')).toBe('fail: market closed');
    expect(await failing.input('y')).toBe('fail: market closed');
    const bought: string[] = [];
    expect(await trader.chat('Bob', { services: broker(bought) }).input('y')).toBe('done');
    expect(bought).toEqual(['TSLA 1']);
  });

  it('rejects a position that is no number', async () => {
    const chat = makeTrader().chat('Bob', { services: broker([]) });
    await expect(chat.input('buy TSLA many')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      args: { key: 'position', value: 'many' },
      message: 'The option "position" of "buy" cannot be used: many is not a number.',
    });
  });

  it('offers its described commands to Telegram', () => {
    expect(makeTrader().botCommands()).toEqual([{ command: 'buy', description: 'Buy a stock' }]);
  });
});
