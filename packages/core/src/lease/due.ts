/** One timer for all that is due some time: setting one for each and clearing it again would cost more than the rest of a lease. */

import type { Clock } from '../base/clock.ts';

/** A time at which something is to happen, by the monotonic clock; infinite for never. */
export type DueAt = number;

/** The shortest time between two ticks, in ms: each visits every turn, and thousands may wait. */
const shortest = 10;

/** A timer for the soonest of many times. It stays set if that one ends before, so that a quick turn neither sets nor clears one. */
export class DueTimer {
  readonly #clock: Clock;
  readonly #tick: (now: number) => DueAt;
  #timer: unknown;
  #at: DueAt = Number.POSITIVE_INFINITY;

  /** @param tick - does what is due, and returns the soonest of the other times */
  constructor(clock: Clock, tick: (now: number) => DueAt) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Ticks at this time, or before; a few ms later if it has just ticked. */
  by(at: DueAt): void {
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    this.#timer = this.#clock.setTimeout(() => this.#run(), at - this.#clock.monotonic());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }

  #run(): void {
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    this.by(Math.max(this.#tick(now), now + shortest));
  }
}
