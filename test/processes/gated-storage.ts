/** A storage in the same process that can be stopped right before and right after each of its statements. */

import type { FsmStorage } from '@telefsm/core';
import type { Lease } from '@telefsm/core/storage';

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
  const stoppable = (lease: Lease): Lease => {
    let commits = 0;
    return {
      record: lease.record,
      async commit(next, options) {
        const number = ++commits;
        await stopAt(`commit ${number} sent`);
        const answer = await lease.commit(next, options);
        await stopAt(`commit ${number} applied`);
        return answer;
      },
      renew: (ms) => lease.renew(ms),
      release: () => lease.release(),
    };
  };
  return {
    ...storage,
    async acquire(key, options) {
      await stopAt('asked');
      const got = await storage.acquire(key, options);
      if ('commit' in got) {
        await stopAt('granted-unheard');
        return stoppable(got);
      }
      if (options.queue) await stopAt('queued');
      return got;
    },
  };
}
