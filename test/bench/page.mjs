/**
 * Writes the measurements of `results.json` into `docs/performance.md` and `docs/scaling.md`, between the marks of each block, and
 * `docs/images/performance.svg`.
 *
 * With `--check` it writes nothing, and fails if a file is out of date.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { entered, reached } from './goals.mjs';
import { pictureOf } from './picture.mjs';
import { scalingBlocks } from './sections/servers.mjs';
import { sections } from './sections.mjs';
import { table } from './tables.mjs';

const root = new URL('../../', import.meta.url);
const results = JSON.parse(read('test/bench/results.json'));
const isCheck = process.argv.includes('--check');

const blocks = { goals: goalsTable(), entered: enteredTable(), machine: conditions() };
for (const [name, load] of Object.entries(sections)) {
  const own = results.sections[name];
  blocks[name] = own === undefined ? 'Not measured.' : (await load()).render(own.found);
}
put('docs/performance.md', filled('docs/performance.md', blocks));
put('docs/scaling.md', filled('docs/scaling.md', scalingBlocks(results.sections.servers.found)));
put('docs/images/performance.svg', pictureOf(results));

function goalsTable() {
  const words = { true: 'reached', false: 'missed', undefined: '' };
  const rows = reached(results).map(({ what, goal, bound, unit, shown, holds }) => [
    what,
    `at ${bound} ${goal}${unit}`,
    shown,
    words[holds],
  ]);
  return table(['', 'goal', 'measured', ''], rows);
}

/** The functions that one update enters, by the part of telefsm. */
function enteredTable() {
  const names = Object.keys(entered);
  const parts = new Set(names.flatMap((name) => Object.keys(entered[name].parts)));
  const rows = [...parts]
    .sort()
    .map((part) => [`\`${part}\``, ...names.map((name) => entered[name].parts[part] ?? '–')]);
  const sums = ['files', 'functions'].map((of) => [
    `all ${of}`,
    ...names.map((name) => entered[name][of]),
  ]);
  return table(['part', ...names], [...rows, ...sums]);
}

function conditions() {
  const kinds = new Map();
  for (const [name, { mode, machine, versions }] of Object.entries(results.sections)) {
    const list = Object.entries(versions).map(([id, version]) => `${id} ${version}`);
    const where = `${machine.processor}, ${machine.memory}, Node ${machine.node.slice(1)}`;
    const text = `${where}. ${list.join(', ')}.`;
    const own = kinds.get(text) ?? [];
    own.push(`${name}: ${mode} run, load ${machine.load.toFixed(1)} at the start`);
    kinds.set(text, own);
  }
  return [...kinds]
    .map(([text, names]) => [text, '', ...names.map((name) => `* ${name}`)].join('\n'))
    .join('\n\n');
}

function filled(page, blocks) {
  let out = read(page);
  for (const [name, body] of Object.entries(blocks)) {
    const [begin, end] = [`<!-- bench: ${name} -->`, `<!-- /bench: ${name} -->`];
    const [before, after] = [out.indexOf(begin), out.indexOf(end)];
    if (before < 0 || after < before) throw new Error(`${page} has no ${begin} … ${end}.`);
    out = `${out.slice(0, before + begin.length)}\n${body}\n${out.slice(after)}`;
  }
  return out;
}

function read(path) {
  return readFileSync(new URL(path, root), 'utf8');
}

function put(path, text) {
  if (existsSync(new URL(path, root)) && read(path) === text) return;
  if (isCheck) {
    console.error(`${path} is out of date. Run \`npm run generate\`.`);
    process.exitCode = 1;
  } else writeFileSync(fileURLToPath(new URL(path, root)), text);
}
