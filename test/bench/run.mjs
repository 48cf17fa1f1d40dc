/**
 * Measures telefsm beside its peers, and writes `test/artifacts/bench/<mode>.json` and `.md`.
 *
 * `node test/bench/run.mjs [--quick] [--only=memory,heap] [--minutes=3] [--save]` (for each section, and at least one round); the packages are measured as they are built.
 * `--only=storages --systems="telefsm states, grammy;…"` measures these beside their floors, and keeps what is saved of the others.
 * With `--save` what was found is written into `results.json`, from which `npm run generate` makes the tables of `docs/performance.md`; a quick run
 * is too short for that: it measures code before it is compiled, and the heap with few conversations.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { startRuns } from './parent.mjs';
import { systemOf, systems } from './registry.mjs';
import { sections } from './sections.mjs';

const needServers = ['storages', 'races', 'long', 'profile', 'servers'];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    only: { type: 'string', default: Object.keys(sections).join(',') },
    systems: { type: 'string' },
  },
});
const isQuick = values.quick;
const mode = isQuick ? 'quick' : 'full';
if (isQuick && values.save)
  throw new Error('A quick run is not saved. Leave out --quick or --save.');
const wanted = values.only.split(',');
const someSystems = values.systems?.split(';').map((id) => systemOf(id.trim()).id);
if (someSystems !== undefined && values.only !== 'storages')
  throw new Error('Only the storages are measured for some systems. Add --only=storages.');
for (const name of wanted) {
  if (name in sections) continue;
  throw new Error(`There is no section '${name}'; there are ${Object.keys(sections).join(', ')}.`);
}

const servers = wanted.some((name) => needServers.includes(name)) ? await startServers() : {};
const more = wanted.includes('floors') ? await startMore() : {};
const { measure, open, failures } = startRuns({ ...servers, ...more });
const report = { mode, machine: machine(), versions: versions(), sections: {}, failures };
const parts = [`# Measurements, ${mode} mode`, about(report)];
for (const name of wanted) {
  const { title, seconds, run, render } = await sections[name]();
  process.stderr.write(`${title} …\n`);
  const began = performance.now();
  const until = began + (values.minutes === undefined ? seconds[mode] : values.minutes * 60) * 1000;
  const found = await run({ measure, open, isQuick, until, servers, someSystems });
  process.stderr.write(`  ${Math.round((performance.now() - began) / 1000)} s\n`);
  report.sections[name] = found;
  if (values.save) save(name, found);
  const part = `## ${title}\n\n${render(found)}`;
  parts.push(part);
  console.log(`\n${part}`);
}
const left = isQuick ? systems.filter(({ isTwin }) => isTwin).map(({ id }) => id) : [];
if (left.length > 0) parts.push(`A quick run leaves out: ${left.join('; ')}.`);
if (left.length > 0) console.log(`\n${parts.at(-1)}`);
await Promise.all([servers.close?.(), more.close?.()]);
if (failures.length > 0)
  parts.push(`## Not measured\n\n${failures.map((why) => `* ${why}`).join('\n')}`);
if (failures.length > 0) console.log(`\n${parts.at(-1)}`);

const folder = fileURLToPath(new URL('../artifacts/bench/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}${mode}.json`, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(`${folder}${mode}.md`, `${parts.join('\n\n')}\n`);
process.stderr.write(`Written to test/artifacts/bench/${mode}.json and ${mode}.md.\n`);

process.exit(0);

/** Keeps what was found, beside the sections that were measured before. */
function save(name, found) {
  const path = new URL('results.json', import.meta.url);
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).sections : {};
  const all = someSystems === undefined ? found : withOthers(kept[name]?.found ?? {}, found);
  kept[name] = { mode, machine: report.machine, versions: report.versions, found: all };
  const ordered = Object.keys(sections).filter((each) => kept[each] !== undefined);
  const sorted = { sections: Object.fromEntries(ordered.map((each) => [each, kept[each]])) };
  writeFileSync(path, `${JSON.stringify(sorted, rounded, 1)}\n`);
}

/** What was saved of the systems of each storage, with what was found of some. */
function withOthers(kept, found) {
  const merged = Object.entries(found).map(([storage, of]) => [
    storage,
    {
      ...kept[storage],
      ...Object.fromEntries(Object.entries(of).filter(([id]) => someSystems.includes(id))),
    },
  ]);
  return { ...kept, ...Object.fromEntries(merged) };
}

/** Four digits are more than a measurement is worth. */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}

/** Loads a module of the tests. */
async function load(name) {
  const path = fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url));
  return (await runnerImport(path, { configFile: false, logLevel: 'error' })).module;
}

/** The servers of the section on floors. */
async function startMore() {
  const [{ startMariadb }, { startWorkerd }] = await Promise.all([
    load('mariadb'),
    load('workerd'),
  ]);
  const script = new URL('workload/objects-worker.mjs', import.meta.url);
  const [mariadb, workerd] = await Promise.all([startMariadb(), startWorkerd({ script })]);
  const [objectsUrl] = await workerd.urls();
  return {
    mariadbUrl: mariadb.url,
    objectsUrl,
    close: () => Promise.all([mariadb.close(), workerd.close()]),
  };
}

/** The servers of the tests, on free ports. */
async function startServers() {
  const [{ startRedis }, { startPostgres }] = await Promise.all([load('redis'), load('postgres')]);
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  return {
    redisPort: redis.port,
    postgresUrl: postgres.url,
    close: () => Promise.all([redis.stop(), postgres.close()]),
  };
}

function machine() {
  const [{ model }] = cpus();
  return {
    processor: `${cpus().length} × ${model}`,
    memory: `${Math.round(totalmem() / 1e9)} GB`,
    node: process.version,
    system: process.platform,
    load: loadavg()[0],
  };
}

function versions() {
  const { devDependencies } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  );
  const found = {};
  for (const name of Object.keys(devDependencies)) {
    if (name.startsWith('@telefsm/')) continue;
    const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
    found[name] = JSON.parse(readFileSync(manifest, 'utf8')).version;
  }
  try {
    const [, redis] = /v=([\d.]+)/.exec(
      execFileSync('redis-server', ['--version'], { encoding: 'utf8' }),
    );
    found['redis-server'] = redis;
  } catch {
    // a server that is elsewhere on the path of the tests
  }
  return found;
}

function about({ machine: { processor, memory, node, load }, versions: all }) {
  const list = Object.entries(all).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${memory}, Node ${node}; load average at the start ${load.toFixed(1)}.\n\n${list.join(', ')}.`;
}
