/** (i) What a press of a button costs that edits its message, beside a plain answer. */

import { inRounds, spread } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, ranged, table } from '../tables.mjs';

export const title = 'Buttons: CPU time of a press';
export const seconds = { quick: 10, full: 120 };

export async function run({ measure, isQuick, until }) {
  const all = chosen(isQuick, ({ programs }) => programs.includes('press'));
  const found = {};
  await inRounds(all, { rounds: isQuick ? 2 : 7, until }, async ({ id }) => {
    const times = isQuick ? { warmMs: 700, forMs: 400 } : { warmMs: 2500, forMs: 2000 };
    const one = await measure({ measurement: 'press', system: id, ...times });
    if (one === undefined) return;
    found[id] ??= [];
    found[id].push(one.cpu);
  });
  return Object.fromEntries(Object.entries(found).map(([id, all]) => [id, spread(all)]));
}

export function render(found) {
  return table(
    ['system', 'µs of an update', '× an answer of a node'],
    systems
      .filter(({ id }) => found[id])
      .map(({ id, framework }) => {
        const answer = found[`telefsm nodes, ${framework.toLowerCase()}`];
        return [id, ranged(found[id]), answer ? digits(found[id].low / answer.low, 2) : '–'];
      }),
  );
}
