/** One attempt to acquire a conversation that other processes may have: asking, waiting, and asking again. */

import { FsmError } from '../base/errors.ts';
import type { Acquired, Busy, Granted, LeaseHolder } from '../storage/statements.ts';
import { leaseTimes } from '../storage/times.ts';
import { backoff, faultOf, jitter, newToken, storageFailed, TimedOut } from './calls.ts';
import type { Gate } from './gate.ts';
import type { WaitOptions } from './lease.ts';
import { Mailbox } from './mailbox.ts';
import type { Notes } from './notes.ts';
import type { LeaseRoom } from './shared-lease.ts';
import type { WakeUps } from './wake-ups.ts';

/** The members of a machine's leases that an attempt needs. */
export interface AcquiringRoom extends Pick<LeaseRoom, 'options' | 'short' | 'urgent'> {
  readonly gate: Gate;
  readonly wakeUps: WakeUps;
  readonly notes: Notes;
  /** Whether the storage has ever answered. */
  hasAnswered: boolean;
  /** Whether a holder is one of this process whose attempt and turn are over. */
  isLate(holder: LeaseHolder): boolean;
  /** Releases a grant that nobody waits for any more. */
  late(key: string, holder: LeaseHolder): void;
}

/** A lease that an attempt has got. */
export interface Grant extends Granted {
  /** Until when it certainly lasts, by the monotonic clock. */
  readonly until: number;
}

/** The events for which an attempt waits. */
type News =
  | { readonly answer: Acquired; readonly sentAt: number }
  | { readonly failed: unknown }
  | 'ask again'
  | { readonly gaveUp: unknown };

/** One attempt; its requests have one token. */
export class Acquiring {
  readonly key: string;
  readonly token: string = newToken();
  /** Whether it may wait, and so register as a waiter. */
  readonly waits: boolean;
  /** An answer that still comes is for nobody. */
  isOver = false;
  readonly #room: AcquiringRoom;
  readonly #options: WaitOptions;
  readonly #news: Mailbox<News>;
  readonly #start: number;
  #failures = 0;
  /** The failure that says most; it is forgotten with the next answer. */
  #cause: unknown;
  /** How many busy answers it has had. */
  #rounds = 0;
  /** Whether a grant was extended that had spent most of its lease on the way. */
  #isExtended = false;
  /** The last note to the process that it waits for. */
  #note: string | undefined;

  constructor(room: AcquiringRoom, key: string, options: WaitOptions) {
    const { clock } = room.options;
    this.#room = room;
    this.key = key;
    this.#options = options;
    this.waits = options.timeout > 0;
    this.#news = new Mailbox(clock);
    this.#start = clock.monotonic();
  }

  /** It was handed the conversation, or the answer names a turn that is to end: asks at once. */
  askAgain(): void {
    this.#news.put('ask again');
  }

  giveUp(reason: unknown): void {
    this.#news.put({ gaveUp: reason });
  }

  /**
   * Asks until the conversation is acquired.
   *
   * @returns `undefined` if it is busy and may not wait
   * @throws FsmError `WAIT_TIMEOUT`, `STORAGE_FAILED`; the reason of {@link Acquiring.giveUp}
   */
  acquired(): Promise<Grant | undefined> {
    const signal = this.#options.interruption?.signal;
    const acquired = this.#acquired();
    if (signal === undefined) return acquired;
    const askAgain = () => this.askAgain();
    signal.addEventListener('abort', askAgain);
    return acquired.finally(() => signal.removeEventListener('abort', askAgain));
  }

  async #acquired(): Promise<Grant | undefined> {
    let askIn = 0;
    for (;;) {
      const item = await this.#news.take(Math.min(askIn, this.#left()));
      if (item === undefined && this.#left() <= 0) throw this.#timedOut();
      if (item === undefined || item === 'ask again') {
        this.#ask();
        askIn = Number.POSITIVE_INFINITY;
      } else if ('gaveUp' in item) throw item.gaveUp;
      else if ('failed' in item) askIn = this.#afterFailure(item.failed);
      else {
        this.#room.hasAnswered = true;
        this.#failures = 0;
        this.#cause = undefined;
        const { answer, sentAt } = item;
        if ('busy' in answer) {
          if (!this.waits) return undefined;
          askIn = await this.#whileBusy(answer);
          continue;
        }
        const { short, options } = this.#room;
        const isFresh = options.clock.monotonic() - sentAt <= short / 2;
        if (isFresh || this.#isExtended) return { ...answer, until: sentAt + short };
        // most of the lease was spent on the way: the same token extends it
        this.#isExtended = true;
        askIn = 0;
      }
    }
  }

  #ask(): void {
    const { gate, short, wakeUps, options } = this.#room;
    const { storage, clock } = options;
    const { key, token } = this;
    let sentAt = 0;
    const answered = (answer: Acquired) => {
      if (!this.isOver) this.#news.put({ answer, sentAt });
      else if (!('busy' in answer)) this.#room.late(key, { token, fence: answer.fence });
    };
    const send = () => {
      sentAt = clock.monotonic();
      return storage.acquire(key, { token, lease: short, queue: this.waits && wakeUps.isOpen });
    };
    const isWanted = () => !this.isOver;
    const isRepeated = this.#failures > 0;
    gate
      .send(send, { isUrgent: false, clock, isRepeated, isWanted, late: answered })
      .then(answered, (failed) => this.#news.put({ failed }));
  }

  /** In how many ms to ask again while another turn has the conversation. */
  async #whileBusy(answer: Busy): Promise<number> {
    const { options, wakeUps } = this.#room;
    const { owner, fence, busy } = answer;
    const holder = { token: owner, fence };
    if (this.#room.isLate(holder)) {
      await this.#room.urgent(() => options.storage.release(this.key, holder)).catch(() => {});
      return this.#rounds++ === 0 ? 0 : backoff(this.#rounds);
    }
    if (this.#rounds === 0) this.#options.onBusy?.(answer);
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
    const interrupter = this.#options.interruption?.interrupter();
    const note = `${owner} ${interrupter}`;
    if (interrupter === undefined || note === this.#note) return;
    this.#note = note;
    void this.#room.notes.leave(owner, interrupter);
  }

  /**
   * In how many ms to ask again.
   *
   * @throws FsmError `STORAGE_FAILED` if that is not worth another try
   */
  #afterFailure(error: unknown): number {
    // a certain cause says more than a time-out after it
    if (this.#cause === undefined || !(error instanceof TimedOut)) this.#cause = error;
    if (this.#isHopeless(error)) throw storageFailed(this.key, 'acquire', this.#cause);
    return backoff(this.#failures++);
  }

  #isHopeless(error: unknown): boolean {
    const { storage, lease } = this.#room.options;
    if (faultOf(storage, error) === 'fatal') return true;
    // never reached, and rejected: a wrong address, not a restart
    if (!this.#room.hasAnswered && isRefused(error)) return true;
    // a storage that sorts its errors is worth waiting for; of another, three tries show enough
    const patience = storage.classify === undefined ? 0 : Math.min(this.#options.timeout, lease);
    return this.#failures >= 2 && this.#spent() >= patience;
  }

  #timedOut(): FsmError {
    const { key } = this;
    if (this.#cause !== undefined) return storageFailed(key, 'acquire', this.#cause);
    return new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(this.#spent()) });
  }

  #spent(): number {
    return this.#room.options.clock.monotonic() - this.#start;
  }

  #left(): number {
    return this.waits ? this.#options.timeout - this.#spent() : Number.POSITIVE_INFINITY;
  }
}

/** Nobody listens there, or there is no such host. */
function isRefused(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}
