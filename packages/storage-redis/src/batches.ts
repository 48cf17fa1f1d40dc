/** Commands that one turn of the event loop sends go to the socket together; `redis` does so by itself, `ioredis` does not. */

import type { Send } from './port.ts';

/** The members of a client that are used. */
interface Client {
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Absent before the client has connected for the first time; a mock or a connector may give another kind of stream. */
  readonly stream?: Partial<Corkable> | null | undefined;
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
 * commands do. A pipeline would be one write too, but with pipelines an update was measured to take more CPU time. The likely reason: each
 * pipeline defines an accessor on itself, and V8 seems to keep it, with all commands, in the old generation.
 */
export function inBatches(client: Client): Send {
  let corked: Corkable | undefined;
  let commands = 0;

  function uncork(): void {
    corked?.uncork();
    corked = undefined;
    commands = 0;
  }

  return (name, args) => {
    if (corked === undefined && isCorkable(client.stream)) {
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

function isCorkable(stream: Client['stream']): stream is Corkable {
  return typeof stream?.cork === 'function' && typeof stream.uncork === 'function';
}
