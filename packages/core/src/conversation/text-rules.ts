/** Checks the names of texts: a misspelled one would replace nothing. Not part of the production build. */

import { checkOptions } from '#option-checks';
import type { TextName } from './texts.ts';

/** Names of all texts: a bot without scenes needs no more of the texts at its start. */
export const textNames: readonly TextName[] = [
  'wrongKind',
  'notEmail',
  'notPhone',
  'notUrl',
  'notDate',
  'notNumber',
  'invalid',
  'tooLong',
  'canceled',
  'timedOut',
  'stale',
  'notYours',
  'oldInvoice',
  'notYourInvoice',
  'firstStep',
  'noBack',
  'noSkip',
  'tooManyAttempts',
  'failed',
  'running',
  'restart',
  'blocked',
  'reset',
  'busy',
  'askedElsewhere',
  'paying',
  'skip',
  'back',
  'more',
  'done',
  'yes',
  'no',
  'cancel',
  'edit',
  'pickEdit',
  'keep',
];

/**
 * Checks the texts of a machine or a flow.
 *
 * @param where - the text before their names in the message
 * @throws FsmError `INVALID_OPTION`
 */
export function checkTexts(where: string, texts: unknown): void {
  checkOptions(where, Object(texts), {}, textNames.join(' '));
}
