/** Texts that PostgreSQL does not take as they are. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPrefix, fromStorable, toStorable } from '../src/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** Any sequence of UTF-16 units, halves of pairs and NUL among them. */
const anyUnits = fc
  .array(fc.oneof(fc.constantFrom(0, 0x1b, 0x30, 0xd83d, 0xde00), fc.nat(0xffff)), {
    maxLength: 40,
  })
  .map((units) => String.fromCharCode(...units));

describe('text in PostgreSQL', () => {
  it('reads any text as it was written', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        const stored = toStorable(text);
        expect(fromStorable(stored)).toBe(text);
        expect(stored).not.toContain('\0');
        expect(Buffer.from(stored).toString()).toBe(stored);
      }),
    );
  });

  it('leaves JSON as it is', () => {
    fc.assert(
      fc.property(fc.json(), anyUnits, (json, text) => {
        expect(toStorable(json)).toBe(json);
        expect(toStorable(JSON.stringify(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it('finds the texts with a prefix between the prefix and what comes after it', () => {
    const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    fc.assert(
      fc.property(anyText, anyText, (prefix, text) => {
        const end = afterPrefix(prefix);
        const within = (t: string) =>
          compare(t, prefix) >= 0 && (end === undefined || compare(t, end) < 0);
        expect(within(prefix + text)).toBe(true);
        expect(within(text)).toBe(text.startsWith(prefix));
      }),
    );
    expect(afterPrefix('')).toBeUndefined();
    expect(afterPrefix('a\ud7ff')).toBe('a\ue000');
    expect(afterPrefix('a\u{10ffff}')).toBe('b');
    expect(afterPrefix('\u{10ffff}')).toBeUndefined();
  });
});
