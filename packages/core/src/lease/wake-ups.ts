/** Wake-ups: how a process hears that it was handed a conversation it waits for. */

import type { Clock } from '../base/clock.ts';
import type { FsmStorage } from '../storage/storage.ts';

/** How long a message channel that could not be opened is left alone, in ms. */
const deafFor = 60_000;

/** The wake-ups of one machine. */
export interface Grants {
  /** Whether messages arrive. */
  readonly proven: boolean;
  /** Whether messages arrive from now on. */
  open(): Promise<boolean>;
  /** From now on a message for this token is kept for it, until it is forgotten. */
  expect(token: string): void;
  forget(token: string): void;
  /** Waits for the token's message, or for so many ms. */
  wait(token: string, ms: number): Promise<void>;
  close(): void;
}

/** Makes the wake-ups by a storage's message channel, which is opened at the first contention. */
export function grantsOf(
  storage: FsmStorage,
  clock: Clock,
  report: (operation: string, error: unknown) => void,
): Grants {
  const waiting = new Map<string, { told: boolean; wake: (() => void) | undefined }>();
  let isOpen = false;
  /** When to try again to open it. */
  let nextTry = storage.granted ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let opening: Promise<boolean> | undefined;
  let stop: (() => void) | undefined;
  return {
    get proven() {
      return isOpen;
    },
    open() {
      if (clock.now() < nextTry) return Promise.resolve(false);
      opening ??= (storage.granted as NonNullable<FsmStorage['granted']>)((token) => {
        const waiter = waiting.get(token);
        if (waiter === undefined) return;
        waiter.told = true;
        waiter.wake?.();
      }).then(
        (off) => {
          stop = off;
          isOpen = true;
          return true;
        },
        (error) => {
          report('granted', error);
          nextTry = clock.now() + deafFor;
          opening = undefined;
          return false;
        },
      );
      return opening;
    },
    expect(token) {
      if (!waiting.has(token)) waiting.set(token, { told: false, wake: undefined });
    },
    forget(token) {
      waiting.delete(token);
    },
    wait(token, ms) {
      const waiter = waiting.get(token);
      return new Promise((resolve) => {
        const done = () => {
          if (waiter !== undefined) {
            waiter.told = false;
            waiter.wake = undefined;
          }
          clock.clearTimeout(timer);
          resolve();
        };
        const timer = clock.setTimeout(done, ms);
        if (waiter === undefined) return;
        waiter.wake = done;
        if (waiter.told) done();
      });
    },
    close() {
      stop?.();
      stop = undefined;
      opening = undefined;
      isOpen = false;
    },
  };
}
