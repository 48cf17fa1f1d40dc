/** The moves of users while a bot is explored. They can be printed, repeated and simplified. */
import type { Duration } from '@telefsm/core';
import fc from 'fast-check';
import {
  album,
  contact,
  dice,
  document,
  location,
  photo,
  poll,
  type Sendable,
  sticker,
  video,
  voice,
} from '../driver/sendable.ts';

/** The users of an exploration. */
export const people = ['Anna', 'Ben'] as const;

/** One of {@link people}. */
export type Person = (typeof people)[number];

/** One thing that somebody does. */
export type Move =
  | { readonly do: 'sends'; readonly who: Person; readonly text: string }
  | { readonly do: 'shares'; readonly who: Person; readonly what: string }
  | { readonly do: 'edits'; readonly who: Person; readonly text: string }
  | {
      readonly do: 'taps';
      readonly who: Person;
      readonly label: string;
      /** How many showings of this button to go back: 0 is the newest. */
      readonly back: number;
    }
  | { readonly do: 'waits'; readonly time: Duration }
  | { readonly do: 'repeats' };

/** The attachments that a user can send, by name. */
export const shareable: Readonly<Record<string, () => Sendable>> = {
  photo: () => photo(),
  'photo with text': () => photo({ caption: 'Look at this' }),
  video: () => video(),
  voice: () => voice(),
  document: () => document(),
  sticker: () => sticker(),
  location: () => location(52.52, 13.405),
  contact: () => contact('+491700000000'),
  poll: () => poll('Which one?', ['This', 'That']),
  dice: () => dice(),
  album: () => album(photo(), photo()),
};

/** Writes a move as a line, as a transcript has it. */
export function lineOf(move: Move): string {
  switch (move.do) {
    case 'sends':
      return `${move.who}: ${shortened(move.text)}`;
    case 'shares':
      return `${move.who}: [${move.what}]`;
    case 'edits':
      return `${move.who} edits: ${shortened(move.text)}`;
    case 'taps':
      return `${move.who} taps [${move.label}]${move.back === 0 ? '' : ` shown ${move.back} before`}`;
    case 'waits':
      return `(${typeof move.time === 'number' ? `${move.time} ms` : move.time} later)`;
    case 'repeats':
      return '(the last update again)';
  }
}

/** A long text as its beginning and its length. */
export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 60)}… (${text.length} characters)` : text;
}

/** Texts as users write them: usual answers, numbers, odd signs, long ones; Telegram takes blanks off their ends and sends no empty ones. */
export function userTexts(own: readonly string[], longest: number): fc.Arbitrary<string> {
  const texts = [
    { weight: 6, arbitrary: fc.constantFrom(...usualTexts) },
    { weight: 3, arbitrary: fc.integer({ min: -3, max: 120 }).map(String) },
    { weight: 1, arbitrary: fc.double({ noNaN: true }).map(String) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: longest }).map((n) => 'a'.repeat(n)) },
    { weight: 1, arbitrary: fc.constant('a'.repeat(longest)) },
  ];
  if (own.length > 0) texts.push({ weight: 6, arbitrary: fc.constantFrom(...own) });
  return fc.oneof(...texts).map((text) => (sayable(text.trim()) ? text.trim() : '.'));
}

/** Usual answers to usual questions. */
export const usualTexts = [
  'Anna',
  'yes',
  'no',
  'ok',
  '1',
  '2',
  '5',
  '10',
  '30',
  'Main Street 12, 10115 Berlin',
  'anna@example.com',
  '+49 170 0000000',
  '2026-02-28',
  '18:30',
  'https://example.com/a?b=c',
  'Two words',
  'First line\nsecond line',
] as const;

const odd = [
  '.',
  '0',
  '-1',
  '1.5',
  '1e9',
  'NaN',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '{}',
  '<b>bold',
  '*bold _it',
  "Robert'); DROP TABLE users;--",
  'ㅤ',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'שלום עולם',
  'Zażółć gęślą jaźń',
  'İI',
] as const;

/** Whether Telegram would let a user send it. */
function sayable(text: string): boolean {
  return text !== '' && text === text.trim() && !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll('\n', ''));
}

/**
 * Paths like this one, for fast-check to make simpler: fewer moves, and shorter texts of plainer letters.
 *
 * Commands and presses stay as they are, since they would not mean the same.
 */
export function pathsLike(path: readonly Move[]): fc.Arbitrary<readonly Move[]> {
  const fixed = path.map((move) => fc.constant(move));
  return fc.array(fc.oneof(prose, ...fixed), { maxLength: path.length, size: 'max' });
}

type Prose = Extract<Move, { readonly do: 'sends' }>;

function isProse(move: unknown): move is Prose {
  const { do: kind, text } = move as Partial<Prose>;
  return kind === 'sends' && !text?.startsWith('/');
}

/** The letter `a` comes first, so that it is what letters are simplified to. */
const plainest = 0x61;

const letters = fc.integer({ min: 0, max: 0x10ffff }).map(
  (rank) => String.fromCodePoint(rank === 0 ? plainest : rank <= plainest ? rank - 1 : rank),
  (letter) => {
    const code = (letter as string).codePointAt(0) as number;
    return code === plainest ? 0 : code < plainest ? code + 1 : code;
  },
);

/** Long texts are all of one letter, so that only their length is to be simplified. */
const longTexts = fc.integer({ min: 1, max: 4096 }).map(
  (length) => 'a'.repeat(length),
  (text) => (/^a+$/.test(text as string) ? (text as string).length : 0),
);

const shortTexts = fc.array(letters, { minLength: 1, maxLength: 60, size: 'max' }).map(
  (each) => each.join(''),
  (text) => Array.from(text as string),
);

const prose: fc.Arbitrary<Move> = fc
  .tuple(fc.constantFrom(...people), fc.oneof(longTexts, shortTexts))
  .filter(([, text]) => sayable(text))
  .map(
    ([who, text]): Move => ({ do: 'sends', who, text }),
    (move) => {
      if (!isProse(move)) throw new TypeError('Not a text.');
      return [move.who, move.text];
    },
  );
