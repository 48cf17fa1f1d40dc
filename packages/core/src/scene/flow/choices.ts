/** The forms in which choices are given. */

import type { FsmError } from '../../base/errors.ts';
import { holds } from '../../base/holds.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Page } from '../rows/page.ts';
import type { Choice, Choices, Label } from './question.ts';

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

function isEntry(entry: unknown): boolean {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  return typeof entry[1] === 'string' || typeof entry[1] === 'function';
}

function noChoices(found: unknown, where: string): FsmError {
  const inside = Array.isArray(found) ? `[${found.map(shown).join(', ')}]` : shown(found);
  return invalidOption(where, 'texts, [value, label] pairs, or { value: label }', inside);
}
