/** Session data between the record and the bot: mutable in handlers, frozen JSON in the record. */

import { FsmError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, put } from '../base/json.ts';
import { shown } from '../base/shown.ts';

/** Called with the path of a value that JSON changes, such as `session.createdAt`, and what the value is. */
export type Converted = (path: string, found: string) => void;

/** Deeper values are rejected: recursion must not exhaust the stack, and a cycle has no end. */
const deepest = 500;

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
  return new Settling(path, converted).any(value, before);
}

/** A member's name, or an item's place in its list. */
type Key = string | number;

/** One value on its way into the record. Its path is put together only for a warning or an error. */
class Settling {
  private readonly root: string;
  private readonly converted: Converted;
  /** From the root to the value that is looked at. */
  private readonly keys: Key[] = [];

  constructor(root: string, converted: Converted) {
    this.root = root;
    this.converted = converted;
  }

  any(value: unknown, before: unknown): unknown {
    if (value === before) return value;
    if (!hasToJson(value)) return this.plain(value, before);
    this.warn(value);
    // as JSON.stringify calls it: once, with the name of the member
    return this.plain(value.toJSON(String(this.keys.at(-1) ?? '')), before);
  }

  private plain(value: unknown, before: unknown): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value)) return value === 0 ? 0 : value;
        this.warn(value);
        return null;
      case 'object':
        return value === null ? null : this.object(value, before);
      case 'bigint':
        throw this.rejected(shown(value));
      case 'undefined':
        return undefined;
      default:
        this.warn(value);
        return undefined;
    }
  }

  private object(value: object, before: unknown): unknown {
    if (this.keys.length > deepest) throw this.rejected(`a cycle, or more than ${deepest} levels`);
    if (Array.isArray(value)) return this.list(value, before);
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === null || Object.getPrototypeOf(prototype as object) === null;
    if (!isPlain) this.warn(value);
    return this.members(value as JsonObject, before);
  }

  private list(list: readonly unknown[], before: unknown): unknown {
    const old: readonly unknown[] = Array.isArray(before) ? before : [];
    let isSame = Array.isArray(before) && old.length === list.length;
    // Array.from visits holes too, which JSON turns into null
    const kept = Array.from(list, (item, at) => {
      const member = this.inside(at, item, old[at]) ?? null;
      if (member !== old[at]) isSame = false;
      return member;
    });
    return isSame ? before : Object.freeze(kept);
  }

  private members(object: JsonObject, before: unknown): unknown {
    const old = isJsonObject(before) ? before : undefined;
    const copy: Record<string, unknown> = {};
    let isSame = old !== undefined;
    let count = 0;
    for (const name of Object.keys(object)) {
      const own = old !== undefined && Object.hasOwn(old, name) ? old[name] : undefined;
      const member = this.inside(name, object[name], own);
      if (member === undefined) continue;
      count++;
      if (member !== own) isSame = false;
      put(copy, name, member);
    }
    if (isSame && count === Object.keys(old as JsonObject).length) return before;
    return Object.freeze(copy);
  }

  private inside(key: Key, value: unknown, before: unknown): unknown {
    if (value === before) return value;
    this.keys.push(key);
    const kept = this.any(value, before);
    this.keys.pop();
    return kept;
  }

  private get path(): string {
    return (
      this.root + this.keys.map((key) => (typeof key === 'number' ? '[]' : `.${key}`)).join('')
    );
  }

  private warn(value: unknown): void {
    this.converted(this.path, typeof value === 'number' ? String(value) : shown(value));
  }

  private rejected(found: string): FsmError {
    return new FsmError('DATA_NOT_JSON', { path: this.path, found });
  }
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  if (typeof value !== 'bigint' && (typeof value !== 'object' || value === null)) return false;
  return typeof (value as { readonly toJSON?: unknown }).toJSON === 'function';
}
