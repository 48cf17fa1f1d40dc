/** Messages of errors: the default build, for Node and for tests. */

import {
  type FsmErrorCode,
  type FsmErrorDetails,
  kernelSentences,
  type Sentences,
} from './error-catalogue.ts';

export { installSentences } from './install-sentences.ts';
export { sceneSentences } from './scene-sentences.ts';

/**
 * Makes the text of an error: what happened, then what to do, then its code.
 *
 * @param sentences - of the part that throws it
 */
export function sentenceOf<Code extends FsmErrorCode>(
  code: Code,
  details: FsmErrorDetails[Code],
  sentences: Partial<Sentences<FsmErrorCode>> = kernelSentences,
): string {
  const entry = sentences[code];
  const words = entry === undefined ? '' : `${entry.message(details)} ${entry.fix} `;
  return `${words}[TELEFSM_${code}]`;
}
