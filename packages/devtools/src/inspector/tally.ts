/** Counts of users at each state: how many came, continued, went back, finished or dropped off, and how long they stayed. */

import type { Committed } from '@telefsm/core';
import type { Graph } from '../graph/graph.ts';

/** The events at a state since the watch began. */
export interface StepTally {
  /** Conversations that came to it. */
  readonly reached: number;
  /** Those that went on within their scene. */
  readonly answered: number;
  /** Those that went back within their scene. */
  readonly back: number;
  /** Those whose scene was done here. */
  readonly finished: number;
  /** Those that left their scene here before it was done: canceled, restarted, replaced by another, deleted. */
  readonly dropped: number;
  /** Of the dropped: those whose time was over. */
  readonly timedOut: number;
  /** The middle of the times that conversations stayed, in ms; `undefined` while nobody has left. */
  readonly medianMs: number | undefined;
}

interface Tally {
  reached: number;
  answered: number;
  back: number;
  finished: number;
  dropped: number;
  timedOut: number;
  readonly times: number[];
}

/** The tallies of all states. */
export interface Tallies {
  /** A conversation has come to a state. */
  reached(state: string): void;
  /**
   * A conversation has left a state.
   *
   * @param stayed - ms that it was there, if that was seen
   */
  left(change: Committed, stayed: number | undefined): void;
  of(state: string): StepTally;
}

/** How many times of staying are kept for each state. */
const mostTimes = 200;

/** Begins to count. */
export function talliesOf(graph: Graph): Tallies {
  const tallies = new Map<string, Tally>();
  const order = new Map(graph.nodes.map(({ id }, at) => [id, at]));
  const flows = new Set(graph.groups.filter(({ kind }) => kind === 'flow').map(({ id }) => id));

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

  return {
    reached(state) {
      tallyOf(state).reached += 1;
    },
    left(change, stayed) {
      const { from, to, cause } = change;
      const reason = reasonOf(change);
      const state = from.current as string;
      const tally = tallyOf(state);
      if (stayed !== undefined) {
        tally.times.push(stayed);
        if (tally.times.length > mostTimes) tally.times.shift();
      }
      const isOver = to.scene !== from.scene || to.current === null;
      if (reason === 'timeout' || (cause === 'deadline' && isOver && reason !== 'done')) {
        tally.dropped += 1;
        tally.timedOut += 1;
      } else if (reason !== undefined) tally[fateOf(reason, flows.has(from.scene ?? ''))] += 1;
      else if (from.scene === null && isOver) tally.finished += 1;
      else if (!isOver) {
        const isLater = (order.get(to.current ?? '') ?? 0) > (order.get(state) ?? 0);
        tally[isLater ? 'answered' : 'back'] += 1;
      }
      // a scene that has called another waits for it: its step is neither answered nor left
    },

    of(state) {
      const { times, ...counted } = tallyOf(state);
      return {
        ...counted,
        medianMs: [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)],
      };
    },
  };
}

/** How the scene that a change began in ended by it, if it did. */
export function reasonOf({ left, from }: Committed): Reason | undefined {
  return left.find(({ scene }) => scene === from.scene)?.reason;
}

type Reason = Committed['left'][number]['reason'];

/** The meaning of an ending: a flow reports when it is done, other scenes continue by being replaced. */
function fateOf(reason: Reason, isFlow: boolean): 'answered' | 'back' | 'finished' | 'dropped' {
  switch (reason) {
    case 'done':
      return 'finished';
    case 'back':
      return 'back';
    case 'canceled':
    case 'timeout':
      return 'dropped';
    case 'replaced':
      return isFlow ? 'dropped' : 'answered';
    case 'left':
    case 'cleared':
      return isFlow ? 'dropped' : 'finished';
  }
}
