/**
 * Checks the files that the packages are built into: none has a statement that stays in a bundle which does not use it, none imports itself
 * by others, and a bot with states loads few of them and no other package.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const preset = createRequire(join(root, 'package.json')).resolve('@size-limit/esbuild');
const { build } = createRequire(preset)('esbuild');

/** Files of core and of an adapter that the import of an adapter loads. A file costs about as much time as 20 kB of code. */
const mostFiles = 5;

/** What a bundle keeps of a file that it imports and does not use. */
async function leftOf(path) {
  const { outputFiles } = await build({
    stdin: { contents: `import ${JSON.stringify(path)};`, resolveDir: root },
    bundle: true,
    treeShaking: true,
    format: 'esm',
    platform: 'neutral',
    write: false,
    logLevel: 'silent',
    plugins: [{ name: 'one file', setup: alone }],
  });
  const lines = outputFiles[0].text.split('\n');
  return lines.filter((line) => line !== '' && !/^(?:\/\/|import) /.test(line)).join('\n');
}

/** Takes the file itself without the package's word that it has no side effects, and nothing that it imports. */
function alone(plugin) {
  plugin.onResolve({ filter: /./ }, ({ path, importer }) =>
    importer === '<stdin>' ? { path } : { path, external: true, sideEffects: false },
  );
  // For `export *` of another package, esbuild makes an object of all exports.
  plugin.onLoad({ filter: /./ }, ({ path }) => ({
    contents: readFileSync(path, 'utf8').replaceAll(/^export \* from .*$/gm, ''),
  }));
}

/** What a file imports, without `import()`. */
function specifiersIn(path) {
  const found = readFileSync(path, 'utf8').matchAll(/^(?:import|export) .*?from "([^"]+)";$/gm);
  return Array.from(found, ([, specifier]) => specifier);
}

/** Whether the import of an adapter loads this anyway. */
function isExpected(specifier, framework) {
  return specifier === framework || /^(?:\.|@telefsm\/core)/.test(specifier);
}

/** The files of ours that a file imports. */
function importedBy(path) {
  return specifiersIn(path).flatMap((specifier) => fileOf(specifier, path) ?? []);
}

function fileOf(specifier, from) {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const [, door] = /^@telefsm\/core(?:\/(.+))?$/.exec(specifier) ?? [];
  const isCore = specifier.startsWith('@telefsm/core');
  return isCore ? join(root, 'packages/core/dist', `${door ?? 'index'}.js`) : undefined;
}

/** Adds a file and all that it loads. @throws Error for a circle: what a file does at its start may need one that has not run */
function load(path, loaded, above = []) {
  if (above.includes(path)) {
    const circle = [...above.slice(above.indexOf(path)), path];
    throw new Error(circle.map((each) => relative(root, each)).join(' -> '));
  }
  if (loaded.has(path)) return loaded;
  for (const imported of importedBy(path)) load(imported, loaded, [...above, path]);
  return loaded.add(path);
}

// who imports a storage uses it, and nobody bundles tests
const packages = ['core', 'commands', 'grammy', 'telegraf'];
const problems = [];
for (const name of packages) {
  const dist = join(root, 'packages', name, 'dist');
  const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.js'));
  if (files.length === 0) problems.push(`${name}: nothing is built. Run \`npm run build\`.`);
  for (const file of files) {
    const left = await leftOf(join(dist, file));
    if (left !== '') problems.push(`${name}/dist/${file}: every bundle keeps\n${left}`);
  }
}

for (const name of ['grammy', 'telegraf']) {
  try {
    const loaded = load(join(root, 'packages', name, 'dist/index.js'), new Set());
    const foreign = [...loaded].flatMap(specifiersIn).filter((each) => !isExpected(each, name));
    // one CommonJS package takes a part of the time that all of core takes
    if (foreign.length > 0) problems.push(`${name}: its import loads ${foreign} too`);
    const missing = [...loaded].filter((path) => !existsSync(path));
    if (missing.length > 0) problems.push(`${name}: ${missing} is not built`);
    const count = `the import of @telefsm/${name} loads ${loaded.size} files`;
    if (loaded.size > mostFiles) problems.push(`${count}; ${mostFiles} are reviewed`);
    else console.log(count);
  } catch (error) {
    problems.push(`${name}: files import each other: ${error.message}`);
  }
}
for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exitCode = 1;
