/** Messages of errors: the default build, for Node and for tests. */

import { errorCatalogue, type FsmErrorCode, type FsmErrorDetails } from './error-catalogue.ts';

/** Makes the text of an error: what happened, then what to do, then its code. */
export function sentenceOf<Code extends FsmErrorCode>(
  code: Code,
  details: FsmErrorDetails[Code],
): string {
  const { message, fix } = errorCatalogue[code];
  return `${message(details)} ${fix} [TELEFSM_${code}]`;
}
