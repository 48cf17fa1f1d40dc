/** Commands that one turn of the event loop asks for, sent by few writes to the socket; `redis` does so by itself, `ioredis` does not. */

/** An error or an answer for each command. */
type Answers = readonly (readonly [error: unknown, answer?: unknown])[] | null;

/** The members of a client that are used. */
interface Client {
  call(command: string, ...args: string[]): Promise<unknown>;
  pipeline(commands: string[][]): { exec(): Promise<Answers> };
}

/** A command, and who waits for its answer. */
interface Waiting {
  readonly command: readonly string[];
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** With so many the server may begin, while this process continues. */
const largest = 32;

/**
 * Makes a way to send to a client that keeps the order of the calls.
 *
 * A busy process has answers for many conversations at once, and then many commands to send. One write each would cost more than all
 * the rest that it does.
 */
export function inBatches(client: Client): (command: readonly string[]) => Promise<unknown> {
  let batch: Waiting[] = [];

  async function answersTo(waiting: readonly Waiting[]): Promise<Answers> {
    const [first] = waiting;
    if (first === undefined || waiting.length > 1) {
      return client.pipeline(waiting.map(({ command }) => ['call', ...command])).exec();
    }
    const [name = '', ...args] = first.command;
    return [[null, await client.call(name, ...args)]];
  }

  async function flush(): Promise<void> {
    const waiting = batch;
    if (waiting.length === 0) return;
    batch = [];
    try {
      const answers = await answersTo(waiting);
      for (const [at, { resolve, reject }] of waiting.entries()) {
        const [error, answer] = answers?.[at] ?? [new Error('The client did not answer.')];
        if (error) reject(error);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  return (command) =>
    new Promise((resolve, reject) => {
      // after all that this turn of the loop still does, and before the loop waits
      if (batch.length === 0) setImmediate(flush);
      batch.push({ command, resolve, reject });
      if (batch.length === largest) void flush();
    });
}
