/** The graph of a machine at work: moves that were seen, and buttons of views that were rendered, are added to it. */

import { type MovedBy, movedBy, type Seen } from '@telefsm/core/tools';
import type { Graph } from '../graph/graph.ts';
import { type Describable, graph as graphOf } from '../graph/machine-graph.ts';
import type { Move } from '../graph/moves.ts';

/** The knowledge of a machine at work. */
export interface Learning {
  readonly graph: Graph;
  /** Every move so far. */
  readonly moves: readonly Move[];
  /** The buttons of views that were rendered, by their callback data. */
  readonly buttons: ReadonlyMap<string, MovedBy>;
  /** Takes note of a move. */
  note(move: Move): void;
  /** Takes note of a rendered view: its buttons name moves, and most say where they lead. */
  see(seen: Seen): void;
}

/** How much is kept. */
const mostMoves = 1000;
const mostButtons = 2000;

/** Begins with what is declared, and what was seen before. */
export function learning(
  machine: Describable,
  declared: Graph,
  before: readonly Move[] = [],
): Learning {
  const known = new Set([...declared.nodes, ...declared.groups].map(({ id }) => id));
  const moves = new Map<string, Move>();
  const buttons = new Map<string, MovedBy>();
  let made: Graph | undefined = declared;

  function note(move: Move): void {
    const [from, to] = move;
    // a machine without a list of states may be anywhere
    if ([from, to].some((id) => id !== null && !known.has(id))) return;
    const key = JSON.stringify(move);
    if (moves.has(key) || moves.size >= mostMoves) return;
    moves.set(key, move);
    made = undefined;
  }

  for (const move of before) note(move);
  return {
    get moves() {
      return [...moves.values()];
    },
    get graph() {
      made ??= graphOf(machine, { seen: [...moves.values()] });
      return made;
    },
    buttons,
    note,
    see({ state, view }) {
      for (const button of view?.rows.flat() ?? []) {
        const by = movedBy(button);
        // a press of a link and its like does not reach the bot
        if (by === undefined || button.data === undefined) continue;
        buttons.set(button.data, by);
        const [oldest] = buttons.keys();
        if (buttons.size > mostButtons && oldest !== undefined) buttons.delete(oldest);
        const { verb, to } = button.leads ?? {};
        if (to !== undefined) note([state, to, by]);
        // the target of `back` and `leave` depends on the user's history; it is learned when a user takes it
        else if (verb === 'again' || verb === 'stay' || by.kind !== 'button')
          note([state, state, by]);
      }
    },
  };
}
