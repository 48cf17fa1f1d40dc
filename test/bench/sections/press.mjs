/** (i) What a press of a button costs that edits its message, beside a plain answer. */

import { chosen, systems } from '../registry.mjs';
import { ranged, table } from '../tables.mjs';
import { beside, takeTurns } from '../turns.mjs';

export const title = 'Buttons: CPU time of a press';
export const seconds = { quick: 10, full: 120 };

export async function run({ open, isQuick, until }) {
  const all = chosen(isQuick, ({ programs }) => programs.includes('press'));
  const times = isQuick ? { warmMs: 700, chunkMs: 100 } : { warmMs: 2500, chunkMs: 200 };
  const rounds = await takeTurns({
    open,
    jobs: all.map(({ id }) => ({ of: 'press', system: id, ...times })),
    until,
  });
  return Object.fromEntries(
    all.map(({ id, framework }) => [
      id,
      beside(rounds, id, `telefsm nodes, ${framework.toLowerCase()}`, 1, {
        cpu: ({ cpu }) => cpu,
        times: ({ cpu }, answer) => cpu / answer.cpu,
      }),
    ]),
  );
}

export function render(found) {
  return table(
    ['system', 'µs of an update', '× an answer of a node'],
    systems
      .filter(({ id }) => found[id])
      .map(({ id }) => [id, ranged(found[id].cpu), ranged(found[id].times, 2)]),
  );
}
