/** Answers that are found inside a text: e-mail addresses, phone numbers, links, dates. Loaded with the first question that takes one. */

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
}

/** The name of a kind that is found inside a text. */
export type TextKind = keyof TextValues;

/** The entities that Telegram marks (Bot API, MessageEntity). */
const entityTypes: { readonly [K in TextKind]: readonly string[] } = {
  email: ['email'],
  phone: ['phone_number'],
  url: ['url', 'text_link'],
  date: [],
};

/** What a text is as a whole, where Telegram has marked nothing in it. */
const wholes: { readonly [K in Exclude<TextKind, 'date'>]: RegExp } = {
  email: /^[^\s@<>()"]+@[^\s@.]+(?:\.[^\s@.]+)+$/,
  phone: /^\+?(?:[\s().-]*\d){7,15}$/,
  url: /^(?:https?:\/\/\S+|(?:[\p{L}\d-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?)$/iu,
};

/**
 * Finds the first value of a kind in a text.
 *
 * @param message - the message that the text is from, for what Telegram has marked in it
 * @returns `undefined` if there is none
 */
export function findInText(kind: TextKind, text: string, message?: RawObject): string | undefined {
  for (const entity of listIn(message, 'entities') as readonly RawObject[]) {
    if (!entityTypes[kind].includes(textIn(entity, 'type') ?? '')) continue;
    const offset = numberIn(entity, 'offset') ?? 0;
    const length = numberIn(entity, 'length') ?? 0;
    return textIn(entity, 'url') ?? text.slice(offset, offset + length);
  }
  const whole = text.trim();
  if (kind === 'date') return dayIn(whole);
  return wholes[kind].test(whole) ? whole : undefined;
}

/** Reads a day. Where the day and the month cannot be told apart there is none: a wrong one would not be noticed. */
function dayIn(text: string): string | undefined {
  const inOrder = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (inOrder !== null) return dayOf(inOrder[1], inOrder[2], inOrder[3]);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text);
  if (dotted !== null) return dayOf(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
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
