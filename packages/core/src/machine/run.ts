/** Runs one unit of work from taking the conversation to letting it go, whatever the cause. */

import { isFsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { isPromise } from '../lease/calls.ts';
import type { Hold, Leases } from '../lease/lease.ts';
import type { LocalQueues, Place } from '../lease/queue.ts';
import type { Reentry } from '../lease/reentry.ts';
import type { UnitFacts } from '../unit/facts.ts';
import type { TurnCount } from '../unit/turn-count.ts';
import type { Unit } from '../unit/unit.ts';
import type { Waiting } from './arrivals.ts';
import type { MachineHost } from './host.ts';
import type { BotPort } from './machine-interface.ts';
import { fail, finish, open } from './pipeline.ts';

/** What the ways into a machine share. */
export interface MachineParts {
  readonly host: MachineHost;
  readonly leases: Leases;
  readonly queues: LocalQueues;
  readonly reentry: Reentry;
  readonly turns: TurnCount;
  /** Bots that have been seen or connected, by id. */
  readonly bots: Map<number, BotPort>;
  readonly isStopped: () => boolean;
}

/** A way into the machine: what is done with each conversation that comes by it. Made once, not for every update. */
export interface WayIn<Given, Result> {
  /** Looks at the conversation before anything is read; `false` lets it go. */
  admits?(hold: Hold): boolean;
  work(unit: Unit, given: Given): Awaitable<Result>;
  /** Hears of a failure; `true` swallows it. */
  forgives?(facts: UnitFacts, error: unknown): boolean;
}

/** One that comes. */
export interface Arrival<Given> {
  readonly facts: UnitFacts;
  /** The head of the queue of this process; it is left when the work has ended. */
  readonly place: Place;
  /** Ms to wait while another process has the conversation; 0 gives up at once. */
  readonly bound: number;
  /** When it came, by the machine's clock. */
  readonly arrivedAt: number;
  /** What the work is told. */
  readonly given: Given;
  /** What happens while another process has the conversation. */
  readonly waiting?: Waiting | undefined;
}

/**
 * Does one unit of work.
 *
 * @returns what the work gives; `undefined` if it was not done: handled before, busy, not admitted, or failed and forgiven
 */
export async function run<Given, Result>(
  parts: MachineParts,
  way: WayIn<Given, Result>,
  { facts, place, bound, arrivedAt, given, waiting }: Arrival<Given>,
): Promise<Result | undefined> {
  const { host, leases, reentry, turns } = parts;
  const key = facts.key as string;
  let hold: Hold | undefined;
  let unit: Unit | undefined;
  turns.begin();
  try {
    hold = await leases.take(key, { bound, onBusy: waiting?.begin });
    waiting?.end();
    if (hold === undefined) {
      await waiting?.refuse();
      return undefined;
    }
    hold.place = place;
    if (way.admits?.(hold) === false) {
      await hold.release();
      return undefined;
    }
    // the bot's code runs in each of the three: hooks and deadlines, handlers, hooks again
    const opened = reentry.isOn
      ? inside(reentry, key, hold, (taken) => open(host, facts, taken, arrivedAt))
      : open(host, facts, hold, arrivedAt);
    unit = isPromise(opened) ? await opened : opened;
    if (unit === undefined) return undefined;
    const worked = reentry.isOn
      ? inside(reentry, key, unit, (opened) => way.work(opened, given))
      : way.work(unit, given);
    const result = isPromise(worked) ? await worked : worked;
    const finished = reentry.isOn ? inside(reentry, key, unit, finish) : finish(unit);
    if (finished !== undefined) await finished;
    return result;
  } catch (error) {
    if (unit !== undefined) await fail(unit);
    else await hold?.release();
    // another attempt has handled this very update: for whoever delivers it, it is done
    if (isFsmError(error, 'LEASE_LOST') && error.details.handled) {
      host.tellDuplicate(facts);
      return undefined;
    }
    if (way.forgives?.(facts, error) !== true) throw error;
    return undefined;
  } finally {
    waiting?.end();
    place.leave();
    try {
      if (unit?.hasTasks) await unit.runTasks();
    } finally {
      turns.end();
    }
  }
}

function inside<A, R>(
  reentry: Reentry,
  key: string,
  argument: A,
  task: (argument: A) => Awaitable<R>,
): Promise<R> {
  return reentry.inside(key, () => task(argument));
}
