/** Notifications of conversations that were handed over: LISTEN on a channel of this storage, trusted only after a message came through. */

import { FsmError } from '@telefsm/core';
import type { Driver } from './client.ts';

/** How long a message may take from the pool to the listening connection, in ms. */
const proofWithin = 1000;
/** How long opening the listening connection may take, in ms. */
const openWithin = 5000;
/** After so many ms a waiting update makes the connection prove again that messages arrive: one that was cut may look open for hours. */
const proofLasts = 15_000;
/** Longest pause between two attempts to listen again, in ms. */
const longestPause = 10_000;

/** The beginning of a proof; no token begins like it. */
const proofPrefix = 'proof ';

/** How a storage is notified that its waiters are next. */
export interface WakeUps {
  /** The channel that waiters register with. */
  channel(): string;
  /** Whether messages arrive there. A waiter that no message reaches must not register, or it is granted a conversation that it never acquires. */
  arrives(): boolean;
  /**
   * Adds a listener.
   *
   * @returns how to stop, once messages are proven to arrive
   * @throws FsmError `STORAGE_FAILED` if they do not, as behind a pooler that changes connections
   */
  granted(listener: (token: string, fence: number) => void): Promise<() => void>;
  /** Ends listening and closes the connection. */
  close(): void;
}

/** A connection that listens and is proven. */
interface Listening {
  readonly stop: () => void;
  provenAt: number;
}

/**
 * Makes the wake-ups of one storage; nothing is opened before the first {@link WakeUps.granted}.
 *
 * @param notify - the statement that sends `$2` to the channel `$1`
 */
export function wakeUpsOver(driver: Driver, notify: string, lasts: number = proofLasts): WakeUps {
  const listeners = new Set<(token: string, fence: number) => void>();
  const proofs = new Map<string, () => void>();
  /** That of the connection, or of the last one; at first of none. */
  let channel = channelName();
  let opening: Promise<void> | undefined;
  let connection: Listening | undefined;
  let proving = false;

  return {
    channel: () => channel,
    arrives() {
      // A waiter that did not subscribe polls.
      if (listeners.size === 0) return true;
      if (connection !== undefined && !proving && performance.now() - connection.provenAt > lasts)
        check(connection);
      return connection !== undefined;
    },
    async granted(listener) {
      // One connection, however many listen; each by its own entry, so that stopping one stops only that one.
      const own = (token: string, fence: number) => listener(token, fence);
      listeners.add(own);
      const stop = () => {
        if (listeners.delete(own) && listeners.size === 0) disconnect();
      };
      try {
        if (connection === undefined) await open();
      } catch (cause) {
        stop();
        throw new FsmError(
          'STORAGE_FAILED',
          { key: channel, operation: 'LISTEN', committedBefore: false },
          { cause },
        );
      }
      return stop;
    },
    close() {
      listeners.clear();
      disconnect();
    },
  };

  /** Connects once for all that ask meanwhile. */
  function open(): Promise<void> {
    opening ??= connect().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  async function connect(): Promise<void> {
    // Another name for each attempt: some libraries keep the failure of the last one under its name.
    const name = channelName();
    let lost = false;
    const listened = driver.listen(name, onPayload, () => {
      lost = true;
      if (connection !== undefined && channel === name) reconnect();
    });
    let stop: (() => void) | undefined;
    try {
      stop = await within(openWithin, listened, 'no connection to listen on');
      await prove(name);
      if (lost) throw new Error('the listening connection ended immediately');
      if (listeners.size === 0) throw new Error('closed meanwhile');
    } catch (error) {
      if (stop === undefined) listened.then((late) => late()).catch(() => {});
      else stop();
      throw error;
    }
    channel = name;
    connection = { stop, provenAt: performance.now() };
  }

  /** Sends a nonce through the pool and waits for it on the listening connection. */
  async function prove(name: string): Promise<void> {
    const nonce = proofPrefix + crypto.randomUUID();
    const notified = new Promise<void>((resolve) => proofs.set(nonce, resolve));
    try {
      // The statement may fail or hang: both count against the same second.
      const sent = driver.query(notify, [name, nonce]);
      await within(proofWithin, Promise.all([sent, notified]), 'no notification arrived in time');
    } finally {
      proofs.delete(nonce);
    }
  }

  function check(checked: Listening): void {
    proving = true;
    prove(channel)
      .then(
        () => {
          checked.provenAt = performance.now();
        },
        () => {
          if (connection === checked) reconnect();
        },
      )
      .finally(() => {
        proving = false;
      });
  }

  function reconnect(): void {
    disconnect();
    let pause = 100;
    const attempt = () => {
      if (listeners.size === 0 || connection !== undefined) return;
      open().catch(() => {
        setTimeout(attempt, pause).unref();
        pause = Math.min(pause * 2, longestPause);
      });
    };
    attempt();
  }

  function disconnect(): void {
    connection?.stop();
    connection = undefined;
  }

  function onPayload(payload: string): void {
    if (payload.startsWith(proofPrefix)) proofs.get(payload)?.();
    else {
      // processes of the first edition name no fence
      const [token = '', fence] = payload.split(' ');
      for (const listener of [...listeners]) listener(token, Number(fence ?? 0));
    }
  }
}

function channelName(): string {
  return `telefsm_${crypto.randomUUID().replaceAll('-', '')}`;
}

/** Settles like the promise, or rejects after `ms`. */
function within<T>(ms: number, promise: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} (${ms} ms)`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
