/** Coordination within one process: the local queue excludes everybody else, so conversations are acquired and committed directly. */

import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type {
  Acquired,
  CommitAnswer,
  Granted,
  LeaseHolder,
  StoredText,
  Write,
} from '../storage/statements.ts';
import { backoff, newToken, sleep, storageFailed, within } from './calls.ts';
import type { CommitOptions, Lease, LeaseOptions, Leases, WaitOptions } from './lease.ts';
import { LiveList, type Member } from './live.ts';
import type { Seat } from './queue.ts';
import type { FsmStorage } from './storage.ts';

/**
 * Makes the leases of a machine. A shared storage brings its coordination; any other one is used by this process alone.
 *
 * @throws FsmError `INVALID_OPTION` for a shared storage without it
 */
export function leasesOf(options: LeaseOptions & { readonly storage: FsmStorage }): Leases {
  const { coordination, features } = options.storage;
  if (coordination !== undefined) return coordination(options);
  if (!features.shared) return new DirectLeases(options);
  const expected = 'one with `coordination: sharedLeases`, if several processes share it';
  throw invalidOption('storage', expected, 'a shared one without coordination');
}

class DirectLeases implements Leases {
  readonly options: LeaseOptions;
  readonly #live = new LiveList<DirectLease>();
  #timer: unknown;
  /** Why attempts that wait are rejected; each attempt compares it with what it began with. */
  #gaveUp: { readonly reason: unknown } | undefined;

  constructor(options: LeaseOptions) {
    this.options = options;
  }

  acquire(key: string, options: WaitOptions): Lease | Promise<Lease | undefined> {
    const { storage, longest } = this.options;
    const token = newToken();
    let answer: Awaitable<Acquired>;
    try {
      answer = storage.acquire(key, { token, lease: longest, queue: false });
    } catch (cause) {
      throw storageFailed(key, 'acquire', cause);
    }
    // synchronously where the storage has answered synchronously: a promise would be one more for every update
    if ('then' in answer || 'busy' in answer) return this.#wait(key, token, answer, options);
    return this.#granted(key, token, answer);
  }

  #granted(key: string, token: string, { fence, stored }: Granted): Lease {
    const { clock, longest } = this.options;
    const lease = new DirectLease(this, key, { token, fence }, stored, clock.monotonic());
    this.#live.add(lease);
    this.#timer ??= clock.setTimeout(this.#tick, longest);
    return lease;
  }

  async #wait(
    key: string,
    token: string,
    first: Awaitable<Acquired>,
    options: WaitOptions,
  ): Promise<Lease | undefined> {
    const { storage, clock, longest } = this.options;
    const { timeout } = options;
    const before = this.#gaveUp;
    let start: number | undefined;
    for (let asks = 0; ; asks++) {
      let asked = first;
      let answer: Acquired;
      try {
        if (asks > 0) asked = storage.acquire(key, { token, lease: longest, queue: false });
        answer = await within(asked, clock);
      } catch (cause) {
        // granted later, it would be held for the longest turn
        Promise.resolve(asked).then(
          (late) => void ('busy' in late || this.#granted(key, token, late).release()),
          () => {},
        );
        throw storageFailed(key, 'acquire', cause);
      }
      if (!('busy' in answer)) return this.#granted(key, token, answer);
      // only another user of the storage that is no machine of this process
      if (timeout === 0) return undefined;
      if (asks === 0) options.onBusy?.(answer);
      start ??= clock.monotonic();
      const waited = clock.monotonic() - start;
      if (waited >= timeout) throw new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(waited) });
      await sleep(Math.min(answer.busy + 1, backoff(asks), timeout - waited + 1), clock);
      if (this.#gaveUp !== before) throw this.#gaveUp?.reason;
    }
  }

  async ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return within(statement(), this.options.clock);
  }

  giveUp(reason: unknown): void {
    this.#gaveUp = { reason };
  }

  stop(): void {
    if (this.#timer !== undefined) this.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  over(lease: DirectLease): void {
    this.#live.delete(lease);
  }

  /** One timer for all: a turn that is short enough neither sets nor clears one. */
  readonly #tick = () => {
    const { clock, longest } = this.options;
    const now = clock.monotonic();
    let next = Number.POSITIVE_INFINITY;
    this.#timer = undefined;
    for (const lease of this.#live.now()) {
      const left = lease.startedAt + longest - now;
      if (left > 0) next = Math.min(next, left);
      else lease.lose();
    }
    if (next < Number.POSITIVE_INFINITY) this.#timer = clock.setTimeout(this.#tick, next);
  };
}

