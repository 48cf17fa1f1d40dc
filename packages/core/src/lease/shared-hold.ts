/** A conversation that this process holds: holding on, writing for certain, and letting go. */

import type { Clock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { hasSeen, type UnitId } from '../record/ids.ts';
import { decode } from '../record/stored.ts';
import type { CommitAnswer, FsmStorage, Lease, StoredText, Write } from '../storage/storage.ts';
import type { Linked, LinkedList } from './linked-list.ts';
import type { Place } from './queue.ts';
import {
  backoff,
  callBound,
  faultOf,
  isPromise,
  newToken,
  sleep,
  storageFailed,
  TimedOut,
  within,
} from './storage-calls.ts';

/** The right to one conversation, with everything that a storage leaves to core. */
export interface Hold {
  readonly key: string;
  /** What was stored when it was taken. */
  readonly stored: StoredText | undefined;
  /** When it was taken, by the machine's clock. */
  readonly takenAt: number;
  /** Aborted when the conversation may have been lost. */
  readonly signal: AbortSignal;
  /** Left when it is lost or has been held for the longest time of a turn. */
  place: Place | undefined;
  /**
   * Writes, and lets go unless `keep`.
   *
   * A commit whose answer is lost is asked again, and proven by the record.
   *
   * @param proof - an id that only this commit brings into the record; without one only the same text is proof
   * @throws FsmError `LEASE_LOST` (certainly not kept), `COMMIT_UNKNOWN` (the storage could not be asked in time), `STORAGE_FAILED` (not kept)
   */
  commit(write: Write | undefined, proof: UnitId | undefined, keep: boolean): Awaitable<void>;
  /** Lets go without writing. Never fails: the lease ends by itself, and the failure is reported. */
  release(): Awaitable<void>;
}

/** How conversations are held. */
export interface HoldOptions {
  readonly storage: FsmStorage;
  readonly clock: Clock;
  /** Ms that a lease lasts unless renewed. */
  readonly lease: number;
  /** Ms that a turn lasts at most; after it the lease is no longer renewed. */
  readonly longest: number;
  /** Hears of releases and wake-ups that failed; they never fail a unit of work. */
  readonly report: (operation: string, error: unknown) => void;
}

/** A class, since one is made for every update: its methods stand on the prototype. */
export class RunningHold implements Hold, Linked<RunningHold> {
  readonly key: string;
  readonly stored: StoredText | undefined;
  readonly takenAt: number;
  place: Place | undefined;
  isLinked = false;
  older: RunningHold | undefined;
  newer: RunningHold | undefined;
  #token: string;
  /** Until when the storage certainly leaves it to us. */
  #until: number;
  #lost = false;
  /** Whether a commit has been accepted that goes on holding. */
  #keptBefore = false;
  #isCommitting = false;
  #abort: AbortController | undefined;
  readonly #lease: Lease;
  readonly #options: HoldOptions;
  readonly #live: LinkedList<RunningHold>;

  constructor(
    key: string,
    token: string,
    lease: Lease,
    options: HoldOptions,
    live: LinkedList<RunningHold>,
  ) {
    this.key = key;
    this.#token = token;
    this.#lease = lease;
    this.stored = lease.record;
    this.#options = options;
    this.takenAt = options.clock.now();
    this.#until = this.takenAt + options.lease;
    this.#live = live;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#lost) this.lose();
    return this.#abort.signal;
  }

  lose(): void {
    this.#lost = true;
    this.#live.delete(this);
    this.place?.leave();
    if (this.#abort === undefined) return;
    const { key } = this;
    this.#abort.abort(new FsmError('LEASE_LOST', { key, keptBefore: this.#keptBefore }));
  }

  renew(now: number): void {
    const { lease, report } = this.#options;
    // a commit on its way spends the token that a renewal would name
    if (this.#isCommitting) return;
    if (this.#until - now > (lease * 2) / 3) return;
    const token = this.#token;
    void settle(
      () => this.#lease.renew(lease),
      (kept) => {
        if (kept) this.#until = Math.max(this.#until, now + lease);
        else if (token === this.#token && !this.#isCommitting && this.isLinked) this.lose();
      },
      (error) => report('renew', error),
    );
  }

  commit(write: Write | undefined, proof: UnitId | undefined, keep: boolean): Awaitable<void> {
    const next = keep ? newToken() : undefined;
    let answer: Awaitable<CommitAnswer>;
    try {
      answer = this.#send(write, next);
    } catch (error) {
      answer = Promise.reject(error);
    }
    if (answer === 'done' || answer === 'already') this.#accepted(next);
    else return this.#commitSlowly(answer, write, proof, next);
  }

  release(): Awaitable<void> {
    this.#live.delete(this);
    const released = this.#letGo();
    if (isPromise(released)) return this.#untilReleased(released);
  }

  #letGo(): Awaitable<void> {
    try {
      return this.#lease.release();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Asks again where the storage was busy: whoever comes next would have to wait for the end of the lease. */
  async #untilReleased(first: PromiseLike<void>): Promise<void> {
    const { report, clock, storage } = this.#options;
    let released: Awaitable<void> = first;
    for (let failures = 0; ; failures++) {
      try {
        // nobody waits for an answer that never comes
        return await within(released, callBound, clock);
      } catch (error) {
        const isPassing = !(error instanceof TimedOut) && faultOf(storage, error) === 'retry';
        if (!isPassing || clock.now() >= this.#until) return report('release', error);
      }
      await sleep(backoff(failures), clock);
      released = this.#letGo();
    }
  }

  #send(write: Write | undefined, next: string | undefined): Awaitable<CommitAnswer> {
    return next === undefined
      ? this.#lease.commit(write)
      : this.#lease.commit(write, { keep: next });
  }

  #accepted(next: string | undefined): void {
    if (next === undefined) this.#live.delete(this);
    else {
      this.#token = next;
      this.#keptBefore = true;
      this.#until = this.#options.clock.now() + this.#options.lease;
    }
  }

  async #commitSlowly(
    first: Awaitable<CommitAnswer>,
    write: Write | undefined,
    proof: UnitId | undefined,
    next: string | undefined,
  ): Promise<void> {
    const { storage, clock } = this.#options;
    const { key } = this;
    const keptBefore = this.#keptBefore;
    let unsure = false;
    let answer: Awaitable<CommitAnswer> | undefined = first;
    this.#isCommitting = true;
    try {
      for (let failures = 0; ; failures++) {
        let cause: unknown;
        let kept: boolean | undefined;
        try {
          const said = await within(answer ?? this.#send(write, next), callBound, clock);
          if (said !== 'refused') return this.#accepted(next);
          // A driver may have sent it twice by itself, so a refusal alone proves nothing: the record does.
          kept = await this.#isKept(proof, write, unsure);
        } catch (error) {
          cause = error;
        }
        if (kept === true) {
          this.#keptBefore = true;
          if (next !== undefined) this.lose();
          this.#live.delete(this);
          return;
        }
        if (kept === false) {
          this.lose();
          // kept and written over since, or never kept: without an id of its own there is no telling
          const isUnknown = unsure && proof === undefined;
          throw new FsmError(isUnknown ? 'COMMIT_UNKNOWN' : 'LEASE_LOST', { key, keptBefore });
        }
        answer = undefined;
        const fault = cause instanceof TimedOut ? 'unknown' : faultOf(storage, cause);
        unsure ||= fault === 'unknown';
        if (fault === 'fatal' && !unsure) {
          throw storageFailed(key, 'commit', cause, keptBefore);
        }
        if (clock.now() >= this.#until || !storage.features.fencing) {
          this.lose();
          if (unsure) throw new FsmError('COMMIT_UNKNOWN', { key }, { cause });
          throw storageFailed(key, 'commit', cause, keptBefore);
        }
        await sleep(backoff(failures), clock);
      }
    } finally {
      this.#isCommitting = false;
    }
  }

  /** Whether the record shows that a commit, though refused now, was executed before. */
  async #isKept(
    proof: UnitId | undefined,
    write: Write | undefined,
    isDoubtful: boolean,
  ): Promise<boolean> {
    const { storage, clock } = this.#options;
    const stored = await within(storage.peek(this.key), callBound, clock);
    if (stored === undefined) return write === undefined && isDoubtful;
    if (stored.text === write?.text) return true;
    const decoded = decode(stored);
    return proof !== undefined && 'record' in decoded && hasSeen(decoded.record.ids, proof);
  }
}

function settle<T>(
  call: () => Awaitable<T>,
  done: (value: T) => void,
  failed: (error: unknown) => void,
): Awaitable<void> {
  try {
    const answer = call();
    if (isPromise(answer)) return answer.then(done, failed);
    done(answer);
  } catch (error) {
    failed(error);
  }
}
