/** Answers to requests that are sent more than once: each counts, whichever request it belongs to. */

import type { Clock } from '../base/clock.ts';

/** Keeps what arrives until it is taken, in order. One reader at a time. */
export class Mailbox<Item> {
  readonly #clock: Clock;
  readonly #items: Item[] = [];
  #arrived: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(item: Item): void {
    this.#items.push(item);
    this.#arrived?.();
  }

  /** The next item; `undefined` if none has arrived within so many ms. */
  async take(ms: number): Promise<Item | undefined> {
    if (this.#items.length === 0 && ms > 0) await this.#arrival(ms);
    return this.#items.shift();
  }

  #arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer =
        ms === Number.POSITIVE_INFINITY ? undefined : this.#clock.setTimeout(resolve, ms);
      this.#arrived = () => {
        this.#arrived = undefined;
        if (timer !== undefined) this.#clock.clearTimeout(timer);
        resolve();
      };
    });
  }
}
