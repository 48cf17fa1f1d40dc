/** An exploration as text. */
import type { Exploration } from './explore.ts';
import { shortened } from './move.ts';

/** Writes down what was found, for people to read. */
export function reportOf({ seed, faults, coverage }: Omit<Exploration, 'report'>): string {
  const { walks, moves, states, unvisited, transitions } = coverage;
  const all = states.length + unvisited.length;
  const head = [
    `${count(walks, 'walk')} of ${count(moves, 'move')} with the seed ${seed}`,
    `${states.length} of ${count(all, 'state')} and ${count(transitions.length, 'transition')} seen`,
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