/** The members of a machine's leases that one lease needs. */
export interface LeaseHome {
  readonly options: LeaseOptions;
  /** The turn of a lease has ended. */
  over(lease: DirectLease): void;
}

/** The lease of a conversation for one turn. */
export class DirectLease implements Lease, Member {
  readonly key: string;
  /** Its token and its fence, which grows with each continuing commit. */
  holder: LeaseHolder;
  readonly stored: StoredText | undefined;
  readonly startedAt: number;
  seat: Seat | undefined;
  at = -1;
  protected isLost = false;
  protected committedBefore = false;
  readonly leases: LeaseHome;
  private abort: AbortController | undefined;

  constructor(
    leases: LeaseHome,
    key: string,
    holder: LeaseHolder,
    stored: StoredText | undefined,
    startedAt: number,
  ) {
    this.leases = leases;
    this.key = key;
    this.holder = holder;
    this.stored = stored;
    this.startedAt = startedAt;
  }

  get signal(): AbortSignal {
    this.abort ??= new AbortController();
    if (this.isLost) this.abort.abort(this.lost());
    return this.abort.signal;
  }

  /** The conversation is somebody else's, or the turn has lasted too long. */
  lose(): void {
    this.isLost = true;
    this.leases.over(this);
    this.seat?.leave();
    this.abort?.abort(this.lost());
  }

  commit(write: Write | undefined, options: CommitOptions): void | Promise<void> {
    const { storage, longest } = this.leases.options;
    const { key, holder } = this;
    if (!options.keep) this.leases.over(this);
    let sent: Awaitable<CommitAnswer>;
    try {
      sent = storage.commit(key, holder, write, options.keep ? longest : undefined);
    } catch (cause) {
      return this.#failed(cause);
    }
    // synchronously where the storage has answered synchronously: a promise would be one more for every update
    if (typeof sent === 'string') return this.answered(sent, write, options);
    return within(sent, this.leases.options.clock).then(
      (answer) => this.answered(answer, write, options),
      (cause) => this.#failed(cause),
    );
  }

  /** @throws FsmError `LEASE_LOST` */
  protected answered(
    answer: CommitAnswer,
    write: Write | undefined,
    { keep }: CommitOptions,
  ): void {
    if (answer === 'rejected') {
      this.lose();
      throw this.lost();
    }
    if (keep) {
      const { token, fence } = this.holder;
      this.holder = { token, fence: fence + 1 };
      this.committedBefore = true;
    }
    if (write?.deadlineIn !== undefined) this.leases.options.armed?.(write.deadlineIn);
  }

  #failed(cause: unknown): never {
    const { key, committedBefore } = this;
    this.lose();
    throw (this.leases.options.storage.classify?.(cause) ?? 'unknown') === 'unknown'
      ? new FsmError('COMMIT_UNKNOWN', { key }, { cause })
      : storageFailed(key, 'commit', cause, committedBefore);
  }

  async release(): Promise<void> {
    const { storage, clock, report } = this.leases.options;
    this.leases.over(this);
    try {
      await within(storage.release(this.key, this.holder), clock);
    } catch (error) {
      report('release', error);
    }
  }

  protected lost(handled = false, cause?: unknown): FsmError<'LEASE_LOST'> {
    const details = { key: this.key, committedBefore: this.committedBefore, handled };
    return new FsmError('LEASE_LOST', details, cause === undefined ? undefined : { cause });
  }
}
