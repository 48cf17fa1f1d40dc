/** Any JavaScript text in a `text` column, which takes neither U+0000 nor half a surrogate pair. */

/** U+001B: JSON never holds it bare, so records stay as they are and can be read with `psql`. */
const mark = '\u001b';

/** Characters that are stored escaped. With the flag `u`, the class of surrogates matches only those without their other half. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to look for.
const unstorable = /[\u0000\u001b\ud800-\udfff]/gu;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the character that stands before a code.
const escaped = /\u001b([0-9a-f]{4})/g;

/** Writes a text so that PostgreSQL keeps it; one without such characters, like every JSON, stays as it is. */
export function toStorable(text: string): string {
  // a regular expression takes several times as long for a text that is not Latin
  if (text.isWellFormed() && !text.includes(mark) && !text.includes('\u0000')) return text;
  return text.replace(
    unstorable,
    (character) => mark + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

/** Reads what {@link toStorable} wrote. */
export function fromStorable(stored: string): string {
  if (!stored.includes(mark)) return stored;
  return stored.replace(escaped, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The smallest text greater than everything that begins with `prefix`, by code points; `undefined` if there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
