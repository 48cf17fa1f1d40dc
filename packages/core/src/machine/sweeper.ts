/** The sweeper: looks for conversations whose deadline has passed, in whichever process gets there first. */

import type { Clock } from '../base/clock.ts';
import type { Leases } from '../lease/lease.ts';
import type { FsmStorage } from '../lease/storage.ts';

/** Options of the sweeper. */
export interface SweeperOptions {
  readonly storage: FsmStorage;
  /** Sends its statements. */
  readonly leases: Leases;
  /** Begins the keys of this machine's conversations. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Ms between two looks, at most. */
  readonly every: number;
  /** How long a claim keeps other sweepers away, in ms: that of a process that died is over when its leases are. */
  readonly claim: number;
  /** Handlers at once. */
  readonly parallel: number;
  /** Fires one; `true` if a deadline was fired, `false` if it was busy or not yet due. */
  readonly fire: (key: string) => Promise<boolean>;
  /** Whether nothing more is to be fired. */
  readonly isStopped: () => boolean;
  readonly report: (operation: string, error: unknown) => void;
  /** Called once if a deadline is written before anything has looked for deadlines. */
  readonly neglected: () => void;
}

/** Fires deadlines. */
export interface Sweeper {
  start(): void;
  /** A deadline was written that passes in so many ms: a sleeping sweeper wakes for it. */
  expect(ms: number): void;
  /** Looks no more; resolves when the handlers that run have ended. */
  stop(): Promise<void>;
  /** Looks once, fires up to `limit`, and says how many it has fired. */
  sweep(limit: number): Promise<number>;
}

/** Beyond it there is nothing to wait for, in ms. */
const longestRest = 1e13;
/** How many are claimed at a time. */
const batch = 100;

/** Makes the sweeper of one machine. */
export function sweeperOf(options: SweeperOptions): Sweeper {
  const {
    storage,
    leases,
    prefix,
    clock,
    every,
    claim,
    parallel,
    fire,
    isStopped,
    report,
    neglected,
  } = options;
  let timer: unknown;
  let running: Promise<number> | undefined;
  let stopped = true;
  let isAttended = false;

  const sweep = async (limit: number): Promise<number> => {
    let fired = 0;
    let left = limit;
    // those that were busy stay claimed until the end of the look: so they hide nobody behind them
    const busy: string[] = [];
    while (left > 0 && !isStopped()) {
      const limit = Math.min(batch, left);
      const keys = await leases.ask(() => storage.due?.(limit, claim, prefix) ?? []);
      left -= keys.length;
      await each(keys, async (key) => {
        try {
          if (await fire(key)) {
            fired++;
            await settle(key);
          } else busy.push(key);
        } catch (error) {
          // tried again when its claim has ended, not at once: it may fail for as long as a deploy lasts
          report('deadline', error);
        }
      });
      if (keys.length < batch) break;
    }
    await each(busy, settle);
    return fired;
  };
  const each = async (keys: readonly string[], work: (key: string) => Promise<void>) => {
    let next = 0;
    const worker = async () => {
      for (let key = keys[next++]; key !== undefined; key = keys[next++]) await work(key);
    };
    await Promise.all(Array.from({ length: Math.min(parallel, keys.length) }, worker));
  };
  /** Where this fails, the claim ends by itself. */
  const settle = async (key: string): Promise<void> => {
    try {
      await leases.ask(() => storage.settled?.(key));
    } catch (error) {
      report('settled', error);
    }
  };
  /** When the next look is, by the monotonic clock. */
  let nextLook = Number.POSITIVE_INFINITY;
  const lookIn = (ms: number) => {
    if (timer !== undefined) clock.clearTimeout(timer);
    nextLook = clock.monotonic() + ms;
    timer = clock.setTimeout(tick, ms);
  };
  const tick = () => {
    timer = undefined;
    nextLook = Number.POSITIVE_INFINITY;
    running = sweep(Number.POSITIVE_INFINITY)
      .catch((error) => {
        report('due', error);
        return 0;
      })
      .finally(() => {
        running = undefined;
        if (stopped) return;
        // jitter, so that processes do not look at the same moment; never later than was promised
        const pause = every * (0.8 + Math.random() * 0.2);
        const next = storage.nextDueIn?.() ?? 0;
        if (next < longestRest) lookIn(Math.max(pause, next));
      });
  };
  return {
    start() {
      isAttended = true;
      if (!stopped) return;
      stopped = false;
      // a look that still runs continues
      if (running === undefined) tick();
    },
    expect(ms) {
      if (!isAttended) neglected();
      isAttended = true;
      if (stopped || running !== undefined || storage.nextDueIn === undefined) return;
      const soon = Math.max(ms, every * 0.8);
      if (clock.monotonic() + soon < nextLook) lookIn(soon);
    },
    async stop() {
      stopped = true;
      nextLook = Number.POSITIVE_INFINITY;
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      await running;
    },
    sweep(limit) {
      isAttended = true;
      return sweep(limit);
    },
  };
}
