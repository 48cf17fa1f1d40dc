/** The session of a conversation as scenes see it: the one that both frameworks show at `ctx.session`. */

import { frozenData, thawed } from '../base/json.ts';
import type { SessionAccess } from '../state/context.ts';

/** Where the record keeps it: the name of the context property. */
export const sessionSlot = 'session';

/**
 * The session of a turn, which handlers change in place. A session middleware shows the same object.
 *
 * Changes are written with each commit. An empty session without changes is not.
 */
export function turnSession(access: SessionAccess): object {
  access.opened ??= open(access);
  access.opened.value ??= {};
  return access.opened.value as object;
}

function open(access: SessionAccess): { value: unknown } {
  const draft = { value: thawed(access.readSession(sessionSlot)) ?? {} };
  let written = textOf(draft.value);
  access.beforeCommit(() => {
    // a session middleware that came later writes it instead
    if (access.opened !== draft || textOf(draft.value) === written) return;
    access.writeSession(sessionSlot, frozenData(draft.value, sessionSlot));
    written = textOf(draft.value);
  });
  return draft;
}

/** The text of a value; `undefined` for one that has none, such as a BigInt: it is rejected when it is written. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
