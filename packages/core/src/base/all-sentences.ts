/** Every error with its message and what to do, for tools. */

import { type FsmErrorCode, kernelSentences, type Sentences } from './error-catalogue.ts';
import { installSentences } from './install-sentences.ts';
import { sceneSentences } from './scene-sentences.ts';

/** Every error with its message and what to do; the page of errors in the documentation is made from it. */
export const errorCatalogue: Sentences<FsmErrorCode> = /* @__PURE__ */ Object.assign(
  {},
  kernelSentences,
  installSentences,
  sceneSentences,
);
