/** Notifications of conversations that were handed over: one connection and one channel, opened when an update has to wait. */

import { randomUUID } from 'node:crypto';
import type { RedisPort, Subscription } from './port.ts';

/** The message channel of one storage. */
export interface WakeUps {
  /** The channel under which waiters are registered; empty while no message would reach them. */
  channel(): string;
  /** Adds a listener; resolves once a message has made the whole way. Absent where the client cannot subscribe. */
  readonly granted:
    | ((listener: (token: string, fence: number) => void) => Promise<() => void>)
    | undefined;
  /** Ends the connection. */
  close(): void;
}

/** How long the proof may take, in ms. */
const proofTakes = 2000;
/** No token begins so. */
const proofPrefix = '\n';

/**
 * Makes the channel of a storage; it connects when the first listener comes and disconnects when the last one goes.
 *
 * @param prefix - what the names of channels begin with
 */
export function wakeUps(port: RedisPort, prefix: string): WakeUps {
  const { subscribe } = port;
  if (subscribe === undefined) return { channel: () => '', granted: undefined, close() {} };
  return wakeUpsOver(port, subscribe, prefix);
}

function wakeUpsOver(
  port: RedisPort,
  subscribe: NonNullable<RedisPort['subscribe']>,
  prefix: string,
): WakeUps {
  const name = prefix + randomUUID().slice(0, 13);
  // scripts count the listeners of their own node only
  const registered = port.cluster ? `*${name}` : name;
  const listeners = new Set<(token: string, fence: number) => void>();
  let opening: Promise<Subscription> | undefined;
  let open: Subscription | undefined;

  /** A subscription may be accepted and yet deaf: only a message that arrives proves it. */
  async function prove(): Promise<Subscription> {
    const nonce = proofPrefix + randomUUID();
    let onProof = () => {};
    const notified = new Promise<void>((resolve) => {
      onProof = resolve;
    });
    const subscription = subscribe(name, (message) => {
      if (message === nonce) onProof();
      if (message.startsWith(proofPrefix)) return;
      // processes of the first edition name no fence
      const [token = '', fence] = message.split(' ');
      for (const listener of [...listeners]) listener(token, Number(fence ?? 0));
    });
    const proof = subscription.ready
      .then(() => port.send(name, 'publish', [name, nonce]))
      .then(() => notified);
    try {
      await within(proofTakes, proof);
    } catch (error) {
      subscription.stop();
      throw error;
    }
    return subscription;
  }

  function close(): void {
    const stopped = opening;
    opening = undefined;
    open = undefined;
    stopped?.then(
      (subscription) => subscription.stop(),
      () => {},
    );
  }

  async function opened(): Promise<void> {
    opening ??= prove();
    const mine = opening;
    try {
      const subscription = await mine;
      if (opening === mine) open = subscription;
    } catch (error) {
      if (opening === mine) opening = undefined;
      throw error;
    }
  }

  return {
    channel: () => (open === undefined ? '' : registered),
    async granted(listener) {
      listeners.add(listener);
      const stop = () => {
        if (listeners.delete(listener) && listeners.size === 0) close();
      };
      try {
        await opened();
      } catch (error) {
        listeners.delete(listener);
        throw error;
      }
      return stop;
    },
    close,
  };
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Redis delivered no message to its own channel within ${ms} ms.`));
    }, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
