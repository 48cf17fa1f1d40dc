/** Checks of messages that a user sends: Telegram has none without a text, and no contact without a number. Types do not help in JavaScript. */

import { inspect } from 'node:util';

/**
 * Checks a text.
 *
 * @param what - where it was passed, such as `contact(phone_number)`
 * @throws TypeError for anything else, and for white space alone: Telegram does not send it
 */
export function checkText(what: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() !== '') return;
  throw new TypeError(
    `${what} needs a text with at least one visible character: found ${inspect(value)}.`,
  );
}

/**
 * Checks a number in a range.
 *
 * @throws TypeError for anything else
 */
export function checkNumber(what: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw new TypeError(`${what} needs a number from ${least} to ${most}: found ${inspect(value)}.`);
}

/**
 * Checks the phone number of a contact: digits, which may begin with a plus and be divided.
 *
 * @throws TypeError for anything else
 */
export function checkPhone(what: string, value: unknown): void {
  if (typeof value === 'string' && /^\+?[\d ()./-]*\d[\d ()./-]*$/.test(value)) return;
  throw new TypeError(
    `${what} needs a phone number as a text, such as '+4930123456': found ${inspect(value)}.`,
  );
}
