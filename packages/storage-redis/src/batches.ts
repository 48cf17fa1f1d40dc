/** Commands that one turn of the event loop asks for, sent by one write to the socket; `redis` does so by itself, `ioredis` does not. */

/** What is asked of a client. */
interface Client {
  call(command: string, ...args: string[]): Promise<unknown>;
  pipeline(commands: string[][]): { exec(): Promise<unknown> };
}

/** A command, and who waits for its answer. */
interface Waiting {
  readonly command: readonly string[];
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

type Answer = readonly [error: unknown, answer?: unknown];

/**
 * Makes a way to send to a client that keeps the order of the calls.
 *
 * A busy process has answers for many conversations at once, and then many commands to send: a write for each would cost it more than all
 * the rest that it does.
 */
export function inBatches(client: Client): (command: readonly string[]) => Promise<unknown> {
  let batch: Waiting[] = [];

  async function answersTo(waiting: readonly Waiting[]): Promise<readonly Answer[]> {
    const [first] = waiting;
    if (first !== undefined && waiting.length === 1) {
      const [name = '', ...args] = first.command;
      return [[null, await client.call(name, ...args)]];
    }
    return client.pipeline(waiting.map(({ command }) => ['call', ...command])).exec() as Promise<
      readonly Answer[]
    >;
  }

  async function flush(): Promise<void> {
    const waiting = batch;
    batch = [];
    try {
      const answers = await answersTo(waiting);
      for (let at = 0; at < waiting.length; at++) {
        const [error, answer] = answers[at] as Answer;
        if (error) waiting[at]?.reject(error);
        else waiting[at]?.resolve(answer);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  return (command) =>
    new Promise((resolve, reject) => {
      // after all that this turn of the loop still does, and before the loop waits
      if (batch.length === 0) process.nextTick(flush);
      batch.push({ command, resolve, reject });
    });
}
