/**
 * The first connection of a client: commands wait here until it is established or rejected.
 *
 * Both clients keep commands and retry for as long as there is no server, so a wrong address would look like a slow server. Nothing is
 * handed to the client before it is connected, so a rejection is certain: nothing was sent.
 */

import type { Send } from './port.ts';

/** The events of the connection of both clients. */
export interface Connecting {
  on(event: 'ready' | 'error' | 'end', listener: (error?: unknown) => void): unknown;
  off(event: 'ready' | 'error' | 'end', listener: (error?: unknown) => void): unknown;
}

/**
 * Makes what has to be awaited before a command is sent.
 *
 * @param state - whether the client is `connected` or `idle` (connects at the first command, or never), else it is connecting
 * @returns resolved once commands may be sent, `undefined` if they may immediately; rejected with the error of the last attempt to connect
 */
export function firstContact(
  client: Connecting,
  state: () => 'connected' | 'idle' | 'connecting',
): () => Promise<void> | undefined {
  let contact: Promise<void> | undefined;
  let isMade = false;

  /** Called once a command comes: a client that is not used gets no listeners. */
  function made(): Promise<void> {
    return new Promise((resolve, reject) => {
      let hasFailed = false;
      const over = () => {
        isMade = true;
        client.off('ready', over);
        client.off('end', ended);
        client.off('error', failed);
        resolve();
      };
      const ended = () => {
        // a client's error at the next command explains less than the error before
        if (!hasFailed) over();
      };
      const failed = (error: unknown) => {
        hasFailed = true;
        reject(error);
        // until the client, which continues trying, is connected
        contact = Promise.reject(error);
        contact.catch(() => {});
      };
      client.on('ready', over);
      client.on('end', ended);
      client.on('error', failed);
    });
  }

  return () => {
    if (isMade) return undefined;
    if (contact === undefined) {
      if (state() !== 'connecting') {
        isMade = state() === 'connected';
        return undefined;
      }
      contact = made();
    }
    return contact;
  };
}

/** Sends once the client is connected, and from then on immediately. */
export function after(contact: () => Promise<void> | undefined, send: Send): Send {
  return (name, args) => {
    const made = contact();
    return made === undefined ? send(name, args) : made.then(() => send(name, args));
  };
}
