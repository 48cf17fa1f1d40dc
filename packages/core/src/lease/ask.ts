/** One request of an attempt to acquire a conversation. */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Acquired } from '../storage/statements.ts';
import type { Statement } from './gate.ts';
import type { LeaseOptions } from './lease.ts';

/** The attempt, as its requests see it. */
export interface Asking {
  readonly leases: {
    readonly options: LeaseOptions;
    /** Ms that a lease lasts before its first renewal. */
    readonly short: number;
    readonly wakeUps: { readonly isOpen: boolean };
  };
  readonly key: string;
  readonly token: string;
  /** Whether it may wait, and so register as a waiter. */
  readonly waits: boolean;
  /** An answer that still comes is for nobody. */
  readonly isOver: boolean;
  answered(answer: Acquired, sentAt: number): void;
  failed(error: unknown): void;
}

/** A class, not a literal with closures: see "Objects of a turn" in ARCHITECTURE.md. */
export class Ask implements Statement<Acquired> {
  readonly isUrgent = false;
  readonly isRepeated: boolean;
  readonly #attempt: Asking;
  #sentAt = 0;

  constructor(attempt: Asking, isRepeated: boolean) {
    this.#attempt = attempt;
    this.isRepeated = isRepeated;
  }

  get clock(): Clock {
    return this.#attempt.leases.options.clock;
  }

  isWanted(): boolean {
    return !this.#attempt.isOver;
  }

  send(): Awaitable<Acquired> {
    const { key, token, waits, leases } = this.#attempt;
    const { storage, clock } = leases.options;
    this.#sentAt = clock.monotonic();
    return storage.acquire(key, {
      token,
      lease: leases.short,
      queue: waits && leases.wakeUps.isOpen,
    });
  }

  answered(answer: Acquired): void {
    this.#attempt.answered(answer, this.#sentAt);
  }

  failed(error: unknown): void {
    this.#attempt.failed(error);
  }
}
