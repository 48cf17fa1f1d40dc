/** A conversation that a test has acquired, with the statements of its holder. */

import type { FsmStorage, StoredText } from '@telefsm/core';
import type { AcquireOptions, Busy, CommitAnswer, LeaseHolder, Write } from '@telefsm/core/storage';

/** A lease of a conversation, and the calls that a test may make with it. */
export interface Lease extends LeaseHolder {
  readonly fence: number;
  readonly record: StoredText | undefined;
  /** @param keep - how long to go on holding, in ms; without it the commit releases */
  commit(next: Write | undefined, keep?: number): Promise<CommitAnswer>;
  renew(lease: number): Promise<boolean>;
  release(): Promise<void>;
}

/** Acquires a conversation. */
export async function acquire(
  storage: FsmStorage,
  key: string,
  options: AcquireOptions,
): Promise<Lease | Busy> {
  const answer = await storage.acquire(key, options);
  if ('busy' in answer) return answer;
  const { token } = options;
  let { fence } = answer;
  return {
    token,
    get fence() {
      return fence;
    },
    record: answer.stored,
    async commit(next, keep) {
      const said = await storage.commit(key, { token, fence }, next, keep);
      if (keep !== undefined && said !== 'rejected') fence++;
      return said;
    },
    renew: async (lease) => storage.renew(key, { token, fence }, lease),
    release: async () => storage.release(key, { token, fence }),
  };
}
