/** Branches by state: an update finds the branches of its state by an index, so the 1000th costs what the first costs. */

import type { Awaitable } from '../base/type-tools.ts';
import type { State } from '../conversation/states.ts';
import { type Matcher, matcherOf, type Target } from '../conversation/targets.ts';
import type { StateMatcher } from './context.ts';
import { installedAt } from './install.ts';

/** Middleware of either framework, on its context. */
export type ContextMiddleware<C> = (ctx: C, next: () => Promise<void>) => Awaitable<unknown>;

/** Branches that behave as if each were a filter, one behind the other. */
interface BranchRow<C> {
  /** Adds a branch behind those there are. */
  add(targets: Target | readonly Target[], branch: ContextMiddleware<C>): void;
  /** Runs the branches that match, in the order in which they were added; then what comes behind them. */
  readonly run: ContextMiddleware<C>;
}

/** The branches of a framework's Composer: those that no other middleware separates are one row, which finds them by an index. */
export class StateBranches<C extends object> {
  readonly #property: string;
  readonly #middleware: () => unknown;
  readonly #use: (row: ContextMiddleware<C>) => unknown;
  #row: BranchRow<C> | undefined;
  /** The Composer's middleware as it was when the last row was added. */
  #end: unknown;

  /**
   * @param property - where the FSM is on contexts
   * @param middleware - the Composer's own middleware: another one if something was added
   * @param use - adds to the Composer
   */
  constructor(
    property: string,
    middleware: () => unknown,
    use: (row: ContextMiddleware<C>) => unknown,
  ) {
    this.#property = property;
    this.#middleware = middleware;
    this.#use = use;
  }

  /**
   * Adds a branch to the last row, or to a new one if other middleware follows the last row.
   *
   * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; with the first update `NOT_INSTALLED`
   */
  add(targets: Target | readonly Target[], branch: ContextMiddleware<C>): void {
    if (this.#row === undefined || this.#middleware() !== this.#end) {
      this.#row = branchRow(this.#property);
      this.#use(this.#row.run);
      this.#end = this.#middleware();
    }
    this.#row.add(targets, branch);
  }
}

/** @param property - where the FSM is on contexts */
function branchRow<C extends object>(property: string): BranchRow<C> {
  const branches: ContextMiddleware<C>[] = [];
  const states = new Map<string | null, State | null>();
  const ids: string[] = [];
  const known: Matcher = { always: false, ids, states };
  const always: number[] = [];
  const byState = new Map<string | null, number[]>();

  /** Runs the first branch from a position on that matches now: an earlier one may have moved the conversation. */
  function run(ctx: C, next: () => Promise<void>, from = 0): Awaitable<unknown> {
    const fsm = installedAt(ctx, property);
    const isKnown = (fsm as unknown as StateMatcher)['~matches'](known);
    const here = isKnown ? atLeast(byState.get(fsm.current) ?? [], from) : Infinity;
    const at = Math.min(atLeast(always, from), here);
    const branch = branches[at];
    if (branch === undefined) return next();
    return branch(ctx, async () => void (await run(ctx, next, at + 1)));
  }

  return {
    add(targets, branch) {
      const matcher = matcherOf(targets, 'state()');
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

/** The first of ascending numbers that is not below a bound; `Infinity` if there is none. */
function atLeast(numbers: readonly number[], bound: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return numbers[low] ?? Infinity;
}
