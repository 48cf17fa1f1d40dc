/** The sweeper: looks for conversations whose deadline has passed, in whichever process gets there first. Loaded with the first deadline. */

import { systemClock } from '../base/clock.ts';
import { warn } from '../base/warning.ts';
import { newToken } from '../lease/calls.ts';
import type { Lease } from '../lease/lease.ts';
import { fireDeadlines } from '../transaction/deadlines.ts';
import type { BotPort } from '../transaction/facts.ts';
import type { Job } from '../transaction/job.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { transact } from '../transaction/transact.ts';
import { botPrefix, type KeyParts, parseKey, type Scope, subjectOfKey } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';
import type { MachineRuntime } from './runtime.ts';

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

const unconnected =
  'No bot is connected, so no deadline is fired. Call machine.start(bot), or machine.connect(bot) before machine.sweep().';

/** Beyond it there is nothing to wait for, in ms. */
const longestRest = 1e13;
/** How many are claimed at a time, unless there are more bots. */
const batch = 100;

/** Makes the sweeper of one machine. */
export function sweeperOf(rt: MachineRuntime): Sweeper {
  const { storage, leases, clock, stopping } = rt;
  const { namespace, lease: claim } = rt.options;
  const { every, parallel } = rt.options.sweep;
  const report = (operation: string, error: unknown) =>
    rt.notify('storageFailed', { operation, error });
  let mayWarn = clock === systemClock;
  let timer: unknown;
  let running: Promise<number> | undefined;
  let stopped = true;
  /** The first bot whose deadlines the next round claims. */
  let nextBot = 0;

  const sweep = async (limit: number): Promise<number> => {
    // a given clock means a test, which may sweep whenever it likes
    if (mayWarn && rt.bots.size === 0) warn(unconnected, 'TELEFSM_DEADLINES');
    mayWarn = false;
    let fired = 0;
    let left = limit;
    // those that were busy stay claimed until the end of the poll, so that they hide no other deadline
    const busy: string[] = [];
    // one that its handler sets again to now waits for the next poll: otherwise this one would never end
    const done = new Set<string>();
    let failure: PromiseRejectedResult | undefined;
    let isMore = true;
    while (isMore && left > 0 && !stopping.isStopped) {
      const found = await claimUpTo(Math.min(Math.max(batch, rt.bots.size), left));
      isMore = found.isMore;
      failure ??= found.failure;
      left -= found.keys.length;
      await each(found.keys, async (key) => {
        if (done.has(key)) return void busy.push(key);
        try {
          if (await fire(rt, key)) {
            done.add(key);
            fired++;
            await settle(key);
          } else busy.push(key);
        } catch (error) {
          // tried again when its claim has ended, not at once: it may fail for as long as a deploy lasts
          report('deadline', error);
        }
      });
    }
    await each(busy, settle);
    if (failure !== undefined) throw failure.reason;
    return fired;
  };
  /** Claims due deadlines, of each bot the same number. Another machine on this storage has its own bots, and their scenes. */
  const claimUpTo = async (most: number) => {
    const all = [...rt.bots.keys()];
    const bots = [...all.slice(nextBot), ...all.slice(0, nextBot)].slice(0, most);
    nextBot = (nextBot + bots.length) % all.length || 0;
    const share = Math.floor(most / bots.length);
    const claimed = await Promise.allSettled(
      bots.map((bot) =>
        leases.ask(() => storage.due?.(share, claim, botPrefix(namespace, bot)) ?? []),
      ),
    );
    const keys = claimed.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failure = claimed.find((each) => each.status === 'rejected');
    const isMore =
      failure === undefined &&
      claimed.some((each) => each.status === 'fulfilled' && each.value.length === share);
    return { keys, isMore, failure };
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
      if (!stopped) return;
      stopped = false;
      // a look that still runs continues
      if (running === undefined) tick();
    },
    expect(ms) {
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
    sweep,
  };
}

/**
 * Fires the deadline of a conversation, if it is free and truly due.
 *
 * Whether it is due is decided under the lease: another process may have fired it, or its user may have moved it on.
 *
 * @returns whether a deadline was fired
 */
async function fire(rt: MachineRuntime, key: string): Promise<boolean> {
  const found = parseKey(key);
  if (found?.namespace !== rt.options.namespace || rt.stopping.isStopped) return false;
  return (await transact(rt, new DeadlineJob(rt, key, found))) ?? false;
}

/** A class: see "Objects of a turn" in ARCHITECTURE.md. */
class DeadlineJob implements Job<true> {
  readonly key: string;
  readonly scope: Scope;
  readonly id = newToken();
  readonly cause = 'deadline';
  readonly subject: Subject;
  readonly update = undefined;
  readonly ctx = undefined;
  readonly bot: BotPort | undefined;
  readonly timeout = 0;

  constructor(rt: MachineRuntime, key: string, parts: KeyParts) {
    this.key = key;
    this.scope = parts.scope;
    this.subject = subjectOfKey(parts);
    this.bot = rt.bots.get(parts.bot);
  }

  /** The process that has the conversation fires it, or it is tried again. */
  async wait(): Promise<undefined> {}

  admits({ stored }: Lease): boolean {
    return stored?.deadlineIn !== undefined && stored.deadlineIn <= 0;
  }

  async work(turn: OpenTurn): Promise<true> {
    await fireDeadlines(turn, 0);
    return true;
  }
}
