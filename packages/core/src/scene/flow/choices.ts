/** The forms in which choices are given. */

import { holds } from '../../base/holds.ts';
import type { Page } from '../rows/page.ts';
import type { Choice, Choices, Label } from './question.ts';

/** Whether choices are one page of a longer list; an object of choices has labels, not a list. */
export function isPage(choices: Choices<object>): choices is Page<Choice<object>> {
  return holds(choices, 'items') && Array.isArray(choices.items);
}

/** The values of fixed choices with their labels, in the order in which they are shown. */
export function entriesOf(
  choices: Choices<object>,
): readonly (readonly [value: string, label: Label<object>])[] {
  if (isPage(choices)) return entriesOf(choices.items);
  if (!Array.isArray(choices)) return Object.entries(choices as { [value: string]: Label<object> });
  return (choices as readonly Choice<object>[]).map((one) =>
    typeof one === 'string' ? [one, one] : one,
  );
}
