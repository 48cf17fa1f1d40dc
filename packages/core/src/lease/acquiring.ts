/** One attempt to acquire a conversation that other processes may have: asking, waiting, and asking again. */

import { FsmError } from '../base/errors.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Acquired, Busy, Granted, LeaseHolder } from '../storage/statements.ts';
import { leaseTimes } from '../storage/times.ts';
import { backoff, faultOf, jitter, newToken, storageFailed, TimedOut } from './calls.ts';
import type { DueAt } from './due.ts';
import type { Sender, Statement } from './gate.ts';
import type { Lease, WaitOptions } from './lease.ts';
import type { Member } from './live.ts';
import type { Notes } from './notes.ts';
import type { LeaseRoom } from './shared-lease.ts';
import type { WakeUps } from './wake-ups.ts';

/** The members of a machine's leases that an attempt needs. */
export interface AcquiringRoom
  extends Sender,
    Pick<LeaseRoom, 'options' | 'short' | 'gate' | 'urgent'> {
  readonly wakeUps: WakeUps;
  readonly notes: Notes;
  /** Whether the storage has ever answered. */
  hasAnswered: boolean;
  /**
   * Makes the lease of an attempt that has ended well.
   *
   * @param now - by the monotonic clock
   * @param until - until when it certainly lasts
   */
  granted(attempt: Acquiring, answer: Granted, now: number, until: number): Lease;
  /** An attempt has ended without a lease. */
  gaveUp(attempt: Acquiring): void;
  /** Whether a holder is one of this process whose attempt and turn are over. */
  isLate(holder: LeaseHolder): boolean;
  /** Releases a grant that nobody waits for any more. */
  late(key: string, holder: LeaseHolder): void;
}

/** One attempt. It is the statement that it sends, as often as it asks: each has the same token. */
export class Acquiring implements Member, Statement<Acquired> {
  at = -1;
  readonly leases: AcquiringRoom;
  readonly key: string;
  readonly token: string = newToken();
  readonly options: WaitOptions;
  readonly isUrgent = false;
  readonly #timeout: number;
  /** Whether it may wait, and so register as a waiter. */
  readonly waits: boolean;
  readonly #start: number;
  /** When it gives up. */
  readonly #last: DueAt;
  #resolve: ((lease: Lease | undefined) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  isOver = false;
  /** When it asks again, or has waited for too long. */
  dueAt: DueAt = Number.POSITIVE_INFINITY;
  /** How often it has asked. */
  #asks = 0;
  failures = 0;
  /** The failure that says most; it is forgotten with the next answer. */
  #cause: unknown;
  /** How many busy answers it has had. */
  #rounds = 0;
  /** Whether a grant was extended that had spent most of its lease on the way. */
  #isExtended = false;
  /** The last note to the process that it waits for. */
  #note: string | undefined;

  constructor(leases: AcquiringRoom, key: string, options: WaitOptions) {
    this.leases = leases;
    this.key = key;
    this.options = options;
    // of work from outside, it gets shorter meanwhile
    this.#timeout = options.timeout;
    this.waits = this.#timeout > 0;
    this.#start = leases.clock.monotonic();
    this.#last = this.waits ? this.#start + this.#timeout : Number.POSITIVE_INFINITY;
  }

