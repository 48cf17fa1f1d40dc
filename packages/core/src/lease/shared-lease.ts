/** The lease of a conversation for one turn: renewing, committing for certain, releasing. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { type Marks, newMark, noMarks, withMark } from '../record/marks.ts';
import type { LeaseHolder, StoredText, Write } from '../storage/statements.ts';
import { backoff, faultOf, sleep, storageFailed } from './calls.ts';
import { Committing, type CommittingRoom } from './committing.ts';
import { DirectLease, type LeaseHome } from './direct.ts';
import type { DueAt } from './due.ts';
import type { CommitOptions, Lease } from './lease.ts';
import { verdictOf } from './proof.ts';

/** The members of a machine's leases that a shared lease needs. */
export interface LeaseRoom extends LeaseHome, CommittingRoom {
  /** A turn that outlives its machine is not renewed, so that others soon get its conversation. */
  readonly isStopped: boolean;
  /** Whether the turn of a lease is not over. */
  has(lease: SharedLease): boolean;
  /** Sends a statement that ends, extends or proves a turn. */
  urgent<T>(statement: () => Awaitable<T>): Promise<T>;
}

/** The {@link Lease} of a shared storage. */
export class SharedLease extends DirectLease {
  declare readonly leases: LeaseRoom;
  /** When it is checked next. */
  dueAt: DueAt;
  /** Until when the storage certainly leaves it to us, and how long that lease was. */
  #until: number;
  #length: number;
  #isCommitting = false;
  #isRenewing = false;
  /** The mark that {@link SharedLease.withMark} made last, and those that the record had before. */
  #mark: { readonly text: string; readonly fence: number; readonly seen: Marks } | undefined;

  constructor(
    leases: LeaseRoom,
    key: string,
    holder: LeaseHolder,
    stored: StoredText | undefined,
    startedAt: number,
    until: number,
  ) {
    super(leases, key, holder, stored, startedAt);
    this.#length = leases.short;
    this.#until = until;
    this.dueAt = startedAt + this.#pause;
  }

  /** Ms from one check to the next. */
  get #pause(): number {
    return Math.min(this.leases.short / 3, this.leases.options.longest);
  }

  get token(): string {
    return this.holder.token;
  }

  get sharedFence(): number {
    return this.holder.fence;
  }

  /** Called now and then until the turn has ended. */
  tick(now: number): void {
    if (now < this.dueAt) return;
    this.dueAt = now + this.#pause;
    if (now - this.startedAt > this.leases.options.longest) this.lose();
    else if (!this.leases.isStopped) this.#renew();
  }

  /** Extends the lease if less than two thirds of it are left. Not while a commit is on its way, which spends the fence. */
  #renew(): void {
    const { clock, lease, storage, report } = this.leases.options;
    if (this.#isCommitting || this.#isRenewing) return;
    if (this.#until - clock.monotonic() > (this.#length * 2) / 3) return;
    this.#isRenewing = true;
    const { key, holder } = this;
    let sentAt = 0;
    const renewing = this.leases.urgent(() => {
      sentAt = clock.monotonic();
      return storage.renew(key, holder, lease);
    });
    renewing
      .then(
        (isOurs) => {
          if (isOurs) {
            this.#length = lease;
            this.#until = Math.max(this.#until, sentAt + lease);
          } else if (
            holder.fence === this.holder.fence &&
            !this.#isCommitting &&
            this.leases.has(this)
          ) {
            this.lose();
          }
        },
        (error) => report('renew', error),
      )
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  withMark(marks: Marks): Marks {
    const text = newMark();
    const before = this.#mark?.text;
    this.#mark = { text, fence: this.holder.fence, seen: marks };
    return withMark(marks, text, before);
  }

  override async commit(write: Write | undefined, options: CommitOptions): Promise<void> {
    const { holder, key, leases } = this;
    const mark = this.#mark?.fence === holder.fence ? this.#mark.text : undefined;
    const committing = new Committing(leases, key, holder, write, options, mark);
    this.#isCommitting = true;
    try {
      await committing.ended();
      const { said } = committing;
      const isAccepted = said !== undefined && said !== 'rejected';
      if (isAccepted) this.#accepted(committing);
      else await this.#failed(committing);
    } finally {
      this.#isCommitting = false;
      if (!options.keep) leases.over(this);
    }
  }

  override async release(): Promise<void> {
    const { report, clock, storage } = this.leases.options;
    this.leases.over(this);
    for (let failures = 0; ; failures++) {
      try {
        return await this.#releaseOnce();
      } catch (error) {
        // the next update would wait for the end of the lease
        const isPassing = faultOf(storage, error) === 'retry' && clock.monotonic() < this.#until;
        if (!isPassing) return report('release', error);
      }
      await sleep(backoff(failures), clock);
    }
  }

  #releaseOnce(): Promise<void> {
    const { key, holder } = this;
    return this.leases.urgent(() => this.leases.options.storage.release(key, holder));
  }

  async #failed(committing: Committing): Promise<void> {
    const { said, isUnsure, cause } = committing;
    // a driver may have sent it twice by itself, so a rejection alone proves nothing: the record does
    if (said !== undefined) return this.#prove(committing, undefined);
    if (isUnsure) return this.#giveUp(committing, cause);
    this.lose();
    throw storageFailed(this.key, 'commit', cause, this.committedBefore);
  }

  #accepted(committing: Committing): void {
    const { write, keep, since } = committing;
    this.answered('done', write, committing);
    if (keep) this.#until = Math.max(this.#until, since + this.leases.short);
  }

  /** No answer for as long as a lease lasts. A release that is answered shuts every copy out, so that the record is conclusive. */
  async #giveUp(committing: Committing, cause: unknown): Promise<void> {
    await this.#releaseOnce().catch(() => this.#unknown(cause));
    return this.#prove(committing, cause);
  }

  async #prove(committing: Committing, cause: unknown): Promise<void> {
    const { storage, clock, lease } = this.leases.options;
    const found = await this.#read(committing, cause);
    const verdict = verdictOf(committing, found, {
      committedBefore: this.committedBefore,
      age: clock.monotonic() - committing.since,
      seen: this.#mark?.seen ?? noMarks,
    });
    if (verdict === 'unknown') this.#unknown(cause);
    if (verdict !== 'kept') {
      this.lose();
      throw this.lost(verdict === 'handled', cause);
    }
    this.#accepted(committing);
    if (!committing.keep) return;
    const { key, holder } = this;
    const goesOn = await this.leases
      .urgent(() => storage.renew(key, holder, lease))
      .catch(() => false);
    if (!goesOn) this.lose();
  }

  /** Reads what proves a commit: what cut off its answer may cut off this one too, so it is asked again for as long as the commit was. */
  async #read({ asked }: Committing, cause: unknown): Promise<StoredText | undefined> {
    const { storage, clock, lease } = this.leases.options;
    for (let failures = 0; ; failures++) {
      try {
        return await this.leases.urgent(() => storage.peek(this.key));
      } catch (error) {
        const isOver = clock.monotonic() - asked >= lease;
        if (isOver || faultOf(storage, error) === 'fatal') this.#unknown(cause ?? error);
      }
      await sleep(backoff(failures), clock);
    }
  }

  #unknown(cause: unknown): never {
    this.lose();
    throw new FsmError('COMMIT_UNKNOWN', { key: this.key }, { cause });
  }
}
