/** What an inspector remembers of a machine at work: moves, times and losses per step, failures. All of it is bounded. */

import { type Clock, type Committed, type MachineEvents, systemClock } from '@telefsm/core';
import type { Graph } from '../graph/graph.ts';
import { type Redact, shownData } from './redact.ts';

/** What can be watched. */
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

/** What happened at a state since the watch began. */
export interface StepTally {
  /** Conversations that came to it. */
  readonly reached: number;
  /** Those that went on within their scene. */
  readonly answered: number;
  /** Those that went back within their scene. */
  readonly back: number;
  /** Those whose scene was done here. */
  readonly finished: number;
  /** Those that left their scene here before it was done: cancelled, begun anew, put aside for another, forgotten. */
  readonly dropped: number;
  /** Of the dropped: those whose time was over. */
  readonly timedOut: number;
  /** The middle of the times that conversations stayed, in ms; `undefined` while nobody has left. */
  readonly medianMs: number | undefined;
}

/** A conversation that has not moved for long. */
export interface Idle {
  readonly key: string;
  readonly state: string;
  /** Ms without a move. */
  readonly idleMs: number;
}

/** What is remembered. */
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
const mostPlaces = 50_000;
const mostTimes = 200;
const mostIdle = 100;

interface Tally {
  reached: number;
  answered: number;
  back: number;
  finished: number;
  dropped: number;
  timedOut: number;
  readonly times: number[];
}

/** What a watch is told. */
export interface WatchOptions {
  readonly redact?: Redact | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of each move after it was noted. */
  readonly moved: (change: Committed) => void;
  readonly troubled: () => void;
}

/** Begins to watch. */
export function watch(machine: Watchable, graph: Graph, options: WatchOptions): Watch {
  const { redact, clock = systemClock, moved, troubled } = options;
  const moves: Move[] = [];
  const troubles: Trouble[] = [];
  const tallies = new Map<string, Tally>();
  const places = new Map<string, { readonly state: string; readonly at: number }>();
  const order = new Map(graph.nodes.map(({ id }, at) => [id, at]));
  const flows = new Set(graph.groups.filter(({ kind }) => kind === 'flow').map(({ id }) => id));
  let total = 0;

  function note(change: Committed): void {
    const { key, from, to, cause, updateId } = change;
    const now = clock.now();
    const before = shownData(from.data, redact);
    const after = shownData(to.data, redact);
    const reason = change.left.find(({ scene }) => scene === from.scene)?.reason;
    if (from.state === to.state && before === after && reason === undefined) return;
    total += 1;
    moves.push({
      number: total,
      at: now,
      key,
      from: from.state,
      to: to.state,
      cause,
      updateId,
      before,
      after,
    });
    if (moves.length > mostMoves) moves.shift();
    if (from.state !== to.state || reason !== undefined) {
      if (from.state !== null) left(change, reason, now);
      places.delete(key);
      if (to.state !== null) {
        tallyOf(to.state).reached += 1;
        places.set(key, { state: to.state, at: now });
        const [oldest] = places.keys();
        if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
      }
    }
    moved(change);
  }

  function left(change: Committed, reason: Reason | undefined, now: number): void {
    const { key, from, to, cause } = change;
    const state = from.state as string;
    const tally = tallyOf(state);
    const place = places.get(key);
    if (place?.state === state) {
      tally.times.push(now - place.at);
      if (tally.times.length > mostTimes) tally.times.shift();
    }
    const isOver = to.scene !== from.scene || to.state === null;
    if (reason === 'timeout' || (cause === 'deadline' && isOver && reason !== 'done')) {
      tally.dropped += 1;
      tally.timedOut += 1;
    } else if (reason !== undefined) tally[fateOf(reason, flows.has(from.scene ?? ''))] += 1;
    else if (from.scene === null && isOver) tally.finished += 1;
    else if (!isOver) {
      const isLater = (order.get(to.state ?? '') ?? 0) > (order.get(state) ?? 0);
      tally[isLater ? 'answered' : 'back'] += 1;
    }
    // a scene that has called another waits for it: its step is neither answered nor left
  }

  function tallyOf(state: string): Tally {
    const known = tallies.get(state);
    if (known !== undefined) return known;
    const made = {
      reached: 0,
      answered: 0,
      back: 0,
      finished: 0,
      dropped: 0,
      timedOut: 0,
      times: [],
    };
    tallies.set(state, made);
    return made;
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
      trouble('repaired', key, `'${stored}' was not known (${reason})`),
    ),
    machine.observe('storageFailed', ({ operation, error }) =>
      trouble('storageFailed', undefined, `${operation}: ${said(error)}`),
    ),
    machine.observe('speechFailed', ({ key, error }) => trouble('speechFailed', key, said(error))),
  ];
  return {
    moves: (key) => moves.filter((move) => key === undefined || move.key === key).reverse(),
    troubles,
    tally(state) {
      const { times, ...counted } = tallies.get(state) ?? tallyOf(state);
      return {
        ...counted,
        medianMs: [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)],
      };
    },
    idle(ms) {
      const now = clock.now();
      const found: Idle[] = [];
      // in the order of their last moves
      for (const [key, { state, at }] of places) {
        if (now - at < ms || found.length >= mostIdle) break;
        found.push({ key, state, idleMs: now - at });
      }
      return found;
    },
    since: (key) => places.get(key)?.at,
    get total() {
      return total;
    },
    stop() {
      for (const end of ends) end();
    },
  };
}

type Reason = Committed['left'][number]['reason'];

/** What an ending means: a flow says when it is done, other scenes go on by giving way. */
function fateOf(reason: Reason, isFlow: boolean): 'answered' | 'back' | 'finished' | 'dropped' {
  switch (reason) {
    case 'done':
      return 'finished';
    case 'back':
      return 'back';
    case 'cancelled':
    case 'timeout':
      return 'dropped';
    case 'replaced':
      return isFlow ? 'dropped' : 'answered';
    case 'left':
    case 'cleared':
      return isFlow ? 'dropped' : 'finished';
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
