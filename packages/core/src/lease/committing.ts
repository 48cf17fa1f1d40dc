/** One commit on its way to a storage that other processes use too: sent until it is answered. */

import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { TurnId } from '../record/ids.ts';
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

const answers: ReadonlySet<CommitAnswer> = /* @__PURE__ */ new Set(['done', 'already', 'rejected']);

/** One commit; any answer counts, also one to an earlier copy. */
export class Committing implements Statement<CommitAnswer> {
  readonly leases: CommittingRoom;
  readonly isUrgent = true;
  readonly write: Write | undefined;
  readonly keep: boolean;
  readonly id: TurnId | undefined;
  /** The holder that commits. If the commit keeps the lease, the turn continues under the next fence. */
  readonly holder: LeaseHolder;
  /** The mark that the text has; `undefined` if nobody asked for one. */
  readonly mark: string | undefined;
  /** When it was to be sent, by the monotonic clock: if the storage answers nothing at all, it never is. */
  readonly asked: number;
  /** When it was sent first; infinite before. */
  since: number = Number.POSITIVE_INFINITY;
  /** The answer to any of its copies; `undefined` if it failed for good. */
  said: CommitAnswer | undefined;
  /** Whether one of its copies may have been written without an answer. */
  isUnsure = false;
  /** Why it failed for good. */
  cause: unknown;
  readonly #key: string;
  #resolve: (() => void) | undefined;
  isOver = false;
  failures = 0;
  /** Until it is sent again. */
  #timer: unknown;

  constructor(
    leases: CommittingRoom,
    key: string,
    holder: LeaseHolder,
    write: Write | undefined,
    { keep, id }: CommitOptions,
    mark: string | undefined,
  ) {
    this.leases = leases;
    this.#key = key;
    this.holder = holder;
    this.write = write;
    this.keep = keep;
    this.id = id;
    this.mark = mark;
    this.asked = leases.clock.monotonic();
  }

  /** Sends it until it is answered or has failed for good. To be called once; never rejects. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.leases.gate.pass(this);
    });
  }

  send(now: number): Awaitable<CommitAnswer> {
    this.since = Math.min(this.since, now);
    const { short, options } = this.leases;
    const { write, keep, holder } = this;
    return options.storage.commit(this.#key, holder, write, keep ? short : undefined);
  }

  answered(said: CommitAnswer): void {
    if (!answers.has(said)) throw new Error(`The storage answered a commit with ${shown(said)}.`);
    if (this.isOver) return;
    this.said = said;
    this.#end();
  }

  failed(cause: unknown): void {
    const { storage, clock, lease } = this.leases.options;
    if (this.isOver) return;
    const fault = faultOf(storage, cause);
    // one that was never sent was not written
    this.isUnsure ||= fault === 'unknown' && this.since <= clock.monotonic();
    this.cause = cause;
    const isLong = clock.monotonic() - this.asked >= lease;
    if (fault === 'fatal' || isLong) this.#end();
    else {
      const again = () => this.leases.gate.pass(this);
      this.#timer = clock.setTimeout(again, backoff(this.failures++));
    }
  }

  #end(): void {
    this.isOver = true;
    if (this.#timer !== undefined) this.leases.options.clock.clearTimeout(this.#timer);
    this.#resolve?.();
  }
}
