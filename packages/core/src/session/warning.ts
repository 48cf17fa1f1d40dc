/** Warns the author of a bot that a session stores less than the bot put into it: once for each path, and once for each kind of late change. */

import { warn } from '../base/warning.ts';
import type { SessionAccess } from '../state/context.ts';
import type { Converted } from './values.ts';

/** So many paths are remembered; a bot whose paths are made of user data must not fill the memory. */
const mostPaths = 100;

/** Makes a function that prints one warning for each path. */
export function warnOnce(): Converted {
  const warned = new Set<string>();
  return (path, found) => {
    if (warned.has(path) || warned.size >= mostPaths) return;
    warned.add(path);
    const message = `${path} holds ${found}. A session is stored as JSON, so the next update reads another value. Store a plain value instead.`;
    warn(message, 'TELEFSM_SESSION');
  };
}

/**
 * Warns, once for each kind of change, that it comes after its update, as in `bot.catch()` or a timer: it is lost, and no error is thrown.
 *
 * @param change - what was called or assigned
 * @param warned - the kinds that were warned of: a bot that makes a late change makes it with each failed update
 */
export function warnIfOver(access: SessionAccess, change: string, warned: Set<string>): void {
  if (warned.has(change)) return;
  try {
    access.mayWrite(change);
  } catch {
    warned.add(change);
    const message = `${change} came after its update had ended, so it is not saved. Await what a handler does, and catch errors in middleware behind session(), not in bot.catch().`;
    warn(message, 'TELEFSM_SESSION');
  }
}
