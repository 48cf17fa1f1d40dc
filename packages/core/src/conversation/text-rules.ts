/** Checks the names of texts: a misspelled one would replace nothing. Not part of the production build. */

import { checkOptions } from '#option-checks';
import { anything, type Rule } from '../base/rules.ts';
import type { TextName } from './texts.ts';

const rules: { readonly [Name in TextName]: Rule } = {
  wrongKind: anything,
  notEmail: anything,
  notPhone: anything,
  notUrl: anything,
  notDate: anything,
  notNumber: anything,
  invalid: anything,
  tooLong: anything,
  canceled: anything,
  timedOut: anything,
  stale: anything,
  notYours: anything,
  oldInvoice: anything,
  notYourInvoice: anything,
  firstStep: anything,
  noBack: anything,
  noSkip: anything,
  tooManyAttempts: anything,
  failed: anything,
  running: anything,
  restart: anything,
  blocked: anything,
  reset: anything,
  busy: anything,
  askedElsewhere: anything,
  paying: anything,
  skip: anything,
  back: anything,
  more: anything,
  done: anything,
  yes: anything,
  no: anything,
  cancel: anything,
  edit: anything,
  pickEdit: anything,
  keep: anything,
};

/**
 * Checks the texts of a machine or a flow.
 *
 * @param where - the text before their names in the message
 * @throws FsmError `INVALID_OPTION`
 */
export function checkTexts(where: string, texts: unknown): void {
  checkOptions(where, Object(texts), rules, '');
}
