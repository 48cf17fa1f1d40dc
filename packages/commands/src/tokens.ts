/** Words of a line: runs of white space between them, quotes, escapes and `key=value`; and back to a line. */

import { isKey } from './names.ts';

/** One word of a line. */
export interface Token {
  /** The text, without quotes and escapes. */
  readonly text: string;
  /** The part before the `=`, for `key=value`. */
  readonly key?: string;
}

/** A token as it was written. */
export interface WrittenToken extends Token {
  /** Whether the text was in quotes. */
  readonly quoted: boolean;
}

/** Phones turn straight quotes into these while one types. */
const closing: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['„', '“'],
  ['‘', '’'],
  ['«', '»'],
]);
const space = /\s/u;
const spaces = /\s*/uy;
const plain = /[^\s\\=]*/uy;
const escapable = /[\s\\='"“”„‘’«»]/u;
const bare = /^[\p{L}\p{M}\p{N}_.,:;+/@%!?#&*()-]+$/u;

/**
 * Splits a line into words.
 *
 * A quote opens only at the beginning of a word or right after `key=`, and closes only before white space or the end. So an
 * apostrophe within a word, and a quote that nothing closes, are ordinary characters. A backslash takes away the meaning of white
 * space, quotes, `=` and itself, and is an ordinary character elsewhere. Every text has a reading; the time is linear in its length.
 *
 * @example
 * ```ts
 * import { tokenize } from '@telefsm/commands';
 *
 * tokenize('TSLA  note="for a friend" don\'t'); // TSLA · note = for a friend · don't
 * ```
 */
export function tokenize(line: string): readonly WrittenToken[] {
  const tokens: WrittenToken[] = [];
  const unclosed = new Set<string>();
  let at = skip(spaces, line, 0);
  while (at < line.length) {
    const start = at;
    const whole = readQuoted(line, at, unclosed);
    if (whole) {
      tokens.push({ text: whole.text, quoted: true });
      at = whole.end;
    } else {
      const equals = skip(plain, line, at);
      const key = line[equals] === '=' ? line.slice(start, equals) : '';
      if (isKey(key)) {
        const value = readQuoted(line, equals + 1, unclosed);
        const { text, end } = value ?? readBare(line, equals + 1);
        tokens.push({ key, text, quoted: value !== undefined });
        at = end;
      } else {
        const { text, end } = readBare(line, at);
        tokens.push({ text, quoted: false });
        at = end;
      }
    }
    at = skip(spaces, line, at);
  }
  return tokens;
}

/**
 * Writes words as a line that {@link tokenize} reads as the same words.
 *
 * @param tokens - words; a `key` must be one word of letters, digits, emoji, `-` and `_`
 * @throws TypeError for a key that could not be read back
 */
export function formatTokens(tokens: readonly Token[]): string {
  return tokens
    .map(({ key, text }) => {
      if (key === undefined) return quote(text);
      if (isKey(key)) return `${key}=${quote(text)}`;
      throw new TypeError(`"${key}" is not a valid key. Use letters, digits, emoji, - and _.`);
    })
    .join(' ');
}

function quote(text: string): string {
  return bare.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

interface Piece {
  readonly text: string;
  readonly end: number;
}

/** A quoted text that begins here and is closed; `unclosed` remembers the quotes that no text further on closes. */
function readQuoted(line: string, start: number, unclosed: Set<string>): Piece | undefined {
  const open = line[start];
  const close = open === undefined ? undefined : closing.get(open);
  if (close === undefined || open === undefined || unclosed.has(open)) return undefined;
  let text = '';
  let from = start + 1;
  for (let at = from; at < line.length; at++) {
    const char = line[at];
    if (char === '\\') {
      const next = line[at + 1];
      if (next === '\\' || next === close) {
        text += line.slice(from, at);
        from = ++at;
      }
    } else if (char === close && (at + 1 === line.length || space.test(line[at + 1] as string))) {
      return { text: text + line.slice(from, at), end: at + 1 };
    }
  }
  unclosed.add(open);
  return undefined;
}

/** Everything up to white space. */
function readBare(line: string, start: number): Piece {
  let text = '';
  let from = start;
  let at = start;
  for (; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '\\' && at + 1 < line.length && escapable.test(line[at + 1] as string)) {
      text += line.slice(from, at);
      from = ++at;
    } else if (space.test(char)) {
      break;
    }
  }
  return { text: text + line.slice(from, at), end: at };
}

/** Where a sticky pattern that begins here ends. */
function skip(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(line);
  return pattern.lastIndex;
}
