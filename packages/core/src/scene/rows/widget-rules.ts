/** Rules of the options of widgets, for plain JavaScript and for values that no compiler sees. */

import { checkOption, checkOptions } from '#option-checks';
import { holds } from '../../base/holds.ts';
import { callable, type Rule } from '../../base/rules.ts';

/** Accepts a text that is not blank. */
export const visible: Rule = {
  expected: 'a text',
  fits: (found) => typeof found === 'string' && found.trim() !== '',
};

/** Accepts what a button does. */
export const pressable: Rule = {
  expected: 'a transition or a handler',
  fits: (found) => typeof found === 'function' || holds(found, '~transition'),
};

/** Accepts a text that a button copies (Bot API, CopyTextButton). */
export const copied: Rule = {
  expected: 'a text of 1 to 256 characters',
  fits: (found) => typeof found === 'string' && found.length >= 1 && found.length <= 256,
};

/** Accepts a number of things. */
export const countRule: Rule = {
  expected: 'a whole number from 1',
  fits: (found) => Number.isSafeInteger(found) && Number(found) >= 1,
};

const limit: Rule = {
  expected: 'a number',
  fits: (found) => typeof found === 'number' && !Number.isNaN(found),
};

const step: Rule = {
  expected: 'a number above 0',
  fits: (found) => Number.isFinite(found) && Number(found) > 0,
};

const choices: Rule = {
  expected: 'a list or an object of values',
  fits: (found) => typeof found === 'object' && found !== null,
};

/** Of options that lay out buttons. */
export const layout: Record<'columns', Rule> = { columns: countRule };

/** Of the options of a counter. */
export const counterOptions: Record<'min' | 'max' | 'step' | 'label', Rule> = {
  min: limit,
  max: limit,
  step,
  label: callable,
};

const valuesOptions = { columns: countRule, max: limit };

/** Checks what a widget over several values is given. @throws FsmError `INVALID_OPTION` */
export function checkValues(widget: string, key: unknown, values: unknown, options: object): void {
  checkOption(`${widget} '${key}' values`, values, choices);
  checkOptions(`${widget} '${key}' `, options, valuesOptions, 'after');
}
