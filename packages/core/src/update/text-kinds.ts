/** Answers that are found inside a text: e-mail addresses, phone numbers, links, dates, numbers. Loaded with the first question that takes one. */

import { listIn, numberIn, type RawObject, textIn } from './raw-update.ts';

/** The kinds of input that are found inside a text, and the value that each gives. */
export interface TextValues {
  /** An e-mail address, as it was written. */
  email: string;
  /** A phone number, as it was written. */
  phone: string;
  /** A link, as it was written; behind a linked text its address. */
  url: string;
  /** A day of the calendar, as `"2026-11-28"`. */
  date: string;
  /** A number, from the whole text: `12`, `12.5` or `12,5`, also with grouped thousands. */
  number: number;
}

/** The name of a kind that is found inside a text. */
export type TextKind = keyof TextValues;

/** The entities that Telegram marks (Bot API, MessageEntity). */
const entityTypes: { readonly [K in TextKind]: readonly string[] } = {
  email: ['email'],
  phone: ['phone_number'],
  url: ['url', 'text_link'],
  date: [],
  number: [],
};

/** Patterns for a whole text in which Telegram has marked nothing. Names of hosts may be of any script. */
const wholes: { readonly [K in Exclude<TextKind, 'date' | 'number'>]: RegExp } = {
  email: /^[^\s@<>()[\]",:;\\]+@(?:[\p{L}\p{M}\p{N}-]+\.)+[\p{L}\p{M}\p{N}-]+$/u,
  phone: /^\(?\+?(?:[\s()./-]*\d){7,15}$/,
  url: /^(?:https?:\/\/[\p{L}\p{N}[]\S*|(?:[\p{L}\p{M}\p{N}-]+\.)+(?:xn--[a-z\d-]+|\p{L}[\p{L}\p{M}]+)(?:[/?#:]\S*)?)$/iu,
};

/** The separated parts of a text that may be a day, in either order. It has as many digits as a phone number. */
const parts = /^(\d{1,4})([-/.])\s?(\d{1,2})\2\s?(\d{1,4})$/;

/** Whether a text is written as a day, whether it exists or not: one number is a year, and the others fit a day and a month. */
function isDayLike(text: string): boolean {
  const [, first = '', , middle, last = ''] = parts.exec(text) ?? [];
  const [year, other] = first.length === 4 ? [first, last] : [last, first];
  const [low, high] = [Number(middle), Number(other)].sort((a, b) => a - b);
  return /^(?:19|20)\d\d$/.test(year) && (low ?? 0) <= 12 && (high ?? 0) <= 31;
}

/**
 * Finds the first value of a kind in a text.
 *
 * @param message - the message that the text is from, for what Telegram has marked in it
 * @returns `undefined` if there is none
 */
export function findInText(
  kind: TextKind,
  text: string,
  message?: RawObject,
): string | number | undefined {
  for (const entity of listIn(message, 'entities') as readonly RawObject[]) {
    if (!entityTypes[kind].includes(textIn(entity, 'type') ?? '')) continue;
    const offset = numberIn(entity, 'offset') ?? 0;
    const length = numberIn(entity, 'length') ?? 0;
    return textIn(entity, 'url') ?? text.slice(offset, offset + length);
  }
  const whole = text.replace(invisible, '').trim();
  if (kind === 'email' || kind === 'url') return wholes[kind].test(whole) ? whole : undefined;
  const typed = inAscii(whole);
  // two lines are two values
  if (typed.includes('\n')) return undefined;
  if (kind === 'date') return dayIn(typed);
  if (kind === 'number') return amountIn(typed);
  return wholes[kind].test(typed) && !isDayLike(typed) ? whole : undefined;
}

/**
 * Characters that nobody sees: those that order text from right to left, which keyboards add and the ready-made texts have, and those that
 * come with copied text.
 */
const invisible = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** Writes digits, dashes and full-width signs as a keyboard for English does. */
function inAscii(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\p{Nd}/gu, latinDigit);
}

/** Reads a day. An ambiguous date has none: a wrong one would not be noticed. */
function dayIn(text: string): string | undefined {
  const inOrder = /^([1-9]\d{3})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})\.?$/.exec(text);
  if (inOrder !== null) return dayOf(inOrder[1], inOrder[2], inOrder[3]);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?([1-9]\d{3})\.?$/.exec(text);
  if (dotted !== null) return dayOf(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-]([1-9]\d{3})$/.exec(text);
  if (slashed === null) return undefined;
  const [, one, other, year] = slashed;
  const found = [dayOf(year, other, one), dayOf(year, one, other)].filter(
    (day, at, all) => day !== undefined && all.indexOf(day) === at,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** A day that exists. */
function dayOf(year = '', month = '', day = ''): string | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}

/** The zeros of the digits that people type in the languages of the ready-made texts; the other nine follow each. */
const zeros = ['0', '\u0660', '\u06f0', '\u0966'];

/** More digits than a number keeps exactly would change unnoticed. */
const mostDigits = 15;

/**
 * Reads a number. One separator before three digits is a decimal mark in one country and groups thousands in the next, so `1,234` has
 * no number: a wrong one would not be noticed.
 */
function amountIn(text: string): number | undefined {
  const typed = text.replaceAll('\u066b', '.').replaceAll('\u066c', ',');
  if (typed.length > 2 * mostDigits || /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(typed)) return undefined;
  const [, sign, whole = '', fraction = ''] =
    /^([+-]?)(\d*)(?:[.,](\d+))?$/.exec(typed) ??
    /^([+-]?)(\d{1,3}(?:[\s'\u2019_]\d{3})+)(?:[.,](\d+))?$/u.exec(typed) ??
    /^([+-]?)(\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/.exec(typed) ??
    /^([+-]?)(\d{1,3}(?:\.\d{3})+)(?:,(\d+))?$/.exec(typed) ??
    [];
  const digits = whole.replace(/\D/g, '');
  const count = digits.length + fraction.length;
  if (count === 0 || count > mostDigits) return undefined;
  const value = Number(`${digits}.${fraction}`);
  return sign === '-' && value !== 0 ? -value : value;
}

function latinDigit(digit: string): string {
  const value = digit.codePointAt(0) ?? 0;
  for (const zero of zeros) {
    const distance = value - (zero.codePointAt(0) ?? 0);
    if (distance >= 0 && distance <= 9) return String(distance);
  }
  return digit;
}
