/** A way for updates to the bot and for its calls back; one in process, one by HTTP. */
import type { RawUpdate } from '@telefsm/core';
import type { BotPort } from './bot-port.ts';

/** A way to the bot. */
export interface Transport {
  /** Resolves when the bot has finished with an update, rejects with what it threw and did not handle; `again` for one whose number has passed. */
  deliver(update: RawUpdate, again: boolean): Promise<void>;
  /** Lets the bot's process die and another take over; resolves when what the first had not finished has been handled. */
  restart(make: () => BotPort): Promise<void>;
  stop(): Promise<void>;
}

/** Somebody who waits until the bot has finished with an update. */
export interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
