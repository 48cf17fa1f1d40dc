/** How many conversations are in which state: counted in one pass now and then, and followed from there. */

import type { Clock, FsmStorage } from '@telefsm/core';
import type { MachineDescription } from '@telefsm/core/adapter';
import { namespacePrefix, systemClock } from '@telefsm/core/tools';
import { walk } from '../conversations/listing.ts';
import { judgeOf } from '../conversations/stored-check.ts';

/** A conversation that needs somebody's eye. */
export interface Stray {
  readonly key: string;
  readonly state: string;
  readonly why: string;
}

/** The counts of an inspector. */
export interface Census {
  /** Conversations by state. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many were looked at; those without a state among them. */
  readonly looked: number;
  /** Whether a pass is going on. */
  readonly isCounting: boolean;
  /** When the last pass ended; `undefined` before the first. */
  readonly countedAt: number | undefined;
  /** Conversations whose deadline has long passed, or whose state the code does not have. */
  readonly strays: readonly Stray[];
  /** Why nothing can be counted. */
  readonly failure: string | undefined;
  /** Counts again if the last pass is old. */
  refresh(): void;
  /** Follows a committed move. */
  follow(key: string, from: string | null, to: string | null): void;
  /** Resolves when no pass is going on. */
  settled(): Promise<void>;
  stop(): void;
}

/** Ms after which a count is old. */
const freshFor = 30_000;
/** A pass takes at most this part of the time. */
const share = 20;
/** Ms by which a deadline may be late. */
const lateness = 60_000;
const mostStrays = 100;

/** Begins to count. */
export function censusOf(
  storage: FsmStorage,
  description: MachineDescription,
  changed: () => void,
  clock: Clock = systemClock,
): Census {
  const verdict = judgeOf(description);
  let counts = new Map<string, number>();
  let strays: readonly Stray[] = [];
  let looked = 0;
  let countedAt: number | undefined;
  let failure: string | undefined;
  let took = 0;
  let pass: { counts: Map<string, number>; last: string } | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function count(): Promise<void> {
    const began = performance.now();
    const now = { counts: new Map<string, number>(), last: '' };
    const found: Stray[] = [];
    let seen = 0;
    pass = now;
    try {
      for await (const { key, state, stored } of walk(storage, {
        prefix: namespacePrefix(description.namespace),
      })) {
        if (stopped) return;
        seen += 1;
        now.last = key;
        if (countedAt === undefined) looked = seen;
        if (seen % 5000 === 0) changed();
        if (state === null) continue;
        add(now.counts, state, 1);
        if (found.length >= mostStrays) continue;
        const { deadlineIn = 0 } = stored;
        if (verdict(state) === 'unknown')
          found.push({ key, state, why: 'a state that the code does not have' });
        else if (deadlineIn < -lateness)
          found.push({ key, state, why: 'its deadline has passed and nothing happened' });
      }
      counts = now.counts;
      strays = found;
      looked = seen;
      countedAt = clock.now();
      failure = undefined;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    } finally {
      pass = undefined;
      took = performance.now() - began;
      nextAt = performance.now() + Math.max(freshFor, took * share);
      changed();
    }
  }

  let nextAt = 0;
  return {
    get counts() {
      return countedAt === undefined && pass !== undefined ? pass.counts : counts;
    },
    get looked() {
      return looked;
    },
    get isCounting() {
      return pass !== undefined;
    },
    get countedAt() {
      return countedAt;
    },
    get strays() {
      return strays;
    },
    get failure() {
      return failure;
    },
    refresh() {
      if (stopped || pass !== undefined || performance.now() < nextAt) return;
      running = count();
    },
    follow(key, from, to) {
      if (from === to) return;
      const all = [
        // before the first pass has ended there is nothing to correct
        ...(countedAt === undefined ? [] : [counts]),
        // conversations that the pass has yet to reach are read in their state of then
        ...(pass !== undefined && key <= pass.last ? [pass.counts] : []),
      ];
      for (const each of all) {
        if (from !== null) add(each, from, -1);
        if (to !== null) add(each, to, 1);
      }
    },
    settled: () => running,
    stop() {
      stopped = true;
    },
  };
}

function add(counts: Map<string, number>, state: string, by: 1 | -1): void {
  counts.set(state, Math.max(0, (counts.get(state) ?? 0) + by));
}
