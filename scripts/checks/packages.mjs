/**
 * Packs every public package as it would be published, lints the tarballs, installs them in an empty folder and uses them there: a
 * CommonJS bot, an ES module bot, every entry both ways, TypeScript of three versions, and a bundle for an edge worker.
 */

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ensureBuilt } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { npm, packAll, quietly } from '../lib/packing.mjs';
import { run, tool } from '../lib/processes.mjs';
import { entriesOf, readJson, root } from '../lib/workspace.mjs';

// The licence is the workspace's own, which pnpm puts into each package.
const licenceSize = statSync(join(root, 'LICENSE')).size;
const problems = [];
const work = mkdtempSync(join(tmpdir(), 'telefsm-packages-'));
try {
  await ensureBuilt();
  const { packed, problems: unpacked } = await packAll(work);
  problems.push(...unpacked);
  for (const each of packed) inspect(each);
  if (unpacked.length === 0) await Promise.all([lintTarballs(packed), useTarballs(packed)]);
  const sizes = packed.map((each) => `${each.folder} ${(sizeOf(each) / 1000).toFixed(0)} kB`);
  finish(problems, `${packed.length} packages, unpacked: ${sizes.join(', ')}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Checks what is inside a packed package. */
function inspect({ manifest, paths, ...each }) {
  const wanted = ['LICENSE', 'README.md', 'package.json', ...distOf({ manifest, ...each })];
  // Before the first release there is nothing to tell.
  if (manifest.version !== '0.0.0') wanted.push('CHANGELOG.md');
  for (const path of wanted)
    if (!paths.includes(path)) problems.push(`${manifest.name} is packed without ${path}.`);
  const allowed = /^(dist\/.+\.(c?js|d\.c?ts)|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;
  for (const path of paths)
    if (!allowed.test(path)) problems.push(`${manifest.name} packs ${path}.`);
}

function distOf(each) {
  return entriesOf(each).flatMap((entry) =>
    ['js', 'cjs', 'd.ts', 'd.cts'].map((ending) => `dist/${entry}.${ending}`),
  );
}

/** How many bytes a package unpacks to. */
function sizeOf({ dir, paths }) {
  return paths
    .map((path) => statSync(join(root, dir, path), { throwIfNoEntry: false })?.size)
    .reduce((sum, size) => sum + (size ?? licenceSize), 0);
}

/** What publint and "are the types wrong" say, the latter in every way that TypeScript resolves a package. */
async function lintTarballs(packed) {
  for (const { manifest, tarball } of packed) {
    const { buffer } = new Uint8Array(readFileSync(tarball));
    const { messages, pkg } = await publint({
      pack: { tarball: buffer },
      strict: true,
      level: 'suggestion',
    });
    for (const message of messages)
      problems.push(`${manifest.name}, publint: ${formatMessage(message, pkg, { color: false })}`);
    const attw = tool('@arethetypeswrong/cli', 'attw');
    const plainly = ['--format', 'ascii', '--no-color'];
    const { status, output } = await run([...attw, tarball, ...plainly]);
    if (status !== 0) problems.push(`${manifest.name}, are the types wrong:\n${output.trimEnd()}`);
  }
}

async function useTarballs(packed) {
  const names = [
    'bot-api.cjs',
    'every-entry.cjs',
    'esm-grammy.mjs',
    'cjs-telegraf.cjs',
    'types.mts',
    'edge-worker.mjs',
  ];
  for (const name of names) copyFileSync(join(root, 'scripts/consumers', name), join(work, name));
  copyFileSync(join(work, 'types.mts'), join(work, 'types.cts'));
  if (!(await install(packed))) return;
  const entries = packed.flatMap((each) =>
    entriesOf(each).map((entry) => each.manifest.name + (entry === 'index' ? '' : `/${entry}`)),
  );
  await runs('Loading every entry', [process.execPath, 'every-entry.cjs', ...entries]);
  for (const [name, path] of programsOf(packed))
    await runs(`${name} --help`, [process.execPath, path, '--help']);
  await runs('A CommonJS bot on Telegraf', [process.execPath, 'cjs-telegraf.cjs']);
  await runs('An ES module bot on grammY', [process.execPath, 'esm-grammy.mjs']);
  await compiles('Compiling a bot', ['typescript-5', 'typescript', 'typescript-7']);
  await bundles();
  hideCore();
  await compiles('Compiling a bot that does not reach core', ['typescript-5', 'typescript-7']);
}

/** Puts core where pnpm and others put it: within reach of the adapters, not of the bot. */
function hideCore() {
  const core = join(work, 'node_modules/@telefsm/core');
  const hidden = join(work, 'node_modules/.hidden/node_modules/@telefsm');
  mkdirSync(hidden, { recursive: true });
  renameSync(core, join(hidden, 'core'));
  for (const adapter of ['grammy', 'telegraf']) {
    const visible = join(work, 'node_modules/@telefsm', adapter);
    renameSync(visible, join(hidden, adapter));
    symlinkSync(join(hidden, adapter), visible, 'junction');
  }
}

/** Installs the tarballs and the frameworks as a user does, in a folder that knows nothing of the workspace. */
async function install(packed) {
  const { grammy } = readJson('packages/grammy/package.json').devDependencies;
  const { telegraf } = readJson('packages/telegraf/package.json').devDependencies;
  const ours = packed.map(({ manifest, tarball }) => [manifest.name, pathToFileURL(tarball).href]);
  const manifest = {
    private: true,
    dependencies: { ...Object.fromEntries(ours), grammy, telegraf },
  };
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest));
  return runs('Installing the tarballs', [...npm, 'install', ...quietly]);
}

/** The programs that packages bring, by name, each with its path once installed. */
function programsOf(packed) {
  return packed.flatMap(({ manifest }) =>
    Object.entries(manifest.bin ?? {}).map(([name, path]) => [
      name,
      join('node_modules', manifest.name, path),
    ]),
  );
}

async function compiles(title, versions) {
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    declaration: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = ['types.mts', 'types.cts'];
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  for (const name of versions)
    await runs(`${title} with ${name}`, [...tool(name, 'tsc'), '-p', '.', '--pretty', 'false']);
}

/** Bundles core without Node's modules, where an import that cannot be resolved is an error, and runs the bundle. */
async function bundles() {
  const preset = realpathSync(join(root, 'node_modules/@size-limit/esbuild/package.json'));
  const { build } = createRequire(preset)('esbuild');
  const bundled = await build({
    absWorkingDir: work,
    entryPoints: ['edge-worker.mjs'],
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    outfile: 'edge-bundle.mjs',
    logLevel: 'silent',
  }).catch(({ errors, message }) => ({ errors: errors ?? [{ text: message }] }));
  for (const { text } of bundled.errors) problems.push(`Bundling core for an edge worker: ${text}`);
  if (bundled.errors.length > 0) return;
  const expected = { ids: ['Form:name', 'Form:age'], kept: 'nothing' };
  const assertion = `const { answer } = await import('./edge-bundle.mjs');
    require('node:assert').deepEqual(await answer(), ${JSON.stringify(expected)});`;
  const script = `(async () => { ${assertion} })().catch((error) => { console.error(error); process.exit(1); });`;
  await runs('The bundle for an edge worker', [process.execPath, '-e', script]);
}

async function runs(title, command) {
  const { status, output } = await run(command, { cwd: work });
  if (status !== 0) problems.push(`${title} failed:\n${output.trimEnd()}`);
  return status === 0;
}
