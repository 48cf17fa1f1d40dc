/** The one error class, with a code for each error. */

import { sentenceOf } from '#sentences';
import type { FsmErrorCode, FsmErrorDetails, Sentences } from './error-catalogue.ts';

const brand = Symbol.for('telefsm.error');

/**
 * The error class of telefsm; `code` says which error it is. Only command trees have another one, `CommandError`.
 *
 * What a handler, a schema or a driver throws is not one of these and passes through untouched.
 */
export class FsmError<Code extends FsmErrorCode = FsmErrorCode> extends Error {
  override readonly name = 'FsmError';
  /** Which error it is. */
  readonly code: Code;
  /** The facts. */
  readonly details: FsmErrorDetails[Code];

  /**
   * @param options - `sentences` are those of the part of telefsm that throws the error, where not every bot carries them
   */
  constructor(
    code: Code,
    details: FsmErrorDetails[Code],
    options?: {
      readonly cause?: unknown;
      readonly sentences?: Partial<Sentences<FsmErrorCode>> | undefined;
    },
  ) {
    super(sentenceOf(code, details, options?.sentences), options);
    this.code = code;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Any {@link FsmError}, discriminated by `code`. */
export type AnyFsmError = { [Code in FsmErrorCode]: FsmError<Code> }[FsmErrorCode];

/**
 * Recognizes an {@link FsmError}, also one from another copy of the package, and narrows its `details`.
 *
 * @example
 * ```ts
 * import { isFsmError } from '@telefsm/core';
 *
 * function explain(error: unknown): string {
 *   return isFsmError(error, 'QUEUE_FULL') ? `more than ${error.details.limit} updates wait` : 'something else';
 * }
 * ```
 */
export function isFsmError<const Code extends FsmErrorCode = FsmErrorCode>(
  error: unknown,
  code?: Code,
): error is Extract<AnyFsmError, { readonly code: Code }> {
  return (
    error instanceof Error &&
    brand in error &&
    (code === undefined || (error as unknown as FsmError).code === code)
  );
}
