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

function open(access: SessionAccess): NonNullable<SessionAccess['opened']> {
  const stored = thawed(access.readSession(sessionSlot)) ?? {};
  const draft = { value: stored, isRead: true };
  let written = JSON.stringify(stored);
  access.beforeCommit(() => {
    // a session middleware that came later writes it instead
    if (access.opened !== draft) return;
    // frozen before it is compared: a text leaves out what JSON has no form for, such as a function
    const session = frozenData(draft.value, sessionSlot);
    const text = JSON.stringify(session);
    if (text === written) return;
    access.writeSession(sessionSlot, session);
    written = text;
  });
  return draft;
}

/** Notes the session as it is now. @returns how to bring it back, once */
export function sessionMark(access: SessionAccess): () => void {
  const { opened } = access;
  const isRead = opened?.isRead === true;
  const text = isRead ? textOf(opened.value) : undefined;
  return () => {
    access.opened = opened;
    if (opened === undefined) return;
    opened.isRead = isRead;
    if (text !== undefined && textOf(opened.value) !== text) opened.value = JSON.parse(text);
  };
}

/** `undefined` for a session that is missing, or that JSON cannot write: that one fails at the commit. */
function textOf(session: unknown): string | undefined {
  try {
    return JSON.stringify(session);
  } catch {
    return undefined;
  }
}
