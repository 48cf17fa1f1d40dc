/** Warns the author of a bot that a session stores less than the bot put into it: once for each path, and once for each kind of late change. */

import { warn } from '../base/warning.ts';
import type { SessionAccess } from '../state/context.ts';
import type { Converted } from './values.ts';

/** So many paths are remembered; a bot whose paths are made of user data must not fill the memory. */
const mostPaths = 100;

/** The warnings of one session middleware; it prints each of them once. */
export class SessionWarnings {
  readonly #paths = new Set<string>();
  readonly #changes = new Set<string>();

  /** A path holds a value that JSON changes. */
  readonly converted: Converted = (path, found) => {
    if (this.#paths.has(path) || this.#paths.size >= mostPaths) return;
    this.#paths.add(path);
    const message = `${path} holds ${found}. A session is stored as JSON, so the next update reads another value. Store a plain value instead.`;
    warn(message, 'TELEFSM_SESSION');
  };

  /**
   * A change may come after its update, as in `bot.catch()` or a timer: then it is lost, and no error is thrown.
   *
   * @param change - what was called or assigned
   */
  changing(access: SessionAccess, change: string): void {
    if (this.#changes.has(change)) return;
    try {
      access.mayWrite(change);
    } catch {
      this.#changes.add(change);
      const message = `${change} came after its update had ended, so it is not saved. Await what a handler does, and catch errors in middleware behind session(), not in bot.catch().`;
      warn(message, 'TELEFSM_SESSION');
    }
  }
}
