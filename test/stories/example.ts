/** The parts of every example: a bot on each framework, made by one function each, and a conversation that shows it. */

import type { Clock, FsmStorage, Machine } from '@telefsm/core';
import type { AnyBot } from '@telefsm/testing';

/** The options of an example's bot; the demo and the tests pass a server, a clock and a storage. */
export interface BotOptions {
  /** From @BotFather, or any text of that form for the fake server. */
  readonly token: string;
  /** Where the Bot API is, if it is not Telegram's. */
  readonly apiRoot?: string;
  readonly storage?: FsmStorage;
  readonly clock?: Clock;
}

/** A bot that is ready to run. */
export interface ExampleBot {
  readonly bot: AnyBot;
  readonly machine: Pick<Machine, 'at' | 'observe' | 'stop' | 'storage' | '~runtime'>;
  /** Lets deadlines fire. */
  readonly watch: () => void;
  /** Polls, and lets deadlines fire, until `stop`. */
  readonly run: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The frameworks that examples are written for. */
export const frameworks = ['grammy', 'telegraf'] as const;

/** One of {@link frameworks}. */
export type Framework = (typeof frameworks)[number];

/** An example, as the demo and the tests see it. */
export interface Example {
  /** Its summary, in one line. */
  readonly about: string;
  /** Makes its bot. */
  readonly bots: { readonly [F in Framework]: (options: BotOptions) => ExampleBot };
  /** A conversation with it, as it must come out word for word; see `play.ts` for how it is read. */
  readonly script: string;
}
