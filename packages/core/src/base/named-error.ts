/** Names the mistake where a handler has written to frozen data: by itself a JavaScript engine throws a bare TypeError. */

import { FsmError } from './errors.ts';

/** Messages of V8 and JavaScriptCore for a write to a frozen object. */
const frozenWrite = /read.?only prop|not extensible|delete property|redefine property/i;

/** The error `DATA_FROZEN` for a write to a frozen object, with the engine's error as its cause; every other error as it is. */
export function namedError(error: unknown): unknown {
  if (!(error instanceof TypeError && frozenWrite.test(error.message))) return error;
  return new FsmError('DATA_FROZEN', { reason: error.message }, { cause: error });
}
