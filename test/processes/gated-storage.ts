/** A storage in the same process that can be stopped right before and right after each of its statements. */

import type { FsmStorage } from '@telefsm/core';

/** Where a statement is stopped. */
export type StatementPoint =
  | 'asked'
  | 'granted-unheard'
  | 'queued'
  | `commit ${number} sent`
  | `commit ${number} applied`;

/**
 * Puts stops around the statements of a storage.
 *
 * @param stopAt - waits at a point, if it is to be stopped there
 */
export function gatedStorage(
  storage: FsmStorage,
  stopAt: (point: StatementPoint) => Promise<void> | undefined,
): FsmStorage {
  /** How many commits each token has sent. */
  const commits = new Map<string, number>();
  return {
    ...storage,
    async acquire(key, options) {
      await stopAt('asked');
      const got = await storage.acquire(key, options);
      if (!('busy' in got)) await stopAt('granted-unheard');
      // without wake-ups nobody registers, and who finds it busy asks again
      else if (options.queue || storage.granted === undefined) await stopAt('queued');
      return got;
    },
    async commit(key, holder, next, keep) {
      const number = (commits.get(holder.token) ?? 0) + 1;
      commits.set(holder.token, number);
      await stopAt(`commit ${number} sent`);
      const answer = await storage.commit(key, holder, next, keep);
      await stopAt(`commit ${number} applied`);
      return answer;
    },
  };
}
