/** Values that come from a definition or go into a record: copies that nobody shares, and JSON that nobody changes. */

import { type Awaitable, FsmError } from '@telefsm/core';
import { isPromise } from '@telefsm/core/scene-kit';

/** A copy that shares no plain object and no array with the original; anything else (a class, a function) stays as it is. */
export function copyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyValue);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyValue(inner)]));
}

/**
 * A frozen copy of JSON.
 *
 * @param path - where it is kept, for the message
 * @throws FsmError `DATA_NOT_JSON` for what would come back as something else
 */
export function freezeJson(value: unknown, path: string): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    return Object.freeze(value.map((inner, index) => freezeJson(inner, `${path}[${index}]`)));
  }
  if (!isPlain(value)) throw new FsmError('DATA_NOT_JSON', { path, found: kindOf(value) });
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.freeze(
    Object.fromEntries(entries.map(([key, inner]) => [key, freezeJson(inner, `${path}.${key}`)])),
  );
}

/** Whether two pieces of JSON are the same, whatever the order of their keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((inner, at) => sameJson(inner, other[at]));
  }
  if (!isPlain(one) || !isPlain(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}

/** Whether a value is an object made by `{}`, JSON or `Object.create(null)`. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Does work, and recovers from its failure; synchronously if the work is synchronous. */
export function recovering<T>(
  work: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  try {
    const done = work();
    return isPromise(done) ? done.then(undefined, recover) : done;
  } catch (error) {
    return recover(error);
  }
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return `a value of type ${typeof value}`;
  return `an object of class ${value.constructor?.name ?? 'unknown'}`;
}
