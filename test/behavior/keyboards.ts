/** The buttons that a bot has shown, as its calls say them. */

import type { ApiCall } from '@telefsm/testing';

interface Key {
  readonly text: string;
}
interface Keyboards {
  readonly inline_keyboard?: readonly (readonly Key[])[];
  readonly keyboard?: readonly (readonly Key[])[];
}

function lastMarkup(calls: readonly ApiCall[]): Keyboards | undefined {
  const markups = calls.map(
    ({ payload }) => (payload as { reply_markup?: Keyboards }).reply_markup,
  );
  return markups.findLast((markup) => markup !== undefined);
}

/** Labels of the last keyboard, row by row. */
export function rowsIn(calls: readonly ApiCall[]): readonly (readonly string[])[] {
  const markup = lastMarkup(calls);
  const rows = markup?.inline_keyboard ?? markup?.keyboard ?? [];
  return rows.map((row) => row.map(({ text }) => text));
}

/** Labels of the last keyboard. */
export function buttonsIn(calls: readonly ApiCall[]): readonly string[] {
  return rowsIn(calls).flat();
}

/** Buttons of the last reply keyboard. */
export function keysIn(calls: readonly ApiCall[]): readonly Key[] | undefined {
  return lastMarkup(calls)?.keyboard?.flat();
}
