/** Session values at a property of objects that others made, such as the contexts of a framework. */

import type { SessionValue } from './slot.ts';

/**
 * Makes a function that shows session values at a property.
 *
 * The accessor is the same for all objects. An accessor for each object would create a hidden class for each. V8 keeps a hidden class,
 * and with it the whole turn, until a full garbage collection.
 *
 * @param enumerable - whether copies of the object have the property
 */
export function shownAt(
  property: string,
  enumerable: boolean,
): (target: object, session: SessionValue) => void {
  const slot = Symbol.for(slotName(property));
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
      const session = this[slot];
      session.changing?.();
      session.value = value;
    },
  };
  return (target, session) => {
    (target as Holder)[slot] = session;
    Object.defineProperty(target, property, accessor);
  };
}

/**
 * Notes that a handler changes the session at a property by a verb. The session is asked itself: a machine on the context may not be the one
 * that keeps it.
 *
 * @param change - the verb, for a warning
 */
export function noteChange(target: object, property: string, change: string): void {
  valueAt(target, property)?.changing?.(change);
}

/** Assigns the session at a property, for telefsm itself: only changes of handlers are noted. */
export function assignShown(target: object, property: string, value: unknown): void {
  const session = valueAt(target, property);
  if (session === undefined) Reflect.set(target, property, value);
  else session.value = value;
}

function valueAt(target: object, property: string): SessionValue | undefined {
  return (target as { readonly [slot: symbol]: SessionValue })[Symbol.for(slotName(property))];
}

/** The same for every copy of this package: a stage of one may be behind the session of another. */
function slotName(property: string): string {
  return `telefsm.session.${property}`;
}
