/** The result of an exploration, also as text. */
import type { FaultKind } from './fault.ts';
import { shortened } from './move.ts';
import type { Passage } from './walk.ts';

/** A fault, and the shortest way to it that was found. */
export interface Fault {
  readonly kind: FaultKind;
  /** The fault and its fix. */
  readonly message: string;
  /** The state in which it shows; `null` outside of all. */
  readonly state: string | null;
  /** The moves that lead to it, a line each; empty if none does. */
  readonly path: readonly string[];
  /** The conversation on that path. */
  readonly transcript: string;
}

/** The result of `explore`. */
export interface Exploration {
  /** The seed, to come to the same again. */
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly coverage: Coverage;
  /** All of it as text, to print. */
  readonly report: string;
}

/** How far the walks came. */
export interface Coverage {
  /** Walks that were made. */
  readonly walks: number;
  /** Moves that were done in them. */
  readonly moves: number;
  /** States that walks came to. */
  readonly states: readonly string[];
  /** States that no walk came to. */
  readonly unvisited: readonly string[];
  /** Ways between states that were gone, once for each button or command that led there; `null` is a conversation without a state. */
  readonly transitions: readonly Passage[];
}

/** Writes down what was found, for people to read. */
export function reportOf({ seed, faults, coverage }: Omit<Exploration, 'report'>): string {
  const { walks, moves, states, unvisited, transitions } = coverage;
  const all = states.length + unvisited.length;
  const ways = new Set(transitions.map(([from, to]) => `${from} → ${to}`));
  const head = [
    `${count(walks, 'walk')} of ${count(moves, 'move')} with the seed ${seed}`,
    `${states.length} of ${count(all, 'state')} and ${count(ways.size, 'transition')} seen`,
    faults.length === 0 ? 'no faults' : count(faults.length, 'fault'),
  ];
  const list = faults.map(({ kind, message, path, transcript }, at) => {
    const said = transcript === '' ? path.join('\n') : transcript;
    const lines = said.split('\n').map((line) => `\n     ${shortened(line)}`);
    return `\n${at + 1}. ${kind}: ${message}${lines.join('')}`.trimEnd();
  });
  return `${[...head, ...list].join('\n')}\n`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
