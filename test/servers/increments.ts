/** Increments that go on while their server crashes and comes back. */

import type { FsmStorage } from '@telefsm/core';
import { acquire } from './lease.ts';
import { until } from './until.ts';

/** A server that can crash. */
interface Crashing {
  crash(): Promise<void>;
  start(): Promise<void>;
}

const keys = ['a', 'b', 'c', 'd'];
const increments = 150;

/**
 * Counts four conversations to 150 at once, asking as core does: the same statement with the same tokens. The server crashes twice.
 *
 * @returns what the conversations were counted to, and the kinds of the errors
 */
export async function incrementThroughCrashes(storage: FsmStorage, server: Crashing) {
  const faults = new Set<string>();
  let commits = 0;
  let number = 0;

  /** Asks until there is an answer. */
  async function insist<T>(ask: () => PromiseLike<T> | T): Promise<T> {
    const answers: T[] = [];
    await until(async () => {
      try {
        answers.push(await ask());
      } catch (error) {
        faults.add(storage.classify?.(error) ?? 'unknown');
      }
      return answers.length > 0;
    });
    return answers[0] as T;
  }

  async function increment(key: string): Promise<void> {
    for (;;) {
      const token = `p.${++number}`;
      const lease = await insist(() =>
        acquire(storage, key, { token, lease: 30_000, queue: false }),
      );
      if ('busy' in lease) throw new Error('nobody else takes it');
      const count = Number(lease.record?.text.split(' ')[0] ?? 0) + 1;
      const text = `${count} ${token}`;
      commits += 1;
      const answer = await insist(() => lease.commit({ text, state: null }));
      if (answer === 'done') return;
      // Refused for ever; whether the first copy was kept is to be read in the record.
      if ((await insist(() => storage.peek(key)))?.text === text) return;
    }
  }

  async function crashAt(count: number): Promise<void> {
    await until(() => commits >= count);
    await server.crash();
    await server.start();
  }

  await Promise.all([
    ...keys.map(async (key) => {
      for (let i = 0; i < increments; i++) await increment(key);
    }),
    crashAt(100).then(() => crashAt(350)),
  ]);
  const texts = await Promise.all(keys.map(async (key) => (await storage.peek(key))?.text));
  return { counts: texts.map((text) => Number(text?.split(' ')[0])), faults };
}
