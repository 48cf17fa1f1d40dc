/** The memory of an inspector: moves, positions of conversations, failures. All of it is bounded. */

import type { Clock, Committed, MachineEvents } from '@telefsm/core';
import { systemClock } from '@telefsm/core/tools';
import type { Graph } from '../graph/graph.ts';
import { type Redact, shownData } from './redact.ts';
import { reasonOf, type StepTally, talliesOf } from './tally.ts';

/** A machine that can be watched. */
export interface Watchable {
  observe(listener: (change: Committed) => void): () => void;
  observe<Name extends keyof MachineEvents>(
    event: Name,
    listener: (event: MachineEvents[Name]) => void,
  ): () => void;
}

/** A committed change of one conversation. */
export interface Move {
  /** Counts all moves. */
  readonly number: number;
  /** Ms since 1970. */
  readonly at: number;
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: Committed['cause'];
  readonly updateId: number | undefined;
  /** Data as JSON, redacted. */
  readonly before: string;
  readonly after: string;
}

/** Something that went wrong. */
export interface Trouble {
  readonly at: number;
  readonly kind: keyof MachineEvents;
  readonly key: string | undefined;
  readonly message: string;
}

/** A conversation that has not moved for long. */
export interface Idle {
  readonly key: string;
  readonly state: string;
  /** Ms without a move. */
  readonly idleMs: number;
}

/** The memory of an inspector. */
export interface Watch {
  /** Newest first. */
  moves(key?: string): readonly Move[];
  readonly troubles: readonly Trouble[];
  tally(state: string): StepTally;
  /** Those that have not moved for `ms`, the longest first; only those that this process has seen move. */
  idle(ms: number): readonly Idle[];
  /** Since when a conversation is where it is, as far as this process has seen. */
  since(key: string): number | undefined;
  readonly total: number;
  stop(): void;
}

/** How much is kept. */
const mostMoves = 2000;
const mostTroubles = 200;
const mostStays = 50_000;
const mostIdle = 100;

/** Options of a watch. */
export interface WatchOptions {
  readonly redact?: Redact | undefined;
  readonly clock?: Clock | undefined;
  /** Called for each move after it was noted. */
  readonly moved: (change: Committed) => void;
  readonly troubled: () => void;
}

/** Begins to watch. */
export function watch(machine: Watchable, graph: Graph, options: WatchOptions): Watch {
  const { redact, clock = systemClock, moved, troubled } = options;
  const moves: Move[] = [];
  const troubles: Trouble[] = [];
  const tallies = talliesOf(graph);
  const stays = new Map<string, { readonly state: string; readonly at: number }>();
  let total = 0;

  function note(change: Committed): void {
    const { key, from, to, cause, updateId } = change;
    const now = clock.now();
    const before = shownData(from.data, redact);
    const after = shownData(to.data, redact);
    const reason = reasonOf(change);
    if (from.current === to.current && before === after && reason === undefined) return;
    total += 1;
    moves.push({
      number: total,
      at: now,
      key,
      from: from.current,
      to: to.current,
      cause,
      updateId,
      before,
      after,
    });
    if (moves.length > mostMoves) moves.shift();
    if (from.current !== to.current || reason !== undefined) {
      const stay = stays.get(key);
      const stayed = stay?.state === from.current ? now - stay.at : undefined;
      if (from.current !== null) tallies.left(change, stayed);
      stays.delete(key);
      if (to.current !== null) {
        tallies.reached(to.current);
        stays.set(key, { state: to.current, at: now });
        const [oldest] = stays.keys();
        if (stays.size > mostStays && oldest !== undefined) stays.delete(oldest);
      }
    }
    moved(change);
  }

  function trouble(kind: keyof MachineEvents, key: string | undefined, message: string): void {
    troubles.unshift({ at: clock.now(), kind, key, message });
    troubles.length = Math.min(troubles.length, mostTroubles);
    troubled();
  }

  const ends = [
    machine.observe(note),
    machine.observe('poisoned', ({ key, error }) =>
      trouble('poisoned', key, `An update was given up: ${said(error)}`),
    ),
    machine.observe('deadlineFailed', ({ key, error }) =>
      trouble('deadlineFailed', key, said(error)),
    ),
    machine.observe('repaired', ({ key, stored, reason }) =>
      trouble('repaired', key, `'${stored}' is unknown (${reason})`),
    ),
    machine.observe('storageFailed', ({ operation, error }) =>
      trouble('storageFailed', undefined, `${operation}: ${said(error)}`),
    ),
    machine.observe('speechFailed', ({ key, error }) => trouble('speechFailed', key, said(error))),
  ];
  return {
    moves: (key) => moves.filter((move) => key === undefined || move.key === key).reverse(),
    troubles,
    tally: tallies.of,
    idle(ms) {
      const now = clock.now();
      const found: Idle[] = [];
      // in the order of their last moves
      for (const [key, { state, at }] of stays) {
        if (now - at < ms || found.length >= mostIdle) break;
        found.push({ key, state, idleMs: now - at });
      }
      return found;
    },
    since: (key) => stays.get(key)?.at,
    get total() {
      return total;
    },
    stop() {
      for (const end of ends) end();
    },
  };
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
