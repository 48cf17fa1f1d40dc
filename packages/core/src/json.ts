/** JSON values as conversations keep them: checked, copied and frozen, so that nobody outside can change them. */

import { FsmError } from './errors.ts';

/** A JSON object that nobody can change. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** The data of a conversation without any. */
export const noData: JsonObject = Object.freeze({});

/**
 * Copies a value, deeply, and freezes the copy.
 *
 * Properties that are `undefined` are left out, as JSON does.
 *
 * @param value - what the caller handed over; it stays the caller's
 * @param path - its name, for the message
 * @throws FsmError `DATA_NOT_JSON` for what JSON cannot keep: a function, a BigInt, an instance of a class, a cycle, NaN
 */
export function frozenJson(value: unknown, path: string): unknown {
  return typeof value === 'object' && value !== null
    ? copyObject(value, path, [])
    : checkLeaf(value, path);
}

/**
 * Like {@link frozenJson}, for data: the value must be an object.
 *
 * @throws FsmError `DATA_NOT_JSON` also for an array and for what is no object
 */
export function frozenData(value: unknown, path: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FsmError('DATA_NOT_JSON', { path, found: `${nameOf(value)} in place of an object` });
  }
  return copyObject(value, path, []) as JsonObject;
}

/** Merges a patch that {@link frozenData} made; a key that the caller set to `undefined` is removed. */
export function mergedData(data: JsonObject, patch: object, path: string): JsonObject {
  const copy = frozenData(patch, path);
  const merged: Record<string, unknown> = { ...data, ...copy };
  for (const key of Object.keys(patch)) if (!Object.hasOwn(copy, key)) delete merged[key];
  return Object.freeze(merged);
}

/** Freezes a value that `JSON.parse` has just made, in place. */
export function freezeParsed<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const key in value) freezeParsed(value[key]);
    Object.freeze(value);
  }
  return value;
}

/** About how many characters a value has as JSON, without making them; never more than six times too little. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 2;
  for (const key in value) size += key.length + 4 + roughSize((value as JsonObject)[key]);
  return size;
}

function copyObject(value: object, path: string, around: readonly object[]): unknown {
  if (around.includes(value)) throw refuse(path, 'a cycle');
  const inside = [...around, value];
  if (Array.isArray(value)) {
    // Array.from visits holes too, which JSON would turn into null
    return Object.freeze(Array.from(value, (item, at) => copyAny(item, `${path}[${at}]`, inside)));
  }
  if (!isPlain(value)) throw refuse(path, nameOf(value));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as JsonObject)[key];
    if (member === undefined) continue;
    const kept = copyAny(member, `${path}.${key}`, inside);
    // an assignment to __proto__ would set the prototype
    if (key === '__proto__') {
      Object.defineProperty(copy, key, {
        value: kept,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else copy[key] = kept;
  }
  return Object.freeze(copy);
}

function copyAny(value: unknown, path: string, around: readonly object[]): unknown {
  return typeof value === 'object' && value !== null
    ? copyObject(value, path, around)
    : checkLeaf(value, path);
}

function checkLeaf(value: unknown, path: string): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw refuse(path, String(value));
    default:
      if (value === null) return value;
      throw refuse(path, nameOf(value));
  }
}

/** Plain objects of any realm: their prototype is null, or is itself at the end of the chain. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'valueOf'))
  );
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an instance of ${value.constructor?.name ?? 'a class'}`;
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

function refuse(path: string, found: string): FsmError {
  return new FsmError('DATA_NOT_JSON', { path, found });
}
