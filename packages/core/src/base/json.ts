/** JSON values as conversations keep them: checked, copied and frozen, so that nobody outside can change them. */

import { FsmError } from './errors.ts';
import { shown } from './shown.ts';

/** A JSON object that nobody can change. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** The data of a conversation without any. */
export const noData: JsonObject = /* @__PURE__ */ Object.freeze({});

/**
 * Copies a value, deeply, and freezes the copy.
 *
 * Properties that are `undefined` are omitted, as in JSON.
 *
 * @param value - what the caller handed over; it stays the caller's
 * @param path - its name, for the message
 * @throws FsmError `DATA_NOT_JSON` for what JSON cannot keep: a function, a BigInt, an instance of a class, a cycle, NaN
 */
export function frozenJson(value: unknown, path: string): unknown {
  return copyAny(value, path, [], undefined);
}

/**
 * Like {@link frozenJson}, for data: the value must be an object.
 *
 * @param before - data that is deeply frozen already: what the value shares with it, at the same path, is not copied again
 * @throws FsmError `DATA_NOT_JSON` also for an array and for what is no object
 */
export function frozenData(value: unknown, path: string, before: JsonObject = noData): JsonObject {
  if (value === before) return before;
  return copyMembers(value, path, [value], {}, before);
}

/**
 * Merges a patch as {@link frozenData} copies it; a key that the caller set to `undefined` is removed.
 *
 * @throws FsmError `DATA_NOT_JSON`, as `frozenData` does
 */
export function mergedData(data: JsonObject, patch: object, path: string): JsonObject {
  const merged = copyMembers(patch, path, [patch], { ...data }, data);
  const size = sizes.get(data);
  if (size !== undefined) sizes.set(merged, size + growth(patch, data, merged));
  return merged;
}

/** Whether a conversation can keep a value: `undefined`, NaN, a Date and other things that JSON has no form for cannot be kept. */
export function isStorable(value: unknown): boolean {
  try {
    frozenJson(value, 'value');
    return true;
  } catch {
    return false;
  }
}

/** Nobody means to nest deeper, and what recurs into values must not run out of stack. */
const deepest = 500;

/** Freezes a value that `JSON.parse` has made, in place. */
export function freezeParsed<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) {
    if (typeof member === 'object') freezeParsed(member);
  }
  return Object.freeze(value);
}

/** Copies JSON, deeply; the copy may be changed. */
export function thawed(value: JsonObject): Record<string, unknown>;
export function thawed(value: unknown): unknown;
export function thawed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => thawed(item));
  // a spread makes every member the copy's own, so that an assignment reaches `__proto__` as any other name
  const copy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copy)) {
    const member = copy[name];
    if (typeof member === 'object' && member !== null) copy[name] = thawed(member);
  }
  return copy;
}

/** Whether an object has no members. */
export function isBlank(data: object): boolean {
  for (const name in data) if (Object.hasOwn(data, name)) return false;
  return true;
}

/** Whether a value is an object, and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member, whatever its name: an assignment to `__proto__` would set the prototype. */
export function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else {
    const facts = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(object, name, facts);
  }
}

/** A member of a frozen object replaced, or removed by `undefined`; `undefined` for an object without members. */
export function withMember(
  object: JsonObject | undefined,
  name: string,
  value: unknown,
): JsonObject | undefined {
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(object ?? copy))
    if (key !== name) put(copy, key, member);
  if (value !== undefined) put(copy, name, value);
  return isBlank(copy) ? undefined : Object.freeze(copy);
}

/** Sizes of large objects: they are frozen, so each is counted once, and a merge counts only what it changes. */
const sizes = new WeakMap<object, number>();
/** Fewer characters are counted again sooner than they are remembered. */
const large = 1024;

/** About how many characters a value has as JSON, without making them; never more than six times too little. */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 2;
  if (Array.isArray(value)) {
    // by its indexes: the names of an array's members would be made as text
    for (let at = 0; at < value.length; at++) size += 1 + roughSize(value[at]);
  } else {
    for (const key of Object.keys(value)) {
      size += key.length + 4 + roughSize((value as JsonObject)[key]);
    }
  }
  if (size >= large && Object.isFrozen(value)) sizes.set(value, size);
  return size;
}

/** By how many characters data has grown with a patch. */
function growth(patch: object, before: JsonObject, after: JsonObject): number {
  const sizeIn = (data: JsonObject, name: string) =>
    Object.hasOwn(data, name) ? name.length + 4 + roughSize(data[name]) : 0;
  let grown = 0;
  for (const name of Object.keys(patch)) grown += sizeIn(after, name) - sizeIn(before, name);
  return grown;
}

function copyObject(
  value: object,
  path: string,
  around: readonly unknown[],
  before: unknown,
): unknown {
  if (around.includes(value)) throw reject(path, 'a cycle');
  if (around.length > deepest) throw reject('data', `nested more than ${deepest} deep`);
  const inside = [...around, value];
  if (!Array.isArray(value)) {
    return copyMembers(value, path, inside, {}, isJsonObject(before) ? before : noData);
  }
  const items: unknown[] = [];
  const old: readonly unknown[] = Array.isArray(before) ? before : [];
  // by its indexes: holes are visited too, which JSON would turn into null
  for (let at = 0; at < value.length; at++) {
    const item: unknown = value[at];
    if (isLeaf(item)) items.push(item === 0 ? 0 : item);
    else {
      const isKept = at < old.length && item === old[at];
      items.push(isKept ? item : copyAny(item, `${path}[${at}]`, inside, old[at]));
    }
  }
  return Object.freeze(items);
}

/** Copies the members of a plain object onto another one, and freezes that. */
function copyMembers(
  value: unknown,
  path: string,
  inside: readonly unknown[],
  copy: Record<string, unknown>,
  before: JsonObject,
): JsonObject {
  if (!isPlain(value)) {
    throw reject(path, `${shown(value)}${isJsonObject(value) ? '' : ' in place of an object'}`);
  }
  for (const key of Object.keys(value)) {
    const member = (value as JsonObject)[key];
    if (member === undefined) {
      if (Object.hasOwn(copy, key)) delete copy[key];
      continue;
    }
    // JSON has one zero: without its sign, also where nothing is written as text
    if (isLeaf(member)) put(copy, key, member === 0 ? 0 : member);
    else {
      const old = Object.hasOwn(before, key) ? before[key] : undefined;
      put(copy, key, member === old ? member : copyAny(member, `${path}.${key}`, inside, old));
    }
  }
  return Object.freeze(copy);
}

function copyAny(
  value: unknown,
  path: string,
  around: readonly unknown[],
  before: unknown,
): unknown {
  if (isLeaf(value)) return value === 0 ? 0 : value;
  if (typeof value === 'object' && value !== null) return copyObject(value, path, around, before);
  throw reject(path, shown(value));
}

/** Whether JSON keeps a value as it is, but for the sign of zero. */
function isLeaf(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/** Plain objects of any realm: their prototype is null, or is itself at the end of the chain. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'valueOf'))
  );
}

function reject(path: string, found: string): FsmError {
  return new FsmError('DATA_NOT_JSON', { path, found });
}
