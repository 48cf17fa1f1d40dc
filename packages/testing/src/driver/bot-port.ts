/** The port of a bot of any framework, for the driver. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RawUpdate } from '@telefsm/core';
import type { ApiAnswer } from '../cloud/answer.ts';
import type { Payload, RawUser } from '../cloud/raw.ts';
import type { Uploads } from '../methods/parameters.ts';

/** Carries out a call of the bot; `"cut"` when the network fails it. */
export type Perform = (
  method: string,
  payload: Payload,
  uploads: Uploads,
) => Promise<ApiAnswer | 'cut'>;

/** A bot of either framework. */
export interface BotPort {
  /** The bot's token. */
  readonly token: string;
  /** The bot's id, which its token begins with. */
  readonly id: number;
  /** The bot's identity, if it has one. */
  readonly info: RawUser | undefined;
  /** Sets the bot's identity, so that it need not ask. */
  introduce(me: RawUser): void;
  /** Answers every call of the bot from here on. */
  attach(perform: Perform): void;
  /** Sends every call of the bot to a server by HTTP from here on. */
  reach(apiRoot: string): void;
  /** Hands the bot an update; rejects as the framework does. */
  handle(update: RawUpdate): Promise<void>;
  /** Returns the error of the bot's code from the rejection of the framework. */
  ownError(error: unknown): unknown;
  /** Gives an error to the bot's error handler; rejects with what the bot's code threw where there is none, or it has seen the error. */
  report(error: unknown): Promise<void>;
  /** Called with everything that the bot's code throws, also if an error handler catches it. */
  onError(listener: (error: unknown) => void): void;
  /** Sees every update that the framework hands to the bot by itself; `handle` ends as the framework ends, error handlers included. */
  intercept(
    via: 'polling' | 'webhook',
    around: (update: RawUpdate, handle: () => Promise<void>) => Promise<void>,
  ): void;
  /** Starts long polling; resolves when it has ended. */
  poll(allowedUpdates: readonly string[]): Promise<void>;
  /** Stops long polling. */
  stopPolling(): Promise<void>;
  /** Answers webhook requests. */
  webhook(
    path: string,
    secret: string,
  ): (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
}

/** An address where nothing listens: calls to it fail with the network errors of the framework itself. */
export const nowhere = 'http://127.0.0.1:1';

/** Both frameworks come with a handler that prints and throws; only its text distinguishes it from one of the bot's. */
export function isDefaultHandler(handler: unknown, phrase: string): boolean {
  return Function.prototype.toString.call(handler).includes(phrase);
}
