/** The interface between the storage and any client. */

/** The names of the commands. `ioredis` would convert any other spelling several times per command. */
export type CommandName = 'eval' | 'evalsha' | 'info' | 'publish' | 'scan' | 'wait' | 'zscore';

/** Sends one command. */
export type Send = (name: CommandName, args: readonly string[]) => Promise<unknown>;

/** A connection of our own that listens to one channel. */
export interface Subscription {
  /** Resolves when the server has taken note; rejects if it will not. */
  readonly ready: Promise<unknown>;
  /** Ends the connection. */
  stop(): void;
}

/** The commands that the storage needs, from any client. */
export interface RedisPort {
  /** Whether keys are spread over several primaries. */
  readonly cluster: boolean;
  /** Sends a command to the primary of a key; commands of one key are executed in the order of the calls. */
  send(key: string, name: CommandName, args: readonly string[]): Promise<unknown>;
  /** Waits for replicas to have what was last sent to the primary of a key; answers how many have. Absent for clients that cannot. */
  readonly wait: ((key: string, replicas: number, ms: number) => Promise<number>) | undefined;
  /** A way to each primary. */
  primaries(): Promise<readonly Send[]>;
  /** Opens a connection of our own for one channel; absent for clients that cannot. */
  readonly subscribe:
    | ((channel: string, listener: (message: string) => void) => Subscription)
    | undefined;
}

/** Listens to errors of a subscription: `ioredis` and `redis` connect again by themselves, and a message missed meanwhile costs its waiter two seconds. */
export function reconnects(): void {}
