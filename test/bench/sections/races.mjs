/** (e) Increments that are lost when two updates of one conversation come at the same time. */

import { inRounds } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { table } from '../tables.mjs';

export const title = 'Lost increments of simultaneous pairs';
export const seconds = { quick: 50, full: 600 };
const places = [
  ['memory', 1, 'memory'],
  ['redis', 1, 'Redis, one process'],
  ['redis', 2, 'Redis, two processes'],
  ['postgres', 1, 'PostgreSQL, one process'],
  ['postgres', 2, 'PostgreSQL, two processes'],
];

export async function run({ measure, isQuick, until }) {
  const pairs = isQuick ? 50 : 1000;
  const found = { pairs, of: {} };
  const all = chosen(isQuick, ({ programs }) => programs.includes('race'));
  const asked = isQuick
    ? places.filter(([storage, count]) => storage === 'memory' || count === 2)
    : places;
  await inRounds(all, { rounds: 1, until }, async ({ id, storages }) => {
    const own = {};
    for (const [storage, processes, name] of asked) {
      if (!storages.includes(storage)) continue;
      // reading before the pause and writing after it is what a handler with one `await` in it does
      const job = { measurement: 'race', mode: 'across', storage, processes, pairs };
      own[name] = await measure({ system: id, ...job });
    }
    found.of[id] = own;
  });
  return found;
}

export function render({ pairs, of }) {
  const names = places.map(([, , name]) => name);
  const body = table(
    ['system', ...names],
    systems
      .filter(({ id }) => of[id])
      .map(({ id }) => [id, ...names.map((name) => cell(of[id][name]))]),
  );
  return `Of ${pairs} pairs.\n\n${body}`;
}

function cell(found) {
  if (found === undefined || found === null) return '–';
  const { lost, failed, hung, unreadable } = found;
  const notes = [
    failed > 0 ? `${failed} failed` : '',
    hung > 0 ? `${hung} hung` : '',
    unreadable > 0 ? `${unreadable} unreadable` : '',
  ].filter(Boolean);
  return notes.length > 0 ? `${lost} (${notes.join(', ')})` : String(lost);
}
