/** Attempts that wait for a conversation of this object. */

import { leaseTimes } from '@telefsm/core/storage';

/** One attempt that waits, or that was handed the conversation before its request for that arrived. */
class Waiter {
  readonly token: string;
  /** It asks again before this instant; one that does not has gone. */
  until = 0;
  fence: number | undefined;
  /** Answers its request, if that is here. */
  answer: ((fence: number | undefined) => void) | undefined;

  constructor(token: string) {
    this.token = token;
  }
}

/**
 * The waiters of each conversation, in the order of their requests.
 *
 * They are in memory only. If the object is evicted, waiters ask again, as they do anyway.
 */
export class Waiters {
  readonly #byKey = new Map<string, Waiter[]>();

  /** Registers a waiter. One that is registered already keeps its place. */
  add(key: string, token: string, now: number): void {
    const waiting = this.#byKey.get(key) ?? [];
    const known = waiting.find((each) => each.token === token);
    const waiter = known ?? new Waiter(token);
    waiter.until = now + 2 * leaseTimes.handOver;
    if (known === undefined) this.#byKey.set(key, [...waiting, waiter]);
  }

  /** Removes a waiter, because it has acquired the conversation. */
  remove(key: string, token: string): void {
    const waiter = this.#byKey.get(key)?.find((each) => each.token === token);
    if (waiter === undefined) return;
    this.#keep(key, (each) => each !== waiter);
    waiter.answer?.(undefined);
  }

  /** The waiter that is next, if there is one. */
  first(key: string, now: number): string | undefined {
    this.#keep(key, ({ until, fence }) => until > now && fence === undefined);
    return this.#byKey.get(key)?.[0]?.token;
  }

  /** Answers a waiter that the conversation was handed over to it. */
  handOver(
    key: string,
    { token, fence }: { readonly token: string | null; readonly fence: number },
  ): void {
    const waiter = this.#byKey.get(key)?.find((each) => each.token === token);
    if (waiter === undefined) return;
    waiter.fence = fence;
    if (waiter.answer === undefined) return;
    waiter.answer(fence);
    this.#keep(key, (each) => each !== waiter);
  }

  /** Resolves to the fence once a waiter was handed the conversation; `undefined` if it should ask again. */
  async handed(key: string, token: string): Promise<number | undefined> {
    const waiter = this.#byKey.get(key)?.find((each) => each.token === token);
    if (waiter === undefined) return undefined;
    if (waiter.fence !== undefined) {
      this.#keep(key, (each) => each !== waiter);
      return waiter.fence;
    }
    return new Promise((resolve) => {
      waiter.answer?.(undefined);
      // an instance with open requests is not evicted, so a waiter that has gone must not keep it
      const timer = setTimeout(() => waiter.answer?.(undefined), leaseTimes.handOver);
      waiter.answer = (fence) => {
        clearTimeout(timer);
        waiter.answer = undefined;
        resolve(fence);
      };
    });
  }

  /** Deletes waiters that have gone. */
  tidy(now: number): void {
    for (const key of this.#byKey.keys()) this.#keep(key, ({ until }) => until > now);
  }

  #keep(key: string, isKept: (waiter: Waiter) => boolean): void {
    const left = this.#byKey.get(key)?.filter(isKept) ?? [];
    if (left.length > 0) this.#byKey.set(key, left);
    else this.#byKey.delete(key);
  }
}
