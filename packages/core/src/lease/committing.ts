/** One commit on its way to a storage that other processes use too: sent until it is answered. */

import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { CommitAnswer, LeaseHolder, Write } from '../storage/statements.ts';
import { backoff, faultOf } from './calls.ts';
import type { LeaseHome } from './direct.ts';
import type { Gate, Sender, Statement } from './gate.ts';
import type { CommitOptions } from './lease.ts';

/** The members of a machine's leases that a commit needs. */
export interface CommittingRoom extends Sender, Pick<LeaseHome, 'options'> {
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly gate: Gate;
}

/** The lease that is committed, as its commit sees it. */
export interface CommittedLease {
  readonly key: string;
  readonly leases: CommittingRoom;
  /** A commit was answered, or has failed for good. */
  ended(committing: Committing): Awaitable<void>;
}

const answers: ReadonlySet<CommitAnswer> = /* @__PURE__ */ new Set(['done', 'already', 'rejected']);

/** One commit; any answer counts, also one to an earlier copy. */
export class Committing implements Statement<CommitAnswer> {
  readonly isUrgent = true;
  readonly write: Write | undefined;
  readonly options: CommitOptions;
  /** The holder that commits. If the commit keeps the lease, the turn continues under the next fence. */
  readonly holder: LeaseHolder;
  /** The mark that the text has; `undefined` if nobody asked for one. */
  readonly mark: string | undefined;
  /** When it was sent first, by the monotonic clock. */
  since: number = Number.POSITIVE_INFINITY;
  /** The answer to any of its copies; `undefined` if it failed for good. */
  said: CommitAnswer | undefined;
  /** Whether one of its copies may have been written without an answer. */
  isUnsure = false;
  /** Why it failed for good. */
  cause: unknown;
  readonly #lease: CommittedLease;
  #resolve: ((ended: Awaitable<void>) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #isOver = false;
  #failures = 0;
  /** Until it is sent again. */
  #timer: unknown;

  constructor(
    lease: CommittedLease,
    holder: LeaseHolder,
    write: Write | undefined,
    options: CommitOptions,
    mark: string | undefined,
  ) {
    this.#lease = lease;
    this.holder = holder;
    this.write = write;
    this.options = options;
    this.mark = mark;
  }

  /** Sends it until it is answered or has failed for good, and ends as its lease does then. To be called once. */
  settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#lease.leases.gate.pass(this);
    });
  }

  get sender(): Sender {
    return this.#lease.leases;
  }

  get isRepeated(): boolean {
    return this.#failures > 0;
  }

  send(sentAt: number): Awaitable<CommitAnswer> {
    const { key, leases } = this.#lease;
    const { holder, write, options } = this;
    const lease = options.keep ? leases.short : undefined;
    this.since = Math.min(this.since, sentAt);
    return leases.options.storage.commit(key, holder, write, lease);
  }

  answered(said: CommitAnswer): void {
    if (!answers.has(said)) throw new Error(`The storage answered a commit with ${shown(said)}.`);
    if (this.#isOver) return;
    this.said = said;
    this.#end();
  }

  failed(cause: unknown): void {
    const { gate, options } = this.#lease.leases;
    const { storage, clock, lease } = options;
    // what ending it has thrown; later nobody waits for it
    if (this.#isOver) {
      this.#reject?.(cause);
      return;
    }
    const fault = faultOf(storage, cause);
    this.isUnsure ||= fault === 'unknown';
    this.cause = cause;
    const isLong = clock.monotonic() - this.since >= lease;
    if (fault === 'fatal' || isLong) this.#end();
    else {
      const again = () => gate.pass(this);
      this.#timer = clock.setTimeout(again, backoff(this.#failures++));
    }
  }

  #end(): void {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#lease.leases.options.clock.clearTimeout(this.#timer);
    this.#resolve?.(this.#lease.ended(this));
  }
}
