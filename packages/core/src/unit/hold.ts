/** A conversation that this process holds: waiting for it, holding on, writing for certain, and letting go. */

import type { Clock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { decode } from '../record/codec.ts';
import { hasSeen, type UnitId } from '../record/ids.ts';
import type {
  Acquired,
  CommitAnswer,
  FsmStorage,
  Lease,
  StoredText,
  Write,
} from '../storage/storage.ts';
import type { Place } from './queue.ts';

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

/** Takes conversations from one storage. */
export interface Holder {
  /**
   * Takes a conversation, waiting while another process has it.
   *
   * @param bound - ms to wait at most; 0 does not wait at all
   * @returns `undefined` if it was busy and `bound` is 0
   * @throws FsmError `WAIT_TIMEOUT`, `STORAGE_FAILED`
   */
  take(key: string, bound: number, signal?: AbortSignal): Awaitable<Hold | undefined>;
  /** Conversations held; for tests and for stopping. */
  readonly size: number;
  /** Ends wake-ups and renewals. */
  stop(): void;
}

/** One attempt to take a conversation. */
interface Taking {
  readonly token: string;
  /** Ms to wait at most. */
  readonly bound: number;
  /** Whether it has failed: what an earlier call may still bring is nobody's then. */
  gaveUp: boolean;
}

/** How long one call to a storage may take, in ms, before it is asked again. */
export const callBound = 5000;
/** How long a conversation that was handed over waits to be taken, in ms. */
const askAgainAfter = 2000;

/** How long a message channel that could not be opened is left alone, in ms. */
const deafFor = 60_000;

let processId: string | undefined;
let tokens = 0;

/** A token that is used once: names this process and counts. */
export function newToken(): string {
  // made at the first use: edge workers refuse random numbers while a module loads
  processId ??= `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  return `${processId}.${++tokens}`;
}

/** Makes the holder of one machine. */
export function holderOf(options: HoldOptions): Holder {
  const { storage, clock, lease: leaseMs, longest, report } = options;
  const live = new LiveHolds();
  const grants = grantsOf(storage, clock, report);
  let timer: unknown;

  // One timer for all leases. It goes on for as long as there is any, so a quick turn neither sets nor clears one.
  const tick = () => {
    timer = undefined;
    const now = clock.now();
    for (const hold of live.all())
      if (now - hold.takenAt > longest) hold.lose();
      else hold.renew(now);
    if (live.size > 0) arm();
  };
  const arm = () => {
    timer ??= clock.setTimeout(tick, Math.min(leaseMs / 3, longest));
  };

  const held = (key: string, token: string, lease: Lease): Hold => {
    const hold = new RunningHold(key, token, lease, options, live);
    live.add(hold);
    arm();
    return hold;
  };

  const ask = (key: string, token: string, bound: number): Awaitable<Acquired> => {
    // whoever does not wait must not be handed the conversation either
    const queue = bound > 0 && grants.proven;
    // before the answer: the message may come by another connection, and overtake it
    if (queue) grants.expect(token);
    return storage.acquire(key, { token, lease: leaseMs, queue });
  };
  /** A success that comes late is let go, unless a later call with the same token was or may yet be given it. */
  const answered = (asked: Awaitable<Acquired>, taking: Taking): Awaitable<Acquired> =>
    within(asked, callBound, clock, (late) => {
      if (taking.gaveUp && 'commit' in late) ignore(late.release());
    });

  const takeSlowly = async (
    key: string,
    taking: Taking,
    first: Awaitable<Acquired>,
    signal: AbortSignal | undefined,
  ): Promise<Hold | undefined> => {
    const { token, bound } = taking;
    const start = clock.now();
    let answer: Awaitable<Acquired> | undefined = first;
    try {
      for (let failures = 0, rounds = 0; ; rounds++) {
        signal?.throwIfAborted();
        let got: Acquired | undefined;
        try {
          got = await answered(answer ?? ask(key, token, bound), taking);
          failures = 0;
        } catch (error) {
          const fault = error instanceof TimedOut ? 'unknown' : faultOf(storage, error);
          const spent = clock.now() - start;
          // a storage that sorts its errors is worth waiting for; of another, three tries show enough
          const patience = storage.classify === undefined ? 0 : Math.min(bound, leaseMs);
          const once = !storage.features.fencing;
          if (fault === 'fatal' || once || (failures >= 2 && spent >= patience)) {
            const details = { key, operation: 'acquire', keptBefore: false };
            throw new FsmError('STORAGE_FAILED', details, { cause: error });
          }
          await sleep(backoff(failures++), clock);
        }
        answer = undefined;
        if (got === undefined) continue;
        if ('commit' in got) return held(key, token, got);
        if (bound === 0) return undefined;
        const spent = clock.now() - start;
        if (spent >= bound) throw new FsmError('WAIT_TIMEOUT', { key, ms: Math.round(spent) });
        // opened at the first contention; asked again at once, so that no message is missed
        if (!grants.proven && (await grants.open())) continue;
        const wait = grants.proven
          ? Math.min(got.busy, askAgainAfter) + jitter(20)
          : Math.min(got.busy + 1, 10 * 1.5 ** Math.min(rounds, 6)) + jitter(5);
        await grants.wait(token, Math.min(wait, bound - spent + 1));
      }
    } catch (error) {
      taking.gaveUp = true;
      throw error;
    } finally {
      grants.forget(token);
    }
  };

  return {
    take(key, bound, signal) {
      const token = newToken();
      let answer: Awaitable<Acquired>;
      try {
        answer = ask(key, token, bound);
      } catch (error) {
        answer = Promise.reject(error);
      }
      if (!isPromise(answer) && 'commit' in answer) return held(key, token, answer);
      const taking: Taking = { token, bound, gaveUp: false };
      return takeSlowly(key, taking, answer, signal);
    },
    get size() {
      return live.size;
    },
    stop() {
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      grants.close();
    },
  };
}

/** Holds that run, each linked with the next: a set would have to number every one of them. */
class LiveHolds {
  size = 0;
  #newest: RunningHold | undefined;

  add(hold: RunningHold): void {
    hold.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = hold;
    this.#newest = hold;
    hold.isLive = true;
    this.size++;
  }

  delete(hold: RunningHold): void {
    if (!hold.isLive) return;
    const { older, newer } = hold;
    if (older !== undefined) older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    hold.older = undefined;
    hold.newer = undefined;
    hold.isLive = false;
    this.size--;
  }

  all(): readonly RunningHold[] {
    const all: RunningHold[] = [];
    for (let hold = this.#newest; hold !== undefined; hold = hold.older) all.push(hold);
    return all;
  }
}

/** A class, since one is made for every update: its methods stand on the prototype. */
class RunningHold implements Hold {
  readonly key: string;
  readonly stored: StoredText | undefined;
  readonly takenAt: number;
  place: Place | undefined;
  /** Kept by {@link LiveHolds}. */
  isLive = false;
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
  readonly #live: LiveHolds;

  constructor(key: string, token: string, lease: Lease, options: HoldOptions, live: LiveHolds) {
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
        else if (token === this.#token && !this.#isCommitting && this.isLive) this.lose();
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
          throw new FsmError('STORAGE_FAILED', { key, operation: 'commit', keptBefore }, { cause });
        }
        if (clock.now() >= this.#until || !storage.features.fencing) {
          this.lose();
          const code = unsure ? 'COMMIT_UNKNOWN' : 'STORAGE_FAILED';
          throw new FsmError(code, { key, operation: 'commit', keptBefore }, { cause });
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

/** Wake-ups by the storage's message channel, opened at the first contention. */
function grantsOf(storage: FsmStorage, clock: Clock, report: HoldOptions['report']) {
  const waiting = new Map<string, { told: boolean; wake: (() => void) | undefined }>();
  let isOpen = false;
  /** When to try again to open it. */
  let nextTry = storage.granted ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let opening: Promise<boolean> | undefined;
  let stop: (() => void) | undefined;
  return {
    get proven(): boolean {
      return isOpen;
    },
    /** Whether messages arrive from now on. */
    open(): Promise<boolean> {
      if (clock.now() < nextTry) return Promise.resolve(false);
      opening ??= (storage.granted as NonNullable<FsmStorage['granted']>)((token) => {
        const waiter = waiting.get(token);
        if (waiter === undefined) return;
        waiter.told = true;
        waiter.wake?.();
      }).then(
        (off) => {
          stop = off;
          isOpen = true;
          return true;
        },
        (error) => {
          report('granted', error);
          nextTry = clock.now() + deafFor;
          opening = undefined;
          return false;
        },
      );
      return opening;
    },
    /** From now on a message for this token is kept for it, until it is forgotten. */
    expect(token: string): void {
      if (!waiting.has(token)) waiting.set(token, { told: false, wake: undefined });
    },
    forget(token: string): void {
      waiting.delete(token);
    },
    /** Waits for the token's message, or for so many ms. */
    wait(token: string, ms: number): Promise<void> {
      const waiter = waiting.get(token);
      return new Promise((resolve) => {
        const done = () => {
          if (waiter !== undefined) {
            waiter.told = false;
            waiter.wake = undefined;
          }
          clock.clearTimeout(timer);
          resolve();
        };
        const timer = clock.setTimeout(done, ms);
        if (waiter === undefined) return;
        waiter.wake = done;
        if (waiter.told) done();
      });
    },
    close(): void {
      stop?.();
      stop = undefined;
      opening = undefined;
      isOpen = false;
    },
  };
}

/** A call to a storage that took too long; what became of it is unknown. */
class TimedOut extends Error {}

/** Bounds how long a call to a storage is waited for; `late` hears of an answer that comes after all. */
export function within<T>(
  answer: Awaitable<T>,
  ms: number,
  clock: Clock,
  late?: (value: T) => void,
): Awaitable<T> {
  if (!isPromise(answer)) return answer;
  return new Promise((resolve, reject) => {
    let over = false;
    const timer = clock.setTimeout(() => {
      over = true;
      reject(new TimedOut(`The storage did not answer within ${ms} ms.`));
    }, ms);
    answer.then(
      (value) => {
        clock.clearTimeout(timer);
        if (over) late?.(value);
        else resolve(value);
      },
      (error) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function faultOf(storage: FsmStorage, error: unknown): 'retry' | 'fatal' | 'unknown' {
  // an error of ours is no accident of the network: the storage says what is wrong
  if (error instanceof FsmError) return 'fatal';
  return storage.classify?.(error) ?? 'unknown';
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

function ignore(answer: Awaitable<unknown>): void {
  if (isPromise(answer)) answer.then(undefined, () => {});
}

/** Whether an answer is still to come. */
export function isPromise<T>(answer: Awaitable<T>): answer is PromiseLike<T> {
  if (typeof answer !== 'object' || answer === null) return false;
  return (answer as { readonly then?: unknown }).then !== undefined;
}

function sleep(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}

function backoff(failures: number): number {
  return Math.min(500, 50 * 2 ** failures) + jitter(25);
}

function jitter(ms: number): number {
  return Math.random() * ms;
}
