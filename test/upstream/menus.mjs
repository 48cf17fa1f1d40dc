/**
 * Plays the menu of test/behavior/menus on `@gramio/dialogs`, and prints what users see: the column of docs/comparison-views.md.
 *
 * The library is fetched into a temporary folder and never becomes part of this repository: it and its storages from GitHub, its framework
 * from npm:
 *
 *     node test/upstream/menus.mjs
 *     node test/upstream/menus.mjs --dialogs <git directory> --storages <git directory>
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const { values } = parseArgs({
  options: {
    dialogs: { type: 'string', default: 'https://github.com/gramiojs/dialogs' },
    storages: { type: 'string', default: 'https://github.com/gramiojs/storages' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'telefsm-menus-'));
let failed = false;
try {
  const imports = {
    '#dialogs': './dialogs/src/index.ts',
    '#play': './play.ts',
    '@gramio/storage': './storages/packages/core/src/index.ts',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', 'gramio@0.10.0', 'etiket@0.11.0']);
  for (const name of ['dialogs', 'storages'])
    run('git', ['clone', '-q', '--depth', '1', values[name], name]);
  copyFileSync(join(root, 'test/behavior/menus/play.ts'), join(folder, 'play.ts'));
  copyFileSync(join(here, 'dialogs.mjs'), join(folder, 'menus.test.mjs'));
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  const alias = Object.fromEntries(
    Object.entries(imports).map(([name, path]) => [name, join(folder, path)]),
  );
  const options = { root: folder, config: false, watch: false, include: ['menus.test.mjs'] };
  const vitest = await startVitest(
    'test',
    [],
    { ...options, maxWorkers: 1 },
    { resolve: { alias } },
  );
  failed = vitest.state.getTestModules().some((module) => !module.ok());
  await vitest.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

function run(command, args) {
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
