/** Any JavaScript text as a value of SQLite, and back. */

import type { Value } from './platform.ts';

/** How many UTF-16 units become text in one call; more arguments may overflow the stack. */
const chunk = 8192;

/**
 * Keeps a text readable in the table where it survives there; otherwise stores its UTF-16 units.
 *
 * NUL does not survive, and half a surrogate pair has no UTF-8.
 */
export function toValue(text: string): Value {
  // a regular expression takes several times as long for a text that is not Latin
  if (text.isWellFormed() && !text.includes('\u0000')) return text;
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).buffer;
}

/** Reads what {@link toValue} wrote. */
export function fromValue(value: Value | undefined): string | null {
  if (!(value instanceof ArrayBuffer))
    return value === undefined || value === null ? null : `${value}`;
  const units = new Uint16Array(value);
  let text = '';
  for (let at = 0; at < units.length; at += chunk)
    text += String.fromCharCode(...units.subarray(at, at + chunk));
  return text;
}
