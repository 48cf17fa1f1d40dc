/** Session data between the record and the bot: mutable in handlers, frozen JSON in the record. */

import { FsmError } from '../base/errors.ts';
import { freezeParsed } from '../base/json.ts';
import { shown } from '../base/shown.ts';

/** Called with the path of a value that JSON changes, such as `session.createdAt`, and what the value is. */
export type Converted = (path: string, found: string) => void;

/** Deeper values are rejected: what recurs into the record must not exhaust the stack. */
const deepest = 500;

/** Where a value is: the object around it, and its name there. */
interface Place {
  readonly holder: object;
  readonly name: string;
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
  if (value === before) return value;
  const places = new Map<object, Place>();
  const pathOf = ({ holder, name }: Place): string => {
    const place = places.get(holder);
    // JSON.stringify wraps the whole value in an object
    if (place === undefined) return path;
    return pathOf(place) + (Array.isArray(holder) ? '[]' : `.${name}`);
  };
  const rejected = (place: Place, found: string) =>
    new FsmError('DATA_NOT_JSON', { path: pathOf(place), found });
  const text: string | undefined = JSON.stringify(
    value,
    function (this: object, name, made: unknown) {
      const place = { holder: this, name };
      const found: unknown = Reflect.get(this, name);
      // a getter may return another object each time
      if (isConverted(found) || (found !== made && 'toJSON' in Object(found))) {
        converted(pathOf(place), typeof found === 'number' ? String(found) : shown(found));
      }
      if (typeof made === 'bigint') throw rejected(place, shown(made));
      if (typeof made !== 'object' || made === null) return made;
      let depth = 0;
      for (let around: object | undefined = this; around; around = places.get(around)?.holder) {
        if (around !== made && depth++ < deepest) continue;
        throw rejected(place, `a cycle, or more than ${deepest} levels`);
      }
      places.set(made, place);
      return made;
    },
  );
  if (text === undefined) return undefined;
  if (text === JSON.stringify(before)) return before;
  return freezeParsed(JSON.parse(text));
}

/** Whether JSON writes a value as another one, or leaves it out. */
function isConverted(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'function' || typeof value === 'symbol';
  if (value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
