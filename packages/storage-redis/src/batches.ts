/** Commands that one turn of the event loop sends go to the socket together; `redis` does so by itself, `ioredis` does not. */

import type { Send } from './port.ts';

/** The members of a client that are used. */
interface Client {
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Absent before the client has connected for the first time. */
  readonly stream?: Corkable;
}

/** A socket, as far as it is held back. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

/** With so many the server may begin, while this process continues. */
const largest = 32;

/**
 * Makes a way to send to a client that keeps the order of the calls.
 *
 * A busy process has answers for many conversations at once, and then many commands to send. One write each would cost more than the
 * commands do. A pipeline would be one write too, but each defines an accessor on itself. V8 keeps those in the old generation, and with them
 * all commands of their pipelines.
 */
export function inBatches(client: Client): Send {
  let corked: Corkable | undefined;
  let commands = 0;

  function uncork(): void {
    corked?.uncork();
    corked = undefined;
    commands = 0;
  }

  return ([name = '', ...args]) => {
    if (corked === undefined && client.stream !== undefined) {
      corked = client.stream;
      corked.cork();
      // after all that this turn of the loop still does, and before the loop waits
      setImmediate(uncork);
    }
    const answer = client.call(name, ...args);
    if (++commands === largest) {
      commands = 0;
      corked?.uncork();
      corked?.cork();
    }
    return answer;
  };
}
