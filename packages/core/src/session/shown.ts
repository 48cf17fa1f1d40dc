/** Session values at a property of objects that others made, such as the contexts of a framework. */

import type { SessionValue } from './slot.ts';

/**
 * Makes a function that shows session values at a property.
 *
 * The accessor is the same for all objects. An accessor of its own for each would be a hidden class for each, and V8 keeps a hidden class,
 * and with it the whole turn, until a full garbage collection.
 *
 * @param enumerable - whether copies of the object have the property
 */
export function shownAt(
  property: string,
  enumerable: boolean,
): (target: object, session: SessionValue) => void {
  const slot = Symbol(property);
  interface Holder {
    [slot]: SessionValue;
  }
  const accessor = {
    configurable: true,
    enumerable,
    get(this: Holder) {
      return this[slot].value;
    },
    set(this: Holder, value: unknown) {
      this[slot].value = value;
    },
  };
  return (target, session) => {
    (target as Holder)[slot] = session;
    Object.defineProperty(target, property, accessor);
  };
}
