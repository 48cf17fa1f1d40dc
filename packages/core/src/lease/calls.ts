/** Calls to a storage: by which token, how long one may take, what its failure means, and when it is sent again. */

import { isPromise } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import { FsmError, isFsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageFault, StorageStatements, StoredText } from '../storage/statements.ts';
import type { Leases } from './lease.ts';

/** How long a statement may take, in ms from sending it, before it is sent again. */
export const callBound = 5000;

let processId: string | undefined;
let tokens = 0;

/** A token that is used once: names this process and counts. */
export function newToken(): string {
  // made at the first use: edge workers reject random numbers while a module loads
  processId ??= `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  return `${processId}.${++tokens}`;
}

/** Whether this process has made a token. */
export function isOwnToken(token: string): boolean {
  return processId !== undefined && token.startsWith(`${processId}.`);
}

/** A statement that took too long; what became of it is unknown. */
export class TimedOut extends Error {
  constructor() {
    super(`The storage did not answer within ${callBound} ms.`);
  }
}

/** Bounds how long an answer is waited for. */
export function within<T>(answer: PromiseLike<T>, clock: Clock): Promise<T>;
export function within<T>(answer: Awaitable<T>, clock: Clock): Awaitable<T>;
export function within<T>(answer: Awaitable<T>, clock: Clock): Awaitable<T> {
  if (!isPromise(answer)) return answer;
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(new TimedOut()), callBound);
    const answered = () => clock.clearTimeout(timer);
    answer.then(resolve, reject);
    answer.then(answered, answered);
  });
}

/** Makes the error for a call to a storage that failed for good. */
export function storageFailed(
  key: string,
  operation: string,
  cause: unknown,
  committedBefore = false,
): FsmError<'STORAGE_FAILED'> {
  const details = { key, operation, committedBefore };
  return new FsmError('STORAGE_FAILED', details, { cause: asFsmError(cause) });
}

/**
 * Reads what is stored under a key, without a lease.
 *
 * @throws FsmError `STORAGE_FAILED`
 */
export async function peekAt(
  key: string,
  { leases, storage }: { readonly leases: Leases; readonly storage: StorageStatements },
): Promise<StoredText | undefined> {
  try {
    return await leases.ask(() => storage.peek(key));
  } catch (cause) {
    throw storageFailed(key, 'peek', cause);
  }
}

/** An error of `keyValueStorage` that says what is wrong with its store, as an FsmError; any other one as it is. */
function asFsmError(error: unknown): unknown {
  if (isFsmError(error)) return error;
  const { code, details } = Object(error) as Partial<FsmError<'STORAGE_UNUSABLE'>>;
  return code === 'STORAGE_UNUSABLE' && details !== undefined ? new FsmError(code, details) : error;
}

/** Classifies an error of a storage. */
export function faultOf(storage: StorageStatements, error: unknown): StorageFault {
  if (error instanceof TimedOut) return 'unknown';
  // an error of ours is no accident of the network; one that names a driver's error may pass, as that error does
  if (isFsmError(error) && error.code !== 'STORAGE_UNUSABLE') return 'fatal';
  return storage.classify?.(error) ?? 'unknown';
}

/** Waits so many ms. */
export function sleep(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}

/** How many ms to wait after so many failures. */
export function backoff(failures: number): number {
  return Math.min(500, 50 * 2 ** failures) + jitter(25);
}

/** Up to so many ms, by chance, so that processes that wait do not ask at the same moment. */
export function jitter(ms: number): number {
  return Math.random() * ms;
}
