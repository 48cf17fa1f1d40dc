/**
 * Turns within each other: one update in several machines, or in sessions with records of their own.
 *
 * They end together. A turn within another one does its work, and waits; when the outermost has done its own, all are committed, or none.
 * Loaded with the first one: most bots have one machine.
 */

import type { Awaitable } from '../base/type-tools.ts';
import type { Interruption } from '../lease/lease.ts';
import { runHooks } from './commit.ts';
import { conclude, endFailed, fail, leave } from './endings.ts';
import type { Inner, Outer } from './queued.ts';
import type { OpenTurn } from './runtime.ts';

/** Runs the handlers of a turn, until the turn around it is interrupted. */
export function untilInterrupted<Result>(
  { signal }: Interruption,
  work: () => Awaitable<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    Promise.resolve(work()).then(resolve, reject);
  });
}

/**
 * Lets a turn that has done its work wait for the one around it. Its hooks run before: they belong to the work, and may fail.
 *
 * @returns whether it waits; otherwise the turn around it has ended meanwhile, as it does if nobody awaits `next()`
 */
export async function waitForOuter(outer: Outer, inner: Inner): Promise<boolean> {
  if (inner.turn.used !== undefined) await runHooks(inner.turn);
  if (!outer.isOpen) return false;
  if (inner.meter !== undefined) inner.meter.isLater = true;
  outer.within ??= [];
  outer.within.push(inner);
  if (inner.queued.stay !== undefined) outer.stay?.keep(inner.queued.stay);
  return true;
}

/** Commits the turns within one that has done its work, in the order in which they have done theirs. */
export async function concludeWithin(outer: Outer, turn: OpenTurn): Promise<void> {
  if (turn.used !== undefined) await runHooks(turn);
  const { within = [] } = outer;
  for (let inner = within.shift(); inner !== undefined; inner = within.shift()) {
    const one = inner;
    await one.turn.rt.reentry.resume(one.queued.stay, () => telefsmNestedTurn(one));
  }
}

/** Its name is what `reentry` looks for in stacks. */
async function telefsmNestedTurn({ queued, turn, meter }: Inner): Promise<void> {
  try {
    await conclude(turn);
  } catch (thrown) {
    await endFailed(queued, turn, thrown, meter);
  } finally {
    await leave(queued, turn);
    meter?.end(queued.job);
  }
}

/** Rolls back the turns within one that has failed. */
export async function failWithin(outer: Outer, error: unknown): Promise<void> {
  const { within = [] } = outer;
  for (let inner = within.shift(); inner !== undefined; inner = within.shift()) {
    const { queued, turn, meter } = inner;
    meter?.fail(error);
    await fail(turn);
    await leave(queued, turn);
    meter?.end(queued.job);
  }
}
