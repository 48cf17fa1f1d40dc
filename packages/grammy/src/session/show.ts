/** Sessions on grammY's context. */

import type { RawUpdate } from '@telefsm/core';
import type { SessionValue } from '@telefsm/core/adapter';
import type { Context } from 'grammy';

/** Puts a session on a context; `undefined` makes reading and assigning it throw, as grammY's session does. */
export function show(
  target: object,
  property: string,
  session: SessionValue | undefined,
  reason: string,
): void {
  const mustHave = (verb: string): SessionValue => {
    if (session !== undefined) return session;
    throw new Error(`Cannot ${verb} session data because ${reason}!`);
  };
  Object.defineProperty(target, property, {
    configurable: true,
    enumerable: true,
    get: () => mustHave('access').value,
    set(assigned: unknown) {
      mustHave('assign').value = assigned;
    },
  });
}

let made = 0;

/** The update of a context; one that a test has made by hand may have none. */
export function updateOf({ update }: Partial<Context>): RawUpdate {
  return (update ?? { update_id: --made }) as unknown as RawUpdate;
}
