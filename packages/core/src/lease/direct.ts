/** Coordination within one process: the local queue excludes everybody else, so conversations are acquired and committed directly. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Granted, LeaseHolder, StoredText, Write } from '../storage/statements.ts';
import { backoff, newToken, sleep, storageFailed, whenAnswered, within } from './calls.ts';
import type { CommitOptions, Hold, LeaseOptions, Leases, TakeOptions } from './lease.ts';
import type { Seat } from './queue.ts';

/** Makes the leases of a machine whose storage only this process uses. */
export function directLeases(options: LeaseOptions): Leases {
  return new DirectLeases(options);
}

/** An attempt to acquire a conversation. */
interface Attempt extends TakeOptions {
  readonly key: string;
  readonly token: string;
  /** How often it was busy. */
  asks: number;
  /** When it was busy first, by the monotonic clock. */
  start?: number;
  /** The error with which {@link DirectLeases.giveUp} had rejected others when it began. */
  readonly before: unknown;
}

class DirectLeases implements Leases {
  readonly options: LeaseOptions;
  /** Oldest first. */
  readonly #live = new Set<DirectHold>();
  #timer: unknown;
  /** Why attempts that wait are rejected; each attempt compares it with what it began with. */
  #gaveUp: { readonly reason: unknown } | undefined;

  constructor(options: LeaseOptions) {
    this.options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  take(key: string, { bound, onBusy }: TakeOptions): Awaitable<Hold | undefined> {
    const before = this.#gaveUp;
    return this.#ask({ key, token: newToken(), bound, onBusy, asks: 0, before });
  }

  #ask(attempt: Attempt): Awaitable<Hold | undefined> {
    const { storage, clock, longest } = this.options;
    const { key, token, bound, before } = attempt;
    if (this.#gaveUp !== before) throw this.#gaveUp?.reason;
    return whenAnswered(
      () => storage.acquire(key, { token, lease: longest, queue: false }),
      (answer) => {
        if (!('busy' in answer)) return this.#hold(key, token, answer);
        // only another user of the storage that is no machine of this process
        if (bound === 0) return undefined;
        if (attempt.asks === 0) attempt.onBusy?.(answer);
        attempt.start ??= clock.monotonic();
        const waited = clock.monotonic() - attempt.start;
        if (waited >= bound) throw new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(waited) });
        const pause = Math.min(answer.busy + 1, backoff(attempt.asks++), bound - waited + 1);
        return sleep(pause, clock).then(() => this.#ask(attempt));
      },
      (cause) => storageFailed(key, 'acquire', cause),
      clock,
    );
  }

  #hold(key: string, token: string, { fence, stored }: Granted): Hold {
    const { clock, longest } = this.options;
    const hold = new DirectHold(this, key, { token, fence }, stored);
    this.#live.add(hold);
    this.#timer ??= clock.setTimeout(this.#tick, longest);
    return hold;
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

  over(hold: DirectHold): void {
    this.#live.delete(hold);
  }

  /** One timer for all: a turn that is short enough neither sets nor clears one. */
  readonly #tick = () => {
    const { clock, longest } = this.options;
    const now = clock.monotonic();
    this.#timer = undefined;
    for (const hold of this.#live) {
      const left = hold.startedAt + longest - now;
      if (left > 0) {
        this.#timer = clock.setTimeout(this.#tick, left);
        return;
      }
      hold.lose();
    }
  };
}

/** The members of a machine's leases that a hold needs. */
export interface HoldRoom {
  readonly options: LeaseOptions;
  /** The turn of a hold has ended. */
  over(hold: DirectHold): void;
}

/** A conversation that this process holds for one turn. */
export class DirectHold implements Hold {
  readonly key: string;
  /** Its token and its fence, which grows with each continuing commit. */
  holder: LeaseHolder;
  readonly stored: StoredText | undefined;
  /** When the turn began, by the monotonic clock. */
  readonly startedAt: number;
  seat: Seat | undefined;
  protected isLost = false;
  protected keptBefore = false;
  private readonly room: HoldRoom;
  private abort: AbortController | undefined;

  constructor(room: HoldRoom, key: string, holder: LeaseHolder, stored: StoredText | undefined) {
    this.room = room;
    this.key = key;
    this.holder = holder;
    this.stored = stored;
    this.startedAt = room.options.clock.monotonic();
  }

  get signal(): AbortSignal {
    this.abort ??= new AbortController();
    if (this.isLost) this.abort.abort(this.lost());
    return this.abort.signal;
  }

  /** The conversation is somebody else's, or the turn has lasted too long. */
  lose(): void {
    this.isLost = true;
    this.room.over(this);
    this.seat?.leave();
    this.abort?.abort(this.lost());
  }

  commit(write: Write | undefined, options: CommitOptions): Awaitable<void> {
    const { storage, longest, clock } = this.room.options;
    const { key, holder } = this;
    if (!options.keep) this.room.over(this);
    return whenAnswered(
      () => storage.commit(key, holder, write, options.keep ? longest : undefined),
      (answer) => {
        if (answer !== 'refused') return this.accepted(write, options);
        this.lose();
        throw this.lost();
      },
      (cause) => {
        this.lose();
        return storage.classify?.(cause) === 'fatal'
          ? storageFailed(key, 'commit', cause, this.keptBefore)
          : new FsmError('COMMIT_UNKNOWN', { key }, { cause });
      },
      clock,
    );
  }

  async release(): Promise<void> {
    const { storage, clock, report } = this.room.options;
    this.room.over(this);
    try {
      await within(storage.release(this.key, this.holder), clock);
    } catch (error) {
      report('release', error);
    }
  }

  protected accepted(write: Write | undefined, { keep }: CommitOptions): void {
    if (keep) {
      const { token, fence } = this.holder;
      this.holder = { token, fence: fence + 1 };
      this.keptBefore = true;
    }
    if (write?.deadlineIn !== undefined) this.room.options.armed?.(write.deadlineIn);
  }

  protected lost(handled = false, cause?: unknown): FsmError<'LEASE_LOST'> {
    const details = { key: this.key, keptBefore: this.keptBefore, handled };
    return new FsmError('LEASE_LOST', details, cause === undefined ? undefined : { cause });
  }
}
