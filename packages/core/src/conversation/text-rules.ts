/** Checks the names of texts: a misspelled one would replace nothing. Not part of the production build. */

import { checkOptions } from '#option-checks';
import { defaultTexts } from './texts.ts';

/**
 * Checks the texts of a machine or a flow.
 *
 * @param where - the text before their names in the message
 * @throws FsmError `INVALID_OPTION`
 */
export function checkTexts(where: string, texts: unknown): void {
  checkOptions(where, Object(texts), {}, Object.keys(defaultTexts).join(' '));
}
