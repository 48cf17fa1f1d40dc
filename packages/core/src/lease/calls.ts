/** Calls to a storage: by which token, how long one may take, what its failure means, and when it is tried again. */

import type { Clock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmStorage } from '../storage/storage.ts';

/** How long one call to a storage may take, in ms, before it is asked again. */
export const callBound = 5000;

let processId: string | undefined;
let tokens = 0;

/** A token that is used once: names this process and counts. */
export function newToken(): string {
  // made at the first use: edge workers refuse random numbers while a module loads
  processId ??= `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  return `${processId}.${++tokens}`;
}

/** A call to a storage that took too long; what became of it is unknown. */
export class TimedOut extends Error {}

/** Bounds how long a call to a storage is waited for; `late` hears of an answer that comes after all. */
export function within<T>(
  answer: Awaitable<T>,
  ms: number,
  clock: Clock,
  late?: (value: T) => void,
): Awaitable<T> {
  if (!isPromise(answer)) return answer;
  return new Promise((resolve, reject) => {
    let over = false;
    const timer = clock.setTimeout(() => {
      over = true;
      reject(new TimedOut(`The storage did not answer within ${ms} ms.`));
    }, ms);
    answer.then(
      (value) => {
        clock.clearTimeout(timer);
        if (over) late?.(value);
        else resolve(value);
      },
      (error) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Makes the error for a call to a storage that failed for good. */
export function storageFailed(
  key: string,
  operation: string,
  cause: unknown,
  keptBefore = false,
): FsmError<'STORAGE_FAILED'> {
  return new FsmError('STORAGE_FAILED', { key, operation, keptBefore }, { cause });
}

/** What an error of a storage says of the call. */
export function faultOf(storage: FsmStorage, error: unknown): 'retry' | 'fatal' | 'unknown' {
  // an error of ours is no accident of the network: the storage says what is wrong
  if (error instanceof FsmError) return 'fatal';
  return storage.classify?.(error) ?? 'unknown';
}

/** Waits for nothing: what becomes of the call is of no interest. */
export function ignore(answer: Awaitable<unknown>): void {
  if (isPromise(answer)) answer.then(undefined, () => {});
}

/** Whether an answer is still to come. */
export function isPromise<T>(answer: Awaitable<T>): answer is PromiseLike<T> {
  if (typeof answer !== 'object' || answer === null) return false;
  return (answer as { readonly then?: unknown }).then !== undefined;
}

/** Waits so many ms. */
export function sleep(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}

/** How many ms to wait after so many failures. */
export function backoff(failures: number): number {
  return Math.min(500, 50 * 2 ** failures) + jitter(25);
}

/** Up to so many ms, by chance, so that those who wait do not come at once. */
export function jitter(ms: number): number {
  return Math.random() * ms;
}
