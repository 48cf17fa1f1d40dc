/** Session data between the record and the bot: mutable in handlers, frozen JSON in the record. */

import { FsmError } from '../base/errors.ts';
import { isBlank, type JsonObject, put } from '../base/json.ts';
import { shown } from '../base/shown.ts';

/** Called with the path of a value that JSON changes, such as `session.createdAt`, and what the value is. */
export type Converted = (path: string, found: string) => void;

/** Deeper values are rejected: recursion must not exhaust the stack, and a cycle has no end. */
const deepest = 500;

/** Copies a frozen JSON value so that handlers may change it. */
export function thawed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(thawed);
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) put(copy, name, thawed((value as JsonObject)[name]));
  return copy;
}

/**
 * Makes the frozen JSON value that a session store would read back.
 *
 * @param before - the value in the record; the same object is returned if nothing in it has changed, so `===` detects changes
 * @param path - the name of the value, for warnings and errors
 * @param converted - called for values that JSON changes: `toJSON`, instances of classes, functions, NaN
 * @throws FsmError `DATA_NOT_JSON` for a BigInt, a cycle, or data nested more than 500 deep; what a `toJSON` throws passes
 */
export function settled(
  value: unknown,
  before: unknown,
  path: string,
  converted: Converted,
): unknown {
  return settle(value, before, path, converted, 0);
}

function settle(
  value: unknown,
  before: unknown,
  path: string,
  converted: Converted,
  depth: number,
): unknown {
  if (value === before) return value;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value;
      converted(path, String(value));
      return null;
    case 'object':
      return value === null ? null : settleObject(value, before, path, converted, depth);
    case 'bigint':
      throw new FsmError('DATA_NOT_JSON', { path, found: shown(value) });
    case 'undefined':
      return undefined;
    default:
      converted(path, shown(value));
      return undefined;
  }
}

function settleObject(
  value: object,
  before: unknown,
  path: string,
  converted: Converted,
  depth: number,
): unknown {
  if (depth > deepest) {
    throw new FsmError('DATA_NOT_JSON', { path, found: `a cycle, or more than ${deepest} levels` });
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    converted(path, shown(value));
    return settle(value.toJSON(path), before, path, converted, depth + 1);
  }
  if (Array.isArray(value)) return settleList(value, before, path, converted, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype as object) === null;
  if (!isPlain) converted(path, shown(value));
  return settleMembers(value as JsonObject, before, path, converted, depth);
}

function settleList(
  list: readonly unknown[],
  before: unknown,
  path: string,
  converted: Converted,
  depth: number,
): unknown {
  const old: readonly unknown[] = Array.isArray(before) ? before : [];
  let isSame = Array.isArray(before) && old.length === list.length;
  // Array.from visits holes too, which JSON turns into null
  const settledList = Array.from(list, (item, at) => {
    const member = settle(item, old[at], `${path}[]`, converted, depth + 1) ?? null;
    if (member !== old[at]) isSame = false;
    return member;
  });
  return isSame ? before : Object.freeze(settledList);
}

function settleMembers(
  object: JsonObject,
  before: unknown,
  path: string,
  converted: Converted,
  depth: number,
): unknown {
  const old = isObject(before) ? before : undefined;
  const copy: Record<string, unknown> = {};
  let isSame = old !== undefined;
  let count = 0;
  for (const name of Object.keys(object)) {
    const own = old !== undefined && Object.hasOwn(old, name) ? old[name] : undefined;
    const member = settle(object[name], own, `${path}.${name}`, converted, depth + 1);
    if (member === undefined) continue;
    count++;
    if (member !== own) isSame = false;
    put(copy, name, member);
  }
  if (isSame && count === Object.keys(old as JsonObject).length) return before;
  return Object.freeze(copy);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of a frozen object replaced, or removed by `undefined`; `undefined` for an object without members. */
export function withMember(
  object: JsonObject | undefined,
  name: string,
  value: unknown,
): JsonObject | undefined {
  const { [name]: _, ...rest } = object ?? {};
  if (value !== undefined) put(rest, name, value);
  return isBlank(rest) ? undefined : Object.freeze(rest);
}
