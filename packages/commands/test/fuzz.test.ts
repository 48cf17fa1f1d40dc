/** Lines that nobody meant: nothing crashes, nothing is polluted, nothing takes long, the next line works. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandTree, formatTokens, isCommandError, tokenize } from '../src/index.ts';
import { readLine } from '../src/match.ts';
import { makeTrader } from './trader.ts';

const hostile = fc.constantFrom(
  '__proto__=1',
  '__proto__',
  'constructor',
  'constructor=1',
  'toString',
  'hasOwnProperty',
  'prototype',
  '"',
  "'",
  '\\',
  '=',
  '==',
  '/',
  '@',
  '/@',
  '/buy@',
  '%s',
  '%d',
  '%',
  '\u0000',
  '\u202e',
  '\ud800',
  '\udc00',
  '\ufeff',
  '$&',
  '買',
  '👨‍👩‍👧',
  'ı',
  'İ',
  '\u2028',
  '"a',
  'a="',
  '\\"',
  'stock=',
  'position="',
);
const meant = fc.constantFrom(
  'buy',
  'b',
  'yes',
  'no',
  'cancel',
  'back',
  'limit',
  '/help',
  '/limit',
  'set-default-stock',
  'TSLA',
  'stock=X',
  's=X',
  'position=2',
  'position=x',
  '3',
  'buyTSLA',
);
const space = fc.constantFrom(' ', '  ', '\t', '\n', '\u3000', '');
const line = fc
  .array(fc.tuple(fc.oneof(hostile, meant, fc.string({ unit: 'binary', maxLength: 12 })), space), {
    maxLength: 8,
  })
  .map((parts) => parts.flat().join(''));

describe('any lines of a user', () => {
  it('are answered or rejected by a code, and a plain command works afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        const chat = makeTrader().chat('Bob', { services: { broker: { buy: async () => {} } } });
        for (const text of lines) {
          try {
            expect(typeof (await chat.input(text))).toBe('string');
          } catch (error) {
            if (!isCommandError(error)) throw error;
            expect(error.message.length).toBeLessThan(600);
          }
        }
        expect(await chat.input('cancel')).toBe('');
        expect(await chat.input('buy TSLA position=2')).toBe('buy TSLA, position: 2. yes/no?');
      }),
      { numRuns: 300 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('never throw the tokenizer off: hundreds of thousands of lines are read, written back and read again', () => {
    const alphabet = [...'abc=\'"\\\\  \t/@“”„«»買_-%', '\ud83d', '\udc4d', '\0'];
    const next = random(1);
    let words = 0;
    let wrong = 0;
    for (let count = 0; count < 300_000; count++) {
      let text = '';
      for (let length = next(16); length > 0; length--) text += alphabet[next(alphabet.length)];
      const tokens = tokenize(text);
      const again = tokenize(formatTokens(tokens));
      words += tokens.length;
      if (again.length !== tokens.length) wrong++;
      for (const [at, token] of tokens.entries()) {
        if (again[at]?.key !== token.key || again[at]?.text !== token.text) wrong++;
      }
    }
    expect(wrong).toBe(0);
    expect(words).toBeGreaterThan(300_000);
  });
});

/** Whole numbers below a bound, the same ones in every run (xorshift). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('a very long line', () => {
  const shapes: Readonly<Record<string, string>> = {
    'one word': 'a',
    spaces: ' ',
    'quotes that open': '"a ',
    'quotes of every kind': `"a 'b “c „d ‘e «f `,
    backslashes: '\\',
    'escaped quotes': '\\" ',
    keys: 'a=" ',
    'one key': 'a=',
    slashes: '/',
    'letters with marks': 'a\u0301',
  };

  // With quadratic costs a line of this length would take minutes, far beyond the timeout of a test.
  it.each(Object.keys(shapes))('of %s is read in linear time', (shape) => {
    const part = shapes[shape] as string;
    const text = part.repeat(Math.ceil(1_000_000 / part.length));
    const read = tokenize(text).reduce((sum, { text }) => sum + text.length, 0);
    expect(read).toBeLessThanOrEqual(text.length);
    expect(readLine(text)).toBeDefined();
  });

  it('is rejected with a short message', async () => {
    const tree = commandTree('t');
    tree.root.command('do');
    const thrown = await tree
      .chat('Bob')
      .input('\u0007👍'.repeat(500_000))
      .catch((error: unknown) => error);
    expect(isCommandError(thrown, 'UNKNOWN_COMMAND')).toBe(true);
    expect((thrown as Error).message.length).toBeLessThan(200);
    expect((thrown as Error).message).not.toMatch(/\p{Cc}|\p{Cs}/u);
  });
});

describe('any stored position', () => {
  it('is read as a position of the tree', async () => {
    const { findPosition } = await import('../src/position.ts');
    const { run } = await import('../src/run.ts');
    const trader = makeTrader();
    const { tree } = trader.root.command('probe')['~command'] as unknown as {
      readonly tree: Parameters<typeof run>[0];
    };
    const key = fc.constantFrom(
      'state',
      'flags',
      'pending',
      'command',
      'option',
      'given',
      'rest',
      'trader:root',
      'defaultStock',
      '__proto__',
    );
    const leaf = fc.oneof(
      fc.constantFrom(
        'trader:root',
        'trader:root/buy:confirm',
        'trader:root/gone:state',
        '/',
        '',
        'trader:root/limit',
        'price',
      ),
      fc.jsonValue(),
    );
    const { stored } = fc.letrec((tie) => ({
      stored: fc.oneof({ depthSize: 'small' }, leaf, fc.dictionary(key, tie('stored'))),
    }));
    await fc.assert(
      fc.asyncProperty(stored, line, async (position, text) => {
        expect(tree.states.has(findPosition(tree, position).state.id)).toBe(true);
        const services = { broker: { buy: async () => {} } };
        const outcome = await run(tree, position, text, { services });
        expect(tree.states.has(outcome.position.state)).toBe(true);
        const kept = JSON.parse(JSON.stringify(outcome.position));
        expect(findPosition(tree, kept).state.id).toBe(outcome.position.state);
      }),
      { numRuns: 1000 },
    );
  });
});
