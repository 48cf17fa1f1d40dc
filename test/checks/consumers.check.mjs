/** Installs the packed packages in an empty folder and uses them there as bot authors do. */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyFolder, npmCommand, packed, run, versions } from './packed.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { folder, remove } = emptyFolder();
const node = (...args) => run([process.execPath, ...args], folder);

beforeAll(async () => {
  cpSync(join(root, 'test/checks/consumers'), folder, { recursive: true });
  copyFileSync(join(folder, 'types.mts'), join(folder, 'types.cts'));
  const ours = packed.map(({ name, tarball }) => [name, tarball]);
  const { grammy, telegraf } = versions;
  const dependencies = { ...Object.fromEntries(ours), grammy, telegraf };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await run(npmCommand('install'), folder);
});
afterAll(remove);

test.each(packed)('$name packs the build, its README and its license', ({ manifest, files }) => {
  const promised = JSON.stringify(manifest.exports).match(/dist\/[^"]+/g);
  const others = ['LICENSE', 'README.md', 'llms.txt', 'package.json'];
  // A package has no changelog before its first release.
  if (manifest.version !== '0.0.0') others.push('CHANGELOG.md');
  expect(files).toEqual(expect.arrayContaining([...others, ...promised]));
  const allowed =
    /^(dist\/.+\.(c?js|d\.c?ts)|LICENSE|README\.md|CHANGELOG\.md|package\.json|llms\.txt|docs\/[\w-]+\.md|skills\/.+\.md|templates\/.+)$/;
  expect(files.filter((path) => !allowed.test(path))).toEqual([]);
});

test('every page is in one package, and what llms.txt of a package lists is in its tarball', () => {
  const pages = packed.flatMap(({ files }) => files.filter((path) => path.startsWith('docs/')));
  const all = readdirSync(join(root, 'docs')).filter((path) => /^(?!README).+\.md$/.test(path));
  expect(pages.sort()).toEqual(all.map((path) => `docs/${path}`).sort());
  for (const { name, files } of packed) {
    const list = readFileSync(join(folder, 'node_modules', name, 'llms.txt'), 'utf8');
    const listed = [...list.matchAll(/\]\((?!\.\.)([^)]+)\)/g)].map(([, path]) => path);
    expect(files).toEqual(expect.arrayContaining(listed));
    expect(listed).toEqual(
      expect.arrayContaining(files.filter((path) => /^(docs|skills)\//.test(path))),
    );
  }
});

test('every entry exports the same to import and to require', async () => {
  const entries = packed.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => name + path.slice(1)),
  );
  await node('every-entry.cjs', ...entries);
});

test('every program prints its help, and ends with 2 for an unknown option', async () => {
  const programs = packed.flatMap(({ name, manifest }) =>
    Object.values(manifest.bin ?? {}).map((path) => join('node_modules', name, path)),
  );
  assert.ok(programs.length > 0, 'no package has a program');
  for (const path of programs) {
    expect(await node(path, '--help')).toContain('telefsm');
    await expect(node(path, '--no-such-option')).rejects.toThrow(
      /exits with 2:\n.*--no-such-option/,
    );
  }
});

test('a CommonJS bot on Telegraf answers', () => node('cjs-telegraf.cjs'));

test('an ES module bot on grammY answers', () => node('esm-grammy.mjs'));

test('a bot and its tests use scenes, flows and texts of CommonJS modules', () =>
  node('mixed.mjs'));

test.each(['import', 'require'])('by %s, the driver works under the fake timers of Node', (way) =>
  node('fake-timers.cjs', way),
);

test('a virtual clock waits for modules that a loader resolves in a thread', () =>
  node('slow-loader.mjs'));

test.each(['import', 'require'])(
  'by %s, errors have sentences and options are checked',
  async (way) => {
    const printed = JSON.parse(await node('build.mjs', way));
    expect(printed).toMatchObject({
      code: 'BUSY',
      details: { key: 'k' },
      option: 'INVALID_OPTION',
    });
    expect(printed.message).toMatch(/^Conversation "k" is busy.* \[TELEFSM_BUSY\]$/);
  },
);

test.each(['import', 'require'])(
  'by %s under the production condition, errors have no sentence and options are unchecked',
  async (way) => {
    const printed = JSON.parse(await node('--conditions=production', 'build.mjs', way));
    expect(printed).toEqual({
      code: 'BUSY',
      details: { key: 'k' },
      message: '[TELEFSM_BUSY] {"key":"k"} See docs/errors.md#busy.',
      option: 'accepted',
    });
  },
);

test.each(['typescript-5', 'typescript', 'typescript-7'])('a bot compiles with %s', compile);

test('core bundles for an edge worker and runs there without Node', async () => {
  const preset = createRequire(join(root, 'package.json')).resolve('@size-limit/esbuild');
  const { build } = createRequire(preset)('esbuild');
  await build({
    absWorkingDir: folder,
    entryPoints: ['edge-worker.mjs'],
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    outfile: 'edge-bundle.mjs',
    logLevel: 'silent',
  });
  const { answer } = await import(
    /* @vite-ignore */ pathToFileURL(join(folder, 'edge-bundle.mjs')).href
  );
  assert.deepEqual(await answer(), { ids: ['Form:name', 'Form:age'], kept: 'nothing' });
});

// The last test, since it changes the folder: pnpm puts core where the adapters find it and the bot does not.
test('a bot that does not reach core compiles', async () => {
  hideCore();
  for (const version of ['typescript-5', 'typescript-7']) await compile(version);
});

async function compile(version) {
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
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await node(join(root, 'node_modules', version, 'bin/tsc'), '-p', '.', '--pretty', 'false');
}

function hideCore() {
  const ours = join(folder, 'node_modules/@telefsm');
  const hidden = join(folder, 'node_modules/.hidden/node_modules/@telefsm');
  mkdirSync(hidden, { recursive: true });
  renameSync(join(ours, 'core'), join(hidden, 'core'));
  for (const adapter of ['grammy', 'telegraf']) {
    renameSync(join(ours, adapter), join(hidden, adapter));
    symlinkSync(join(hidden, adapter), join(ours, adapter), 'junction');
  }
}
