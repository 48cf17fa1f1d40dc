/** The world of the playground: a fake Bot API, a clock that can be moved, and bots to talk with. Passed in, so that nothing is bound to them. */

import type { Clock, Duration, FsmStorage } from '@telefsm/core';
import type { InspectedMachine } from '../inspector/model-types.ts';
import type { WebOptions } from '../web/server.ts';

/** A bot that is ready to run. */
export interface PlaygroundBot {
  readonly machine: InspectedMachine & { stop(): Promise<void> };
  /** Polls, and lets deadlines fire, until `stop`. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of a playground bot. */
export interface PlaygroundBotOptions {
  readonly token: string;
  readonly apiRoot: string;
  readonly storage: FsmStorage;
  readonly clock: Clock;
}

/** A bot to talk with, on each framework. */
export interface PlaygroundExample {
  /** A description, in one line. */
  readonly about: string;
  readonly bots: { readonly [framework: string]: (options: PlaygroundBotOptions) => PlaygroundBot };
}

/** A user of the fake Bot API, as `@telefsm/testing` makes them. */
export interface PlaygroundUser {
  readonly id: number;
  readonly name: string;
  sends(what: unknown): Promise<void>;
  taps(label: string, on?: unknown): Promise<unknown>;
  in(chat: never): PlaygroundUser;
}

/** A fake Bot API server: `botApiServer()` of `@telefsm/testing`. */
export interface PlaygroundServer {
  readonly url: string;
  readonly updates: readonly object[];
  user(name: string): PlaygroundUser;
  group(title: string, members: readonly never[]): { readonly id: number };
  redeliver(): Promise<void>;
  stop(): Promise<void>;
}

/** A clock that moves only when it is moved: `virtualClock()` of `@telefsm/testing`. */
export interface PlaygroundClock extends Clock {
  advance(by: Duration): Promise<void>;
}

/** Options of {@link playground}. */
export interface PlaygroundOptions extends WebOptions {
  readonly examples: { readonly [name: string]: PlaygroundExample };
  /** Opens a fake Bot API: `botApiServer`. */
  readonly openServer: (options: {
    readonly clock: Clock;
    readonly token: string;
  }) => Promise<PlaygroundServer>;
  /** Makes a clock: `virtualClock`. */
  readonly makeClock: () => PlaygroundClock;
  /** Attachments that users can send, by name: `{ photo: photo() }`. */
  readonly media?: { readonly [name: string]: unknown };
  /** Which example comes first, and on which framework. */
  readonly first?: { readonly example?: string; readonly framework?: string };
}
