/** Coordination within one process: the local queue excludes everybody else, so conversations are acquired and committed directly. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type {
  Acquired,
  CommitAnswer,
  Granted,
  LeaseHolder,
  StoredText,
  Write,
} from '../storage/statements.ts';
import { backoff, callBound, isPromise, newToken, sleep, storageFailed, within } from './calls.ts';
import type { CommitOptions, Hold, LeaseOptions, Leases, TakeOptions } from './lease.ts';
import type { Seat } from './queue.ts';

/** Makes the leases of a machine whose storage only this process uses. */
export function directLeases(options: LeaseOptions): Leases {
  return new DirectLeases(options);
}

class DirectLeases implements Leases {
  readonly options: LeaseOptions;
  readonly #live: DirectHold[] = [];
  #timer: unknown;
  /** Why attempts that wait are rejected; each attempt compares it with what it began with. */
  #gaveUp: { readonly reason: unknown } | undefined;

  constructor(options: LeaseOptions) {
    this.options = options;
  }

  get size(): number {
    return this.#live.length;
  }

  take(key: string, options: TakeOptions): Awaitable<Hold | undefined> {
    const token = newToken();
    const asked = this.#acquire(key, token);
    // a storage that answers at once costs no promise
    return isPromise(asked) || 'busy' in asked
      ? this.#wait(key, token, options, asked)
      : this.#hold(key, token, asked);
  }

  #acquire(key: string, token: string): Awaitable<Acquired> {
    const { storage, longest } = this.options;
    try {
      return storage.acquire(key, { token, lease: longest, queue: false });
    } catch (error) {
      throw storageFailed(key, 'acquire', error);
    }
  }

  #hold(key: string, token: string, { fence, stored }: Granted): Hold {
    const { clock, longest } = this.options;
    const hold = new DirectHold(this, key, { token, fence }, stored);
    hold.at = this.#live.push(hold) - 1;
    this.#timer ??= clock.setTimeout(this.#tick, longest);
    return hold;
  }

  async #wait(
    key: string,
    token: string,
    { bound, onBusy }: TakeOptions,
    first: Awaitable<Acquired>,
  ): Promise<Hold | undefined> {
    const { clock } = this.options;
    let start: number | undefined;
    const before = this.#gaveUp;
    let asked = first;
    for (let asks = 0; ; asks++) {
      if (this.#gaveUp !== before) throw this.#gaveUp?.reason;
      if (asks > 0) asked = this.#acquire(key, token);
      let answer: Acquired;
      try {
        answer = await within(asked, callBound, clock);
      } catch (error) {
        throw storageFailed(key, 'acquire', error);
      }
      if (!('busy' in answer)) return this.#hold(key, token, answer);
      // only another user of the storage that is no machine of this process
      if (bound === 0) return undefined;
      if (asks === 0) onBusy?.(answer);
      start ??= clock.monotonic();
      const waited = clock.monotonic() - start;
      if (waited >= bound) throw new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(waited) });
      await sleep(Math.min(answer.busy + 1, backoff(asks), bound - waited + 1), clock);
    }
  }

  async ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return within(statement(), callBound, this.options.clock);
  }

  giveUp(reason: unknown): void {
    this.#gaveUp = { reason };
  }

  stop(): void {
    if (this.#timer !== undefined) this.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The turn of a hold has ended: the last one takes its place in the list. */
  over(hold: DirectHold): void {
    if (this.#live[hold.at] !== hold) return;
    const last = this.#live.pop() as DirectHold;
    if (last === hold) return;
    this.#live[hold.at] = last;
    last.at = hold.at;
  }

  /** One timer for all: a turn that is short enough neither sets nor clears one. */
  readonly #tick = () => {
    const { clock, longest } = this.options;
    const now = clock.monotonic();
    for (const hold of [...this.#live]) if (now - hold.startedAt >= longest) hold.lose();
    this.#timer = undefined;
    if (this.#live.length === 0) return;
    const next = Math.min(...this.#live.map(({ startedAt }) => startedAt));
    this.#timer = clock.setTimeout(this.#tick, next + longest - now);
  };
}

class DirectHold implements Hold {
  readonly key: string;
  readonly stored: StoredText | undefined;
  readonly startedAt: number;
  /** Where it is among the live ones. */
  at = 0;
  seat: Seat | undefined;
  private readonly leases: DirectLeases;
  private readonly token: string;
  private fence: number;
  private isLost = false;
  private keptBefore = false;
  private abort: AbortController | undefined;

  constructor(
    leases: DirectLeases,
    key: string,
    { token, fence }: LeaseHolder,
    stored: StoredText | undefined,
  ) {
    const { clock } = leases.options;
    this.leases = leases;
    this.key = key;
    this.token = token;
    this.fence = fence;
    this.stored = stored;
    this.startedAt = clock.monotonic();
  }

  get signal(): AbortSignal {
    this.abort ??= new AbortController();
    if (this.isLost) this.abort.abort(this.lost());
    return this.abort.signal;
  }

  lose(): void {
    this.isLost = true;
    this.leases.over(this);
    this.seat?.leave();
    this.abort?.abort(this.lost());
  }

  commit(write: Write | undefined, { keep }: CommitOptions): Awaitable<void> {
    const { storage, longest } = this.leases.options;
    const holder = { token: this.token, fence: this.fence };
    if (!keep) this.leases.over(this);
    let sent: Awaitable<CommitAnswer>;
    try {
      sent = storage.commit(this.key, holder, write, keep ? longest : undefined);
    } catch (cause) {
      throw this.failed(cause);
    }
    return isPromise(sent) ? this.bounded(sent, write, keep) : this.answered(sent, write, keep);
  }

  private async bounded(
    sent: PromiseLike<CommitAnswer>,
    write: Write | undefined,
    keep: boolean,
  ): Promise<void> {
    let answer: CommitAnswer;
    try {
      answer = await within(sent, callBound, this.leases.options.clock);
    } catch (cause) {
      throw this.failed(cause);
    }
    this.answered(answer, write, keep);
  }

  /** The error for a commit of which the storage has not said what became of it. */
  private failed(cause: unknown): FsmError {
    const { key } = this;
    this.lose();
    return this.leases.options.storage.classify?.(cause) === 'fatal'
      ? storageFailed(key, 'commit', cause, this.keptBefore)
      : new FsmError('COMMIT_UNKNOWN', { key }, { cause });
  }

  private answered(answer: CommitAnswer, write: Write | undefined, keep: boolean): void {
    const { armed } = this.leases.options;
    if (answer === 'refused') {
      this.lose();
      throw this.lost();
    }
    if (keep) {
      this.fence++;
      this.keptBefore = true;
    }
    if (write?.deadlineIn !== undefined) armed?.(write.deadlineIn);
  }

  async release(): Promise<void> {
    const { storage, clock, report } = this.leases.options;
    this.leases.over(this);
    try {
      const holder = { token: this.token, fence: this.fence };
      await within(storage.release(this.key, holder), callBound, clock);
    } catch (error) {
      report('release', error);
    }
  }

  private lost(): FsmError<'LEASE_LOST'> {
    const { key } = this;
    return new FsmError('LEASE_LOST', { key, keptBefore: this.keptBefore, handled: false });
  }
}
