/**
 * Runs the session and scene tests of Telegraf and grammY on the drop-in modules, with only their imports changed.
 *
 * The tests are fetched into a temporary folder and never become part of this repository:
 *
 *     node test/upstream/run.mjs
 *     node test/upstream/run.mjs --telegraf <git directory> --grammy <git directory> --storage memory,sqlite
 *
 * `own` leaves the stores of the tests as they are; the others put a storage of telefsm behind them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const { values } = parseArgs({
  options: {
    telegraf: { type: 'string', default: 'https://github.com/telegraf/telegraf' },
    grammy: { type: 'string', default: 'https://github.com/grammyjs/grammY' },
    storage: { type: 'string', default: 'own,memory,sqlite,redis,postgres' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'telefsm-upstream-'));
let failed = false;
try {
  prepare();
  for (const storage of values.storage.split(',')) {
    process.env['UPSTREAM_STORAGE'] = storage;
    console.log(`\n${storage}:`);
    const vitest = await startVitest(
      'test',
      [],
      {
        root: folder,
        config: false,
        watch: false,
        include: ['**/*.test.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
        maxWorkers: 1,
        reporters: ['default'],
      },
      viteOptions(),
    );
    const modules = vitest.state.getTestModules();
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    failed ||=
      tests.length === 0 || passed < tests.length || modules.some((module) => !module.ok());
    console.log(`${storage}: ${passed} of ${tests.length} cases pass`);
    await vitest.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

function viteOptions() {
  const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];
  return { resolve: { conditions, preserveSymlinks: false }, ssr: { resolve: { conditions } } };
}

/** Copies the tests with other imports, beside what they run on. */
function prepare() {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'test/node_modules/@telefsm'), join(folder, 'node_modules/@telefsm'));
  for (const name of ['grammy', 'telegraf']) {
    symlinkSync(join(root, 'test/node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  const [tests, stores] = [join(here, 'harness.ts'), join(here, 'modules.ts')];
  const rules = [
    [/const test = require\('ava'\)(\.default)?/, `import { ava as test } from '${tests}'`],
    [/const (\{[^}]*\}) = require\('\.\.\/?'\)/, `import $1 from '${stores}'`],
    [/const (\{[^}]*\}) = require\('\.\/_helpers'\)/, `import $1 from './helpers.ts'`],
    [
      /const SyncStore = \(\) =>/,
      `import { behind } from '${stores}';\nconst SyncStore = () => behind(ownSyncStore);\nconst ownSyncStore = () =>`,
    ],
    [
      /const AsyncStore = \(\) =>/,
      `const AsyncStore = () => behind(ownAsyncStore);\nconst ownAsyncStore = () =>`,
    ],
    [/module\.exports = \{/, 'export {'],
  ];
  const take = (git, path, to, changes) => {
    let text = git(path);
    for (const [from, into] of changes) text = text.replaceAll(new RegExp(from.source, 'g'), into);
    writeFileSync(join(folder, to), text);
  };
  const telegraf = repository(values.telegraf, 'telegraf');
  take(telegraf, 'test/_helpers.js', 'helpers.ts', rules);
  take(telegraf, 'test/session.js', 'telegraf-session.test.ts', rules);
  take(telegraf, 'test/scenes.js', 'telegraf-scenes.test.ts', rules);
  take(
    repository(values.grammy, 'grammy'),
    'test/convenience/session.test.ts',
    'grammy-session.test.ts',
    [
      [
        /"\.\.\/\.\.\/src\/convenience\/session\.ts"/,
        `'${stores.replace('modules', 'grammy-modules')}'`,
      ],
      [/"\.\.\/\.\.\/src\/mod\.ts"/, "'grammy'"],
      [/"\.\.\/deps\.test\.ts"/, `'${tests}'`],
    ],
  );
}

/** Reads files of a repository's newest commit: one that is here already, or a shallow clone. */
function repository(source, name) {
  const git = source.includes('://') ? join(folder, `${name}.git`) : source;
  if (git !== source) {
    execFileSync('git', ['clone', '--quiet', '--bare', '--depth=1', source, git], {
      stdio: 'inherit',
    });
  }
  const commit = execFileSync('git', ['--git-dir', git, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  console.log(`${name}: ${commit.trim()}`);
  return (path) =>
    execFileSync('git', ['--git-dir', git, 'show', `HEAD:${path}`], { encoding: 'utf8' });
}
