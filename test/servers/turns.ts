/** Turns as core takes them, cut down to what a storage sees of them: local queue, waiting to be told, asking again. */

import { randomBytes } from 'node:crypto';
import type { FsmStorage } from '@telefsm/core';
import { acquire, type Lease } from './lease.ts';

/** Takes turns over one storage, as one process. */
export interface Turns {
  /** Reads, changes and writes one conversation. */
  run(key: string, change: (text: string | undefined) => string | Promise<string>): Promise<void>;
  /** Turns that were kept, and grants that were heard of. */
  counts(): { readonly done: number; readonly notified: number };
  close(): void;
}

/** Longest wait of one who is registered, in ms: he may have been forgotten. */
const askAgain = 2000;

/**
 * Starts taking turns.
 *
 * @param name - of the process, unique
 */
export async function takeTurns(
  storage: FsmStorage,
  name: string = randomBytes(4).toString('hex'),
): Promise<Turns> {
  const tails = new Map<string, Promise<unknown>>();
  const wake = new Map<string, () => void>();
  let [done, notified, number] = [0, 0, 0];
  const stop = await storage
    .granted?.((token) => {
      notified += 1;
      wake.get(token)?.();
    })
    .catch(() => undefined);

  async function take(key: string): Promise<Lease> {
    const token = `${name}.${++number}`;
    try {
      for (;;) {
        let timer: NodeJS.Timeout | undefined;
        const woken = new Promise<void>((resolve) => wake.set(token, resolve));
        const queue = stop !== undefined;
        const answer = await acquire(storage, key, { token, lease: 15_000, queue });
        if (!('busy' in answer)) return answer;
        // As core does it: a message may be lost, and without messages asking again is all there is. No event replaces this timer.
        const ms = queue ? Math.min(answer.busy, askAgain) + 20 : 10 + Math.random() * 20;
        await Promise.race([woken, new Promise((go) => (timer = setTimeout(go, ms)))]);
        clearTimeout(timer);
      }
    } finally {
      wake.delete(token);
    }
  }

  async function turn(key: string, change: Parameters<Turns['run']>[1]): Promise<void> {
    const lease = await take(key);
    const text = await change(lease.record?.text);
    if ((await lease.commit({ text, state: null })) !== 'done') throw new Error('lost');
    done += 1;
  }

  return {
    run(key, change) {
      const mine = (tails.get(key) ?? Promise.resolve()).then(() => turn(key, change));
      tails.set(key, mine);
      return mine;
    },
    counts: () => ({ done, notified }),
    close: () => stop?.(),
  };
}
