/** Messages of errors under the `production` condition: the code and the details. The page of errors has the sentence and the fix. */

import type { sentenceOf as defaultSentenceOf } from './sentences.ts';

/** Makes the text of an error without its sentence. */
export const sentenceOf: typeof defaultSentenceOf = (code, details) =>
  `[TELEFSM_${code}] ${JSON.stringify(details)} See docs/errors.md#${code.toLowerCase()}.`;

/** None. */
export const sceneSentences = undefined;

/** None. */
export const installSentences = undefined;
