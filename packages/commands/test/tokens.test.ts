/** How a line falls into words, and how words make a line. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTokens, tokenize } from '../src/index.ts';

const words = (line: string) =>
  tokenize(line).map(({ key, text }) => (key === undefined ? text : [key, text]));

describe('a line', () => {
  it.each([
    ['', []],
    [' \t\n ', []],
    ['a  b\t\tc\n', ['a', 'b', 'c']],
    ['a\u00a0b\u3000c', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ["'a b' c", ['a b', 'c']],
    ['“a b” ‘c d’ „e f“ «g h»', ['a b', 'c d', 'e f', 'g h']],
    ['""', ['']],
    ['"a \\"b\\" c"', ['a "b" c']],
    ["'it\\'s'", ["it's"]],
    ['a\\ b', ['a b']],
    ['\\"a b\\"', ['"a', 'b"']],
    ["don't worry, it's fine", ["don't", 'worry,', "it's", 'fine']],
    ['"never closed', ['"never', 'closed']],
    ["'tis John's", ["'tis", "John's"]],
    ['5\'10" tall', ['5\'10"', 'tall']],
    ['C:\\dir\\file', ['C:\\dir\\file']],
    ['a=1', [['a', '1']]],
    ['a=', [['a', '']]],
    ['a=x=y', [['a', 'x=y']]],
    ['a="x y" b', [['a', 'x y'], 'b']],
    ['a="x', [['a', '"x']]],
    [
      '数量=3 股票=苹果',
      [
        ['数量', '3'],
        ['股票', '苹果'],
      ],
    ],
    ['=x', ['=x']],
    ['a\\=b', ['a=b']],
    ['"a=b"', ['a=b']],
    ['https://a.b/?c=d 1+1=2', ['https://a.b/?c=d', '1+1=2']],
    ['__proto__=1', [['__proto__', '1']]],
    ['a = b', ['a', '=', 'b']],
    ['\\', ['\\']],
  ] as const)('%j reads as %j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });
});

const key = fc.stringMatching(/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*$/u);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(' ', '"', "'", '\\', '=', 'a', '“', '”', '\n', '«', '»') }),
);
const token = fc.oneof(fc.record({ text }), fc.record({ key, text }));

describe('words', () => {
  it('come back from the line that was made of them', () => {
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const read = tokenize(formatTokens(tokens)).map(({ quoted, ...rest }) => rest);
        expect(read).toEqual(tokens);
      }),
      { numRuns: 2000 },
    );
  });

  it('of any line come back from the line that is made of them', () => {
    fc.assert(
      fc.property(text, (line) => {
        const tokens = tokenize(line);
        const again = tokenize(formatTokens(tokens));
        expect(again.map(({ quoted, ...rest }) => rest)).toEqual(
          tokens.map(({ quoted, ...rest }) => rest),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('of a line without quotes, escapes and keys are what white space separates', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'ß', '買', '👍', ' ', '\t') }), (line) => {
        expect(words(line)).toEqual(line.split(/\s+/u).filter(Boolean));
      }),
    );
  });

  it('cannot be made with a key that would not be read back', () => {
    expect(() => formatTokens([{ key: 'a b', text: 'c' }])).toThrow(TypeError);
  });
});
