/** Taking conversations in tests. */

import type { FsmStorage } from '@telefsm/core';
import { acquire, type Lease } from '../../../test/servers/lease.ts';

/** Takes a conversation that must be free. */
export async function taken(
  storage: FsmStorage,
  key: string,
  token: string,
  lease = 60_000,
): Promise<Lease> {
  const answer = await acquire(storage, key, { token, lease, queue: false });
  if ('busy' in answer) throw new Error(`${key} is busy for ${answer.busy} ms more.`);
  return answer;
}

/**
 * Waits for a conversation that others hold and release: a message announces each turn.
 *
 * @param onWait - called when the storage has registered the token
 */
export async function waitFor(
  storage: FsmStorage,
  key: string,
  token: string,
  granted: Granted,
  onWait: () => void,
): Promise<Lease> {
  for (;;) {
    const told = granted.of(token);
    const answer = await acquire(storage, key, { token, lease: 5000, queue: true });
    if (!('busy' in answer)) return answer;
    onWait();
    await told;
  }
}

/** The messages of one storage, by token. */
export interface Granted {
  /** Resolves when the conversation has been handed to the token. */
  of(token: string): Promise<void>;
  /** In the order in which they came. */
  readonly heard: readonly string[];
  stop(): void;
}

/** Listens to a storage. */
export async function listenTo(storage: FsmStorage): Promise<Granted> {
  const heard: string[] = [];
  const waiting = new Map<string, () => void>();
  const stop = await storage.granted?.((token) => {
    heard.push(token);
    waiting.get(token)?.();
  });
  if (stop === undefined) throw new Error('This storage tells nobody.');
  return {
    heard,
    stop,
    of: (token) => new Promise((resolve) => waiting.set(token, resolve)),
  };
}
