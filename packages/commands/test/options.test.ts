/** How the options of a command are read. */

import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandTree } from '../src/index.ts';

/** A command `do` with two mandatory options, which says what it was given. */
function pair() {
  const tree = commandTree('t');
  tree.root
    .command('do')
    .option('a', { alias: ['first', '甲'] })
    .option('b')
    .action(({ options, rest, say }) => say('%j %j', options, rest));
  return tree;
}

describe('words', () => {
  it.each([
    ['do 1 2', '{"a":"1","b":"2"} []'],
    ['do b=1 2', '{"a":"2","b":"1"} []'],
    ['do 2 b=1 3', '{"a":"2","b":"1"} ["3"]'],
    ['do a=x=y b=', '{"a":"x=y","b":""} []'],
    ['do first=1 2', '{"a":"1","b":"2"} []'],
    ['do 甲=1 2', '{"a":"1","b":"2"} []'],
    ['do "a=1" "two words" more', '{"a":"a=1","b":"two words"} ["more"]'],
    ['do b="x y" \'\'', '{"a":"","b":"x y"} []'],
  ])('%j gives %j', async (line, expected) => {
    expect(await pair().chat('Bob').input(line)).toBe(expected);
  });

  it('with an unknown key are rejected', async () => {
    await expect(pair().chat('Bob').input('do 1 c=2')).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      args: { command: 'do', key: 'c', value: '2', known: ['a', 'b'] },
    });
  });

  it('with a prototype’s key are rejected like any unknown key', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      await expect(pair().chat('Bob').input(`do ${key}=1`)).rejects.toMatchObject({
        code: 'UNKNOWN_OPTION',
        args: { key },
      });
    }
    expect(Object.keys({})).toEqual([]);
  });

  it('that give one option twice are rejected, also by name and alias', async () => {
    for (const line of ['do a=1 a=2', 'do a=1 first=2', 'do first=1 甲=2']) {
      await expect(pair().chat('Bob').input(line)).rejects.toMatchObject({
        code: 'DUPLICATE_GIVEN_OPTION',
        args: { command: 'do', key: line.split(' ')[2]?.split('=')[0], value: '2' },
      });
    }
  });

  it('that leave options out are rejected with every missing name', async () => {
    await expect(pair().chat('Bob').input('do')).rejects.toMatchObject({
      code: 'OPTIONS_NOT_FULFILLED',
      args: { command: 'do', missing: ['a', 'b'] },
      message: '"do" needs a and b: do a=… b=….',
    });
    await expect(pair().chat('Bob').input('do b=1')).rejects.toMatchObject({
      args: { missing: ['a'] },
    });
  });

  it('that are wrong are reported before words that are missing', async () => {
    const tree = commandTree('t');
    tree.root
      .command('do')
      .option('a')
      .option('b', {
        set: () => {
          throw new Error('bad b');
        },
      });
    await expect(tree.chat('Bob').input('do b=1')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      args: { key: 'b' },
    });
  });
});

describe('a default', () => {
  it('is a constant, or made of flags, and is overridden by a word, a key or an alias', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('unit', 'kg');
    root
      .command('weigh')
      .option('amount', { default: '1' })
      .option('unit', { alias: ['u'], default: async ({ flags, key }) => `${flags.unit}/${key}` })
      .action(({ options, say }) => say('%s %s', options.amount, options.unit));
    const chat = tree.chat('Bob');
    expect(await chat.input('weigh')).toBe('1 kg/unit');
    expect(await chat.input('weigh 2 g')).toBe('2 g');
    expect(await chat.input('weigh unit=g')).toBe('1 g');
    expect(await chat.input('weigh u=g 5')).toBe('5 g');
  });

  it('is fresh for every input, so that users do not share it', async () => {
    const tree = commandTree('t');
    tree.root
      .command('add')
      .option('list', { default: { items: [] as string[] } })
      .action(({ options, say }) => {
        const { list } = options;
        if (typeof list === 'object') list.items.push('x');
        say('%j', list);
      });
    expect(await tree.chat('Bob').input('add')).toBe('{"items":["x"]}');
    expect(await tree.chat('Ann').input('add')).toBe('{"items":["x"]}');
  });
});

describe('a setter', () => {
  const setter = (set: (value: string | number, turn: object) => unknown, timeout?: number) => {
    const clock = virtualClock();
    const tree = commandTree('t', {
      clock,
      ...(timeout === undefined ? {} : { optionTimeout: timeout }),
    });
    tree.root
      .command('do')
      .option('a', { default: 7, set })
      .action(({ options, say }) => say('%j', options.a));
    return { clock, chat: tree.chat('Bob') };
  };

  it('makes the value that the action sees, of defaults too', async () => {
    const { chat } = setter(async (value) => [value, typeof value]);
    expect(await chat.input('do 3')).toBe('["3","string"]');
    expect(await chat.input('do')).toBe('[7,"number"]');
  });

  it('that throws is an OPTION_PROCESS_ERROR with the thrown value, also undefined', async () => {
    for (const thrown of [new Error('no'), undefined, null, 0, '']) {
      const { chat } = setter(() => {
        throw thrown;
      });
      await expect(chat.input('do 3')).rejects.toMatchObject({
        code: 'OPTION_PROCESS_ERROR',
        args: { command: 'do', key: 'a', value: '3', error: thrown },
        cause: thrown,
      });
    }
  });

  it('that is too slow is an OPTION_TIMEOUT, and its signal is aborted', async () => {
    const signals: AbortSignal[] = [];
    const { chat, clock } = setter((_value, turn) => {
      signals.push((turn as { signal: AbortSignal }).signal);
      return new Promise(() => {});
    }, 100);
    const refused = expect(chat.input('do 3')).rejects.toMatchObject({
      code: 'OPTION_TIMEOUT',
      args: { command: 'do', key: 'a', ms: 100 },
    });
    await clock.advance(99);
    expect(signals[0]?.aborted).toBe(false);
    await clock.advance(1);
    expect(signals[0]?.aborted).toBe(true);
    await refused;
  });

  it('is waited for without a limit when the time limit is 0', async () => {
    let fail: (error: Error) => void = () => {};
    const { chat, clock } = setter(() => new Promise((_, reject) => (fail = reject)), 0);
    const refused = expect(chat.input('do 3')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      cause: { message: 'the real one' },
    });
    await clock.advance(1_000_000);
    fail(new Error('the real one'));
    await refused;
  });
});

