/** Sessions on grammY's context. */

import type { RawUpdate } from '@telefsm/core';
import type { SessionValue } from '@telefsm/core/adapter';
import type { Context } from 'grammy';

/** The session of an update that has none: reading and assigning it throw, as in grammY. */
export const absentSession = (reason: string): SessionValue => ({
  get value(): unknown {
    throw new Error(`Cannot access session data because ${reason}!`);
  },
  set value(_: unknown) {
    throw new Error(`Cannot assign session data because ${reason}!`);
  },
});

let made = 0;

/** The update of a context; one that a test has made by hand may have none. */
export function updateOf({ update }: Partial<Context>): RawUpdate {
  return (update ?? { update_id: --made }) as unknown as RawUpdate;
}
