/** The choices of a question: the forms in which they are given, as values with labels. */

import type { FsmError } from '../../base/errors.ts';
import { holds } from '../../base/holds.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Page } from '../rows/page.ts';
import type { Choice, Choices, Label } from './question.ts';
import type { AskOptions } from './steps.ts';

/** One thing to choose. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** How many choices are on a page. */
export const pageSize = 20;

/**
 * A reply keyboard sends the label alone, and a label may be typed. So no two buttons of a question have the same one: the second "Anna" is
 * "Anna (2)".
 *
 * @param others - labels of its other buttons
 */
export function distinguished<Labeled extends { readonly label: string }>(
  buttons: readonly Labeled[],
  others: readonly (string | undefined)[],
): readonly Labeled[] {
  const taken = new Set(others.map((label) => label?.trim()));
  return buttons.map((button) => {
    let own = button.label;
    for (let at = 2; taken.has(own.trim()); at++) own = `${button.label} (${at})`;
    taken.add(own.trim());
    return own === button.label ? button : { ...button, label: own };
  });
}

/** Whether choices are one page of a longer list; an object of choices has labels, not a list. */
export function isPage(choices: Choices<object>): choices is Page<Choice<object>> {
  return holds(choices, 'items') && Array.isArray(choices.items);
}

/**
 * The values of choices with their labels, in the order in which they are shown.
 *
 * @param where - the option, for messages
 * @throws FsmError `INVALID_OPTION` for what is no list and no object, for a value that is no text and a label that is no text or function
 */
export function entriesOf(
  choices: Choices<object>,
  where = 'choices',
): readonly (readonly [value: string, label: Label<object>])[] {
  if (isPage(choices)) return entriesOf(choices.items, where);
  if (typeof choices !== 'object' || choices === null) throw noChoices(choices, where);
  const entries = Array.isArray(choices)
    ? (choices as readonly Choice<object>[]).map((one) =>
        typeof one === 'string' ? ([one, one] as const) : one,
      )
    : Object.entries(choices as { [value: string]: Label<object> });
  const wrong = entries.find((entry) => !isEntry(entry));
  if (wrong !== undefined) throw noChoices(wrong, where);
  return entries;
}

/** The values of choices that are fixed; `undefined` where a function makes them, or there are none. */
export function valuesOf(choices: AskOptions['choices']): readonly string[] | undefined {
  if (choices === undefined || typeof choices === 'function') return undefined;
  return entriesOf(choices).map(([value]) => value);
}

function isEntry(entry: unknown): boolean {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  return typeof entry[1] === 'string' || typeof entry[1] === 'function';
}

function noChoices(found: unknown, where: string): FsmError {
  const inside = Array.isArray(found) ? `[${found.map(shown).join(', ')}]` : shown(found);
  return invalidOption(where, 'texts, [value, label] pairs, or { value: label }', inside);
}
