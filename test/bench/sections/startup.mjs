/** (f) What a bot that uses a system installs, loads and bundles. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { spread } from '../parent.mjs';
import { systems } from '../registry.mjs';
import { digits, table } from '../tables.mjs';

export const title = 'Start-up and size';
export const seconds = { quick: 40, full: 200 };
const here = fileURLToPath(new URL('..', import.meta.url));

export async function run({ isQuick }) {
  const { build } = await bundler();
  const measured = systems.filter(({ packages }) => packages !== undefined);
  const imports = importTimes(measured, isQuick ? 1 : 40);
  const found = {};
  for (const { id, packages, uses } of measured) {
    const [framework] = packages;
    const code =
      uses ?? packages.map((name, at) => `export * as part${at} from '${name}';`).join('\n');
    const isOwn = packages.length > 1;
    found[id] = {
      ...installed(packages),
      import: above(imports, id, nothing),
      // the system of a bare framework is named as its package
      importAdded: isOwn ? above(imports, id, framework) : undefined,
      bundle: await bundled(build, code, []),
      added: isOwn ? await bundled(build, code, [framework, `${framework}/*`]) : undefined,
    };
  }
  return found;
}

export function render(found) {
  const size = (of) =>
    of === undefined ? '–' : `${digits(of.min / 1000, 0)} / ${digits(of.gzip / 1000)}`;
  return table(
    [
      'system',
      'packages',
      'on disk, MB',
      'import, ms',
      'over the framework, ms',
      'CPU time over the framework, ms',
      'bundle, kB min / gzip',
      'over the framework, kB min / gzip',
    ],
    systems
      .filter(({ id }) => found[id])
      .map(({ id }) => {
        const { packages, bytes, bundle, added, importAdded } = found[id];
        return [
          id,
          packages,
          digits(bytes / 1e6),
          digits(found[id].import.ms, 0),
          importAdded === undefined ? '–' : digits(importAdded.ms, 0),
          importAdded === undefined ? '–' : digits(importAdded.cpuMs, 0),
          size(bundle),
          size(added),
        ];
      }),
  );
}

/** esbuild, which comes with the check of sizes. */
async function bundler() {
  const require = createRequire(createRequire(import.meta.url).resolve('@size-limit/esbuild'));
  return require('esbuild');
}

/** A process that imports nothing. */
const nothing = 'nothing';

/**
 * What it takes to start Node and import the packages of each system, round by round, so that a slow moment of the machine hits all alike.
 * The first round fills the cache of files and does not count.
 */
function importTimes(measured, rounds) {
  const all = [{ id: nothing, packages: [] }, ...measured];
  const times = Object.fromEntries(all.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { id, packages } of all) {
      const time = importTime(packages);
      if (round > 0) times[id].push(time);
    }
  }
  return times;
}

/** Medians of what one system takes above another in the same round. */
function above(times, id, base) {
  const median = (unit) =>
    spread(times[id].map((time, round) => time[unit] - times[base][round][unit])).median;
  return { ms: median('ms'), cpuMs: median('cpuMs') };
}

/** Ms of one start, and of its CPU time on all threads. */
function importTime(packages) {
  const imports = packages.map((name) => `await import('${name}');`).join('');
  const code = `${imports} const { user, system } = process.cpuUsage(); console.log(user + system);`;
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code],
    { cwd: here, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return { ms: performance.now() - began, cpuMs: Number(stdout) / 1000 };
}

async function bundled(build, contents, external) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    external,
  });
  const [{ contents: bytes }] = outputFiles;
  return { min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** How many packages a bot gets with these, and their size, without what is optional. */
function installed(names) {
  const seen = new Map();
  const visit = (name, from) => {
    const folder = folderOf(name, from);
    if (folder === undefined || seen.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    seen.set(
      folder,
      sizeOf(folder, name.startsWith('@telefsm/') ? ['dist', 'package.json'] : undefined),
    );
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency, folder);
  };
  for (const name of names) visit(name, here);
  return { packages: seen.size, bytes: [...seen.values()].reduce((sum, size) => sum + size, 0) };
}

function folderOf(name, from) {
  if (builtinModules.includes(name)) return undefined;
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return realpathSync(path);
    if (folder === dirname(folder)) return undefined;
  }
}

/** @param only - what is published, where the folder has more */
function sizeOf(folder, only) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || (only && !only.includes(entry.name))) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}
