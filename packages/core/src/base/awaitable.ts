/** Values that may be promises. A value that is there is used without a promise: every promise costs an update time and memory. */

import type { Awaitable } from './type-tools.ts';

/** Whether a value is still to come. */
export function isPromise<T>(value: Awaitable<T>): value is PromiseLike<T> {
  if (typeof value !== 'object' || value === null) return false;
  // data may have a member of this name
  return typeof (value as { readonly then?: unknown }).then === 'function';
}

/** Continues with a value: synchronously if it is no promise. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value);
}
