/** Values that the code of a bot must not make of an input: neither a flow nor a node takes them for answers. */

import type { FsmError } from '../base/errors.ts';
import { isStorable } from '../base/json.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';

/** Whether `validate` or a picker has made an answer: JSON, and no boolean, which comes from code that tests where it should convert. */
export function isAnswer(value: unknown): boolean {
  return typeof value !== 'boolean' && isStorable(value);
}

/** Makes the error that observers get for an invalid answer. */
export function noAnswer(option: string, found: unknown): FsmError {
  const expected = 'the answer as JSON, or invalid("why")';
  return invalidOption(option, expected, shown(found));
}