  /**
   * Asks until the conversation is acquired. To be called once.
   *
   * @returns `undefined` if it is busy and may not wait
   * @throws FsmError `WAIT_TIMEOUT`, `STORAGE_FAILED`; the reason of {@link Acquiring.giveUp}
   */
  acquired(): Promise<Lease | undefined> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.options.interruption?.signal.addEventListener('abort', this);
      this.askAgain();
    });
  }

  /** Also where it was handed the conversation, and where a turn that it waits for is to end. */
  askAgain(): void {
    if (this.isOver) return;
    this.#asks++;
    this.#continueAt(Number.POSITIVE_INFINITY);
    this.leases.gate.pass(this);
  }

  send(): Awaitable<Acquired> {
    const { options, short, wakeUps } = this.leases;
    const { key, token, waits } = this;
    return options.storage.acquire(key, { token, lease: short, queue: waits && wakeUps.isOpen });
  }

  /** Called when its interruption aborts: as the listener itself, it needs no function for that. */
  handleEvent(): void {
    this.askAgain();
  }

  giveUp(reason: unknown): void {
    if (this.isOver) return;
    this.#end();
    this.leases.gaveUp(this);
    this.#reject?.(reason);
  }

  #end(): void {
    this.isOver = true;
    this.options.interruption?.signal.removeEventListener('abort', this);
  }

  /** Asks again then, unless it has waited for too long by then. */
  #continueAt(at: DueAt): void {
    this.dueAt = Math.min(at, this.#last);
    this.leases.timer.by(this.dueAt);
  }

  /** Called now and then until it has ended. */
  tick(now: number): void {
    if (now >= this.dueAt) this.#continue(now);
  }

  #continue(now: number): void {
    if (now < this.#last) this.askAgain();
    else this.giveUp(this.#timedOut());
  }

  answered(answer: Acquired, sentAt: number): void {
    const { key, token } = this;
    if (Object(answer) !== answer) {
      throw new Error(`The storage answered an acquire with ${shown(answer)}.`);
    }
    if (this.isOver) {
      if (!('busy' in answer)) this.leases.late(key, { token, fence: answer.fence });
      return;
    }
    this.leases.hasAnswered = true;
    this.failures = 0;
    this.#cause = undefined;
    if ('busy' in answer) void this.#whileBusy(answer);
    else this.#granted(answer, sentAt);
  }

  #granted(answer: Granted, sentAt: number): void {
    const { short, clock } = this.leases;
    const now = clock.monotonic();
    if (now - sentAt <= short / 2 || this.#isExtended) {
      this.#end();
      this.#resolve?.(this.leases.granted(this, answer, now, sentAt + short));
      return;
    }
    // most of the lease was spent on the way: the same token extends it
    this.#isExtended = true;
    this.#continue(now);
  }

  async #whileBusy(answer: Busy): Promise<void> {
    if (!this.waits) {
      this.#end();
      this.leases.gaveUp(this);
      return this.#resolve?.(undefined);
    }
    const asks = this.#asks;
    try {
      const askIn = await this.#pauseBehind(answer);
      // it may have asked meanwhile
      if (this.isOver || this.#asks > asks) return;
      const now = this.leases.clock.monotonic();
      if (askIn > 0) this.#continueAt(now + askIn);
      else this.#continue(now);
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** In how many ms to ask again while another turn has the conversation. */
  async #pauseBehind(answer: Busy): Promise<number> {
    const { options, wakeUps } = this.leases;
    const { owner, fence, busy } = answer;
    const holder = { token: owner, fence };
    if (this.leases.isLate(holder)) {
      await this.leases.urgent(() => options.storage.release(this.key, holder)).catch(() => {});
      return this.#rounds++ === 0 ? 0 : backoff(this.#rounds);
    }
    if (this.#rounds === 0) this.options.onBusy?.(answer);
    this.#interrupt(owner);
    const round = this.#rounds++;
    // asked again at once, so that no message is missed
    if (!wakeUps.isOpen && (await wakeUps.open())) return 0;
    return wakeUps.isOpen
      ? Math.min(busy, leaseTimes.handOver) + jitter(20)
      : Math.min(busy + 1, 10 * 1.5 ** Math.min(round, 6)) + jitter(5);
  }

  /** Asks another process to end its turn, if this one is to go first. */
  #interrupt(owner: string): void {
    const interrupter = this.options.interruption?.interrupter();
    const note = `${owner} ${interrupter}`;
    if (interrupter === undefined || note === this.#note) return;
    this.#note = note;
    void this.leases.notes.leave(owner, interrupter);
  }

  failed(error: unknown): void {
    if (this.isOver) return;
    // a certain cause says more than a time-out after it
    if (this.#cause === undefined || !(error instanceof TimedOut)) this.#cause = error;
    if (this.#isHopeless(error)) this.giveUp(storageFailed(this.key, 'acquire', this.#cause));
    else this.#continueAt(this.leases.clock.monotonic() + backoff(this.failures++));
  }

  #isHopeless(error: unknown): boolean {
    const { storage, lease } = this.leases.options;
    if (faultOf(storage, error) === 'fatal') return true;
    // never reached, and rejected: a wrong address, not a restart
    if (!this.leases.hasAnswered && isRefused(error)) return true;
    // a storage that sorts its errors is worth waiting for; of another, three tries show enough
    const patience = storage.classify === undefined ? 0 : Math.min(this.#timeout, lease);
    return this.failures >= 2 && this.#spent() >= patience;
  }

  #timedOut(): FsmError {
    const { key } = this;
    if (this.#cause !== undefined) return storageFailed(key, 'acquire', this.#cause);
    return new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(this.#spent()) });
  }

  #spent(): number {
    return this.leases.clock.monotonic() - this.#start;
  }
}

/** Nobody listens there, or there is no such host. */
function isRefused(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}
