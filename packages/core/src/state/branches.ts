/** Branches by state: an update finds the branches of its state by an index, so the 1000th costs what the first costs. */

import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { State } from '../conversation/states.ts';
import { type Matcher, matcherOf, type Target } from '../conversation/targets.ts';
import type { StateMatcher } from './context.ts';

/** Middleware as both frameworks have it. */
export type Link<C> = (ctx: C, next: () => Promise<void>) => Awaitable<unknown>;

/** Branches that behave as if each were a filter, one behind the other. */
export interface StateBranches<C> {
  /**
   * Adds a branch behind those there are.
   *
   * @param where - the call, for errors
   * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`
   */
  add(targets: Target | readonly Target[], where: string, branch: Link<C>): void;
  /** Runs the branches that match, in the order in which they were added; then what comes behind them. */
  readonly run: Link<C>;
}

/**
 * Makes an empty row of branches.
 *
 * @param read - the FSM of an update
 */
export function stateBranches<C>(read: (ctx: C) => FsmContext): StateBranches<C> {
  const branches: Link<C>[] = [];
  const states = new Map<string | null, State | null>();
  const ids: string[] = [];
  const known: Matcher = { always: false, ids, states };
  const always: number[] = [];
  const byState = new Map<string | null, number[]>();

  /** The first branch at or behind a place that matches now: an earlier one may have moved the conversation. */
  function find(fsm: FsmContext, from: number): number | undefined {
    const everywhere = atLeast(always, from);
    if (!(fsm as unknown as StateMatcher)['~matches'](known)) return everywhere;
    const here = atLeast(byState.get(fsm.current) ?? [], from);
    return here === undefined || (everywhere !== undefined && everywhere < here)
      ? everywhere
      : here;
  }

  function run(ctx: C, next: () => Promise<void>, from = 0): Awaitable<unknown> {
    const at = find(read(ctx), from);
    if (at === undefined) return next();
    const branch = branches[at] as Link<C>;
    return branch(ctx, async () => void (await run(ctx, next, at + 1)));
  }

  return {
    add(targets, where, branch) {
      const matcher = matcherOf(targets, where);
      const at = branches.push(branch) - 1;
      if (matcher.always) always.push(at);
      ids.push(...matcher.ids);
      known.knownIn = undefined;
      for (const [id, state] of matcher.states) {
        if (state !== null || !states.has(id)) states.set(id, state);
        const positions = byState.get(id);
        if (positions === undefined) byState.set(id, [at]);
        else positions.push(at);
      }
    },
    run,
  };
}

/** The first of ascending numbers that is not below a bound. */
function atLeast(numbers: readonly number[], bound: number): number | undefined {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return numbers[low];
}
