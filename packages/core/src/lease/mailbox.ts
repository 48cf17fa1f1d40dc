/** Answers to requests that are sent more than once: each counts, whichever request it belongs to. */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';

/** Keeps what arrives until it is taken, in order. One reader at a time. */
export class Mailbox<Item> {
  readonly #clock: Clock;
  readonly #items: Item[] = [];
  /** Hands an item to the reader that waits. */
  #arrived: ((item: Item) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(item: Item): void {
    if (this.#arrived === undefined) this.#items.push(item);
    else this.#arrived(item);
  }

  /** The next item; `undefined` if none has arrived within so many ms. */
  take(ms: number): Awaitable<Item | undefined> {
    return this.#items.length > 0 || ms <= 0 ? this.#items.shift() : this.#arrival(ms);
  }

  #arrival(ms: number): Promise<Item | undefined> {
    return new Promise((resolve) => {
      const arrived = (item: Item | undefined) => {
        this.#arrived = undefined;
        if (timer !== undefined) this.#clock.clearTimeout(timer);
        resolve(item);
      };
      this.#arrived = arrived;
      const timer =
        ms === Number.POSITIVE_INFINITY
          ? undefined
          : this.#clock.setTimeout(() => arrived(undefined), ms);
    });
  }
}
