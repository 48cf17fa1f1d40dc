/** Takes conversations: at once where they are free, by waiting where another process has them, and keeps their leases alive. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Acquired, Lease } from '../storage/storage.ts';
import { grantsOf } from './grants.ts';
import { type Hold, type HoldOptions, RunningHold } from './hold.ts';
import { LinkedList } from './linked-list.ts';
import {
  backoff,
  callBound,
  faultOf,
  ignore,
  isPromise,
  jitter,
  newToken,
  sleep,
  storageFailed,
  TimedOut,
  within,
} from './storage-calls.ts';

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

/** How long a conversation that was handed over waits to be taken, in ms. */
const askAgainAfter = 2000;

/** Makes the holder of one machine. */
export function holderOf(options: HoldOptions): Holder {
  const { storage, clock, lease: leaseMs, longest, report } = options;
  const live = new LinkedList<RunningHold>();
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
            throw storageFailed(key, 'acquire', error);
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
        const wait = (await grants.proven)
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
