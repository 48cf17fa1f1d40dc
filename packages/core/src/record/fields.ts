/** The fields of a record's text, and what each must be. A foreign record must not be half understood. */

import { isJsonObject, type JsonObject, noData, put } from '../base/json.ts';
import { isStep } from './history.ts';
import { areMarks } from './marks.ts';

/**
 * Whether a field is what it must be; `undefined` for a field of a later version.
 *
 * A switch and not a table of functions, each of which would be entered for every record.
 */
function fits(field: string, value: unknown): boolean | undefined {
  switch (field) {
    case 'v':
    case 'm':
    case 'x':
    case 'z':
    case 'n':
      return typeof value === 'number';
    case 'c':
    case 'r':
      return typeof value === 'string';
    case 's':
      return typeof value === 'string' || value === null;
    case 'd':
    case 'k':
    case 'u':
      return isJsonObject(value);
    case 'h':
      return isList(value, isStep);
    case 'i':
      return isList(value, isId);
    case 'e':
      return areMarks(value);
    case 'b':
      return isId(value);
    case 'o':
      return true;
    case 'p':
      return Array.isArray(value) && typeof value[0] === 'number';
    case 't':
    case 'w':
      return isList(value, isTimer);
    case 'f':
      return isList(value, isFrame);
    default:
      return undefined;
  }
}

/** The fields of a later version, or the name of an own field that is invalid. */
export function sortOut(found: JsonObject): JsonObject | string {
  let extra: Record<string, unknown> | undefined;
  for (const field of Object.keys(found)) {
    const value = found[field];
    const isFit = fits(field, value);
    if (isFit === false) return field;
    if (isFit === undefined) {
      extra ??= {};
      put(extra, field, value);
    }
  }
  return extra ?? noData;
}

function isList(value: unknown, fits: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits);
}

function isFrame(value: unknown): boolean {
  return isJsonObject(value) && typeof sortOut(value) !== 'string';
}

function isTimer(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}

function isId(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}
