/**
 * Packs every public package as it would be published, lints the tarballs, installs them in an empty folder and uses them there: a
 * CommonJS bot, an ES module bot, TypeScript of three versions, and a bundle for an edge worker.
 */

import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
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
import { run, tool } from '../lib/processes.mjs';
import { entriesOf, publicPackages, readJson, root } from '../lib/workspace.mjs';

const problems = [];
const work = mkdtempSync(join(tmpdir(), 'telefsm-packages-'));
try {
  await ensureBuilt();
  const packed = [];
  for (const each of publicPackages()) packed.push(await pack(each));
  const sound = packed.filter(Boolean);
  if (sound.length === packed.length) await Promise.all([lintTarballs(sound), useTarballs(sound)]);
  const sizes = sound.map(({ folder, unpacked }) => `${folder} ${(unpacked / 1000).toFixed(0)} kB`);
  finish(problems, `${sound.length} packages, unpacked: ${sizes.join(', ')}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Packs one package and checks what is inside; nothing where packing failed. */
async function pack(each) {
  const { folder, dir, manifest } = each;
  const pnpm = tool('pnpm');
  const { status, output } = await run([
    ...pnpm,
    '--dir',
    dir,
    'pack',
    '--json',
    '--pack-destination',
    work,
  ]);
  if (status !== 0) {
    problems.push(`${manifest.name} cannot be packed: ${output}`);
    return undefined;
  }
  const { filename, files } = JSON.parse(output.slice(output.indexOf('{')));
  const paths = files.map(({ path }) => path);
  const wanted = ['LICENSE', 'README.md', 'package.json', ...distOf(each)];
  // Before the first release there is nothing to tell.
  if (manifest.version !== '0.0.0') wanted.push('CHANGELOG.md');
  for (const path of wanted)
    if (!paths.includes(path)) problems.push(`${manifest.name} is packed without ${path}.`);
  const allowed = /^(dist\/.+\.(c?js|d\.c?ts)|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/;
  for (const path of paths)
    if (!allowed.test(path)) problems.push(`${manifest.name} packs ${path}.`);
  const unpacked = paths
    .map((path) => sizeOf(join(root, dir, path)))
    .reduce((sum, size) => sum + size, 0);
  return { folder, manifest, filename, unpacked };
}

function distOf(each) {
  return entriesOf(each).flatMap((entry) =>
    ['js', 'cjs', 'd.ts', 'd.cts'].map((ending) => `dist/${entry}.${ending}`),
  );
}

/** The licence is the workspace's own, which pnpm puts into each package. */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? statSync(join(root, 'LICENSE')).size;
}

/** What publint and "are the types wrong" say, the latter in every way that TypeScript resolves a package. */
async function lintTarballs(packed) {
  for (const { manifest, filename } of packed) {
    const { buffer } = new Uint8Array(readFileSync(filename));
    const { messages, pkg } = await publint({
      pack: { tarball: buffer },
      strict: true,
      level: 'suggestion',
    });
    for (const message of messages)
      problems.push(`${manifest.name}, publint: ${formatMessage(message, pkg, { color: false })}`);
    const attw = [
      ...tool('@arethetypeswrong/cli', 'attw'),
      filename,
      '--format',
      'ascii',
      '--no-color',
    ];
    const { status, output } = await run(attw);
    if (status !== 0) problems.push(`${manifest.name}, are the types wrong:\n${output.trimEnd()}`);
  }
}

async function useTarballs(packed) {
  const names = [
    'bot-api.cjs',
    'esm-grammy.mjs',
    'cjs-telegraf.cjs',
    'types.mts',
    'edge-worker.mjs',
  ];
  for (const name of names) copyFileSync(join(root, 'scripts/consumers', name), join(work, name));
  copyFileSync(join(work, 'types.mts'), join(work, 'types.cts'));
  if (!(await install(packed))) return;
  await runs('A CommonJS bot on Telegraf', [process.execPath, 'cjs-telegraf.cjs']);
  await runs('An ES module bot on grammY', [process.execPath, 'esm-grammy.mjs']);
  await compiles();
  await bundles();
}

/** Installs the tarballs and the frameworks as a user does, in a folder that knows nothing of the workspace. */
async function install(packed) {
  const { grammy } = readJson('packages/grammy/package.json').devDependencies;
  const { telegraf } = readJson('packages/telegraf/package.json').devDependencies;
  const ours = packed.map(({ manifest, filename }) => [
    manifest.name,
    pathToFileURL(filename).href,
  ]);
  const manifest = {
    private: true,
    dependencies: { ...Object.fromEntries(ours), grammy, telegraf },
  };
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest));
  const npm = process.env.npm_execpath?.includes('npm-cli')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  const quiet = [
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
  return runs('Installing the tarballs', [...npm, 'install', ...quiet]);
}

async function compiles() {
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
  for (const name of ['typescript-5', 'typescript', 'typescript-7'])
    await runs(`Compiling a bot with ${name}`, [
      ...tool(name, 'tsc'),
      '-p',
      '.',
      '--pretty',
      'false',
    ]);
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
