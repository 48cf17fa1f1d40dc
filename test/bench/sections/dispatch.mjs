/** (d) What an update costs in the last of 10, 100 and 1000 states. */

import { inRounds, spread } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, ranged, table } from '../tables.mjs';

export const title = 'Dispatch: CPU time in the last of n states';
export const seconds = { quick: 18, full: 300 };
const sizes = [10, 100, 1000];

export async function run({ measure, isQuick, until }) {
  const all = chosen(isQuick, ({ programs }) => programs.includes('dispatch'));
  const found = {};
  await inRounds(all, { rounds: isQuick ? 2 : 5, until }, async ({ id }) => {
    for (const n of sizes) {
      const one = await measure({
        measurement: 'dispatch',
        system: id,
        n,
        forMs: isQuick ? 250 : 2500,
      });
      if (one === undefined) continue;
      found[id] ??= {};
      found[id][n] ??= [];
      found[id][n].push(one.cpu);
    }
  });
  for (const own of Object.values(found)) for (const n of sizes) own[n] &&= spread(own[n]);
  return found;
}

export function render(found) {
  return table(
    ['system', ...sizes.map((n) => `${n} states: µs`), '1000 against 10'],
    systems
      .filter(({ id }) => found[id])
      .map(({ id }) => {
        const own = found[id];
        const ratio = own[1000] && own[10] && own[1000].median / own[10].median;
        return [id, ...sizes.map((n) => ranged(own[n])), `${digits(ratio, 2)}×`];
      }),
  );
}
