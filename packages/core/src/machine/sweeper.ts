/** The sweeper: looks for conversations whose deadline has passed, in whichever process gets there first. */

import type { Clock } from '../base/clock.ts';
import type { FsmStorage } from '../storage/storage.ts';
import { callBound, within } from '../lease/calls.ts';

/** What the sweeper needs. */
export interface SweeperOptions {
  readonly storage: FsmStorage;
  /** Begins the keys of this machine's conversations. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Ms between two looks, at most. */
  readonly every: number;
  /** Handlers at once. */
  readonly parallel: number;
  /** Fires one; `true` if a deadline was fired, `false` if it was busy or not yet due. */
  readonly fire: (key: string) => Promise<boolean>;
  /** Whether nothing more is to be fired. */
  readonly isStopped: () => boolean;
  readonly report: (operation: string, error: unknown) => void;
}

/** Fires deadlines. */
export interface Sweeper {
  start(): void;
  /** Looks no more; resolves when the handlers that run have ended. */
  stop(): Promise<void>;
  /** Looks once, fires up to `limit`, and says how many it has fired. */
  sweep(limit: number): Promise<number>;
}

/** How long a claim keeps other sweepers away, in ms. */
const claim = 30_000;
/** How many are claimed at a time. */
const batch = 100;

/** Makes the sweeper of one machine. */
export function sweeperOf(options: SweeperOptions): Sweeper {
  const { storage, prefix, clock, every, parallel, fire, isStopped, report } = options;
  let timer: unknown;
  let running: Promise<number> | undefined;
  let stopped = true;

  const sweep = async (limit: number): Promise<number> => {
    let fired = 0;
    let left = limit;
    // those that were busy stay claimed until the end of the look: so they hide nobody behind them
    const busy: string[] = [];
    while (left > 0 && !isStopped()) {
      const asked = storage.due?.(Math.min(batch, left), claim, prefix) ?? [];
      const keys = await within(asked, claim, clock);
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
      await within(storage.settled?.(key), callBound, clock);
    } catch (error) {
      report('settled', error);
    }
  };
  const idle = () => storage.dueIn?.() ?? 0;
  const tick = () => {
    timer = undefined;
    running = sweep(Number.POSITIVE_INFINITY)
      .catch((error) => {
        report('due', error);
        return 0;
      })
      .finally(() => {
        running = undefined;
        // jitter, so that processes do not look at the same moment; never later than was promised
        if (stopped) return;
        timer = clock.setTimeout(tick, every * (0.8 + Math.random() * 0.2), idle);
      });
  };
  return {
    start() {
      if (!stopped) return;
      stopped = false;
      // a look that still runs goes on
      if (running === undefined) tick();
    },
    async stop() {
      stopped = true;
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      await running;
    },
    sweep,
  };
}
