/** A turn to do: an update, a deadline, or work from outside. */

import type { Awaitable } from '../base/type-tools.ts';
import type { Lease } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import type { TurnFacts } from './facts.ts';
import type { Interruptible } from './interrupts.ts';
import type { OpenTurn } from './runtime.ts';

/** One turn to do. */
export interface Job<out Result = unknown> extends TurnFacts, Interruptible {
  /** How long to wait while another process has the conversation, in ms; 0 gives up at once. */
  readonly timeout: number;
  /**
   * Waits in the queue of this process, where others are before it.
   *
   * @returns the head of the queue; `undefined` leaves the job undone
   */
  wait(key: string): Promise<Seat | undefined>;
  /** Another process has the conversation, and the timeout has begun. Called once. */
  busy?(): void;
  /** The conversation is waited for no longer. */
  ready?(): void;
  /** Another process has the conversation, and the timeout is 0. @returns whether the job waits nevertheless, with another timeout */
  waitsAnyway?(): Promise<true | undefined>;
  /** Looks at the leased conversation before anything is read; `false` leaves the job undone. */
  admits?(lease: Lease): boolean;
  /** The bot's code. */
  work(turn: OpenTurn): Awaitable<Result>;
  /** Decides about a failure; `true` swallows the error. */
  forgives?(error: unknown): boolean;
}