describe('a schema', () => {
  it('converts, checks, and runs on defaults too', async () => {
    const tree = commandTree('t');
    tree.root
      .command('set')
      .option('n', { default: '5', schema: z.coerce.number().int('whole numbers only').max(9) })
      .action(({ options, say }) => say('%d', options.n + 1));
    const chat = tree.chat('Bob');
    expect(await chat.input('set 7')).toBe('8');
    expect(await chat.input('set')).toBe('6');
    await expect(chat.input('set 1.5')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      message: 'The option "n" of "set" cannot be used: whole numbers only.',
    });
  });

  it('may say a whole sentence, which keeps one full stop', async () => {
    const tree = commandTree('t');
    tree.root.command('set').option('n', { schema: z.coerce.number('A number, please.') });
    await expect(tree.chat('Bob').input('set x')).rejects.toMatchObject({
      message: 'The option "n" of "set" cannot be used: A number, please.',
    });
  });
});

describe('a prompt', () => {
  function order() {
    const tree = commandTree('t', { nonExactMatch: true });
    const seen: unknown[] = [];
    tree.root
      .command('order')
      .option('item')
      .option('count', { prompt: 'How many?', schema: z.coerce.number().int() })
      .option('note', { prompt: ({ key }) => `A ${key}?` })
      .action(({ options, rest, say, state }) => {
        seen.push(options);
        say('%d x %s (%s) %j', options.count, options.item, options.note, rest);
        return state;
      });
    tree.root.command('other').action(({ say }) => say('other'));
    tree.command('cancel').action(({ say }) => say('canceled'));
    return tree;
  }

  it('asks for missing options, one after the other, and then runs', async () => {
    const chat = order().chat('Bob');
    expect(await chat.input('order tea')).toBe('How many?');
    expect(await chat.input('3')).toBe('A note?');
    expect(await chat.input('for a friend, hot')).toBe('3 x tea (for a friend, hot) []');
    expect(await chat.input('order tea 1 quick more')).toBe('1 x tea (quick) ["more"]');
  });

  it('is not asked while something without a prompt is missing', async () => {
    await expect(order().chat('Bob').input('order count=2')).rejects.toMatchObject({
      code: 'OPTIONS_NOT_FULFILLED',
      args: { missing: ['item'] },
    });
  });

  it('stays open when the answer is rejected', async () => {
    const chat = order().chat('Bob');
    await chat.input('order tea');
    await expect(chat.input('many')).rejects.toMatchObject({
      code: 'OPTION_PROCESS_ERROR',
      args: { key: 'count', value: 'many' },
    });
    expect(await chat.input('2')).toBe('A note?');
  });

  it('takes the beginning of a command for an answer, but not a global command alone or a slash', async () => {
    const chat = order().chat('Bob');
    await chat.input('order tea 1');
    expect(await chat.input('cancel the last one')).toBe('1 x tea (cancel the last one) []');
    await chat.input('order tea 1');
    expect(await chat.input('other')).toBe('1 x tea (other) []');
    await chat.input('order tea 1');
    expect(await chat.input('"cancel"')).toBe('1 x tea (cancel) []');
    await chat.input('order tea 1');
    expect(await chat.input('/other')).toBe('other');
    await chat.input('order tea 1');
    expect(await chat.input('cancel')).toBe('canceled');
    await expect(chat.input('2')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('stays open over /help and an unknown slash command', async () => {
    const chat = order().chat('Bob');
    await chat.input('order tea 1');
    expect(await chat.input('/help')).toContain('order <item> [count] [note]');
    await expect(chat.input('/nothing')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    expect(await chat.input('hot')).toBe('1 x tea (hot) []');
  });

  it('that throws is an OPTION_PROCESS_ERROR, and nothing is asked', async () => {
    const tree = commandTree('t');
    tree.root.command('do').option('a', {
      prompt: () => {
        throw new Error('no translation');
      },
    });
    const chat = tree.chat('Bob');
    await expect(chat.input('do')).rejects.toMatchObject({ code: 'OPTION_PROCESS_ERROR' });
    await expect(chat.input('x')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('gives the same values to the action whenever an answer came', async () => {
    const chat = order().chat('Bob');
    await chat.input('order "green tea"');
    await chat.input('4');
    expect(await chat.input('"a=b"')).toBe('4 x green tea (a=b) []');
  });
});
