/**
 * Compiles public Telegraf bots, strictly, before and after their import has changed, and compares the diagnostics.
 *
 * The bots are fetched into a temporary folder and never become part of this repository:
 *
 *     node test/upstream/types.mjs feathers-studio/telegraf-docs <owner>/<name> …
 *     node test/upstream/types.mjs <git directory> …
 *
 * Run `npm run build` first. Packages that are not installed here are missing in both versions.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'telefsm-upstream-types-'));
let failed = false;
try {
  symlinkSync(join(root, 'test/node_modules'), join(folder, 'node_modules'));
  for (const source of process.argv.slice(2)) compare(source);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** Compiles one repository twice. */
function compare(source) {
  const git = existsSync(source) ? source : join(folder, `${source.replace('/', '+')}.git`);
  if (git !== source) {
    const url = `https://github.com/${source}`;
    execFileSync('git', ['clone', '--quiet', '--bare', '--depth=1', url, git]);
  }
  const read = (...args) =>
    execFileSync('git', ['--git-dir', git, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const files = read('ls-tree', '-r', '--name-only', '-z', 'HEAD')
    .split('\0')
    .filter((path) => /(?<!\.d)\.tsx?$/.test(path) && !path.includes('node_modules'))
    .map((path) => ({ path, text: read('show', `HEAD:${path}`) }));
  const changed = files.filter(({ text }) => moved(text) !== text);
  const before = diagnostics('before', files);
  const after = diagnostics(
    'after',
    files.map(({ path, text }) => ({ path, text: moved(text) })),
  );
  const different = [...after, ...before].filter(
    (line) => before.includes(line) !== after.includes(line),
  );
  console.log(
    `${source}: ${files.length} files, ${changed.length} with another import, ${before.length} and ${after.length} diagnostics, ${different.length} differ`,
  );
  for (const line of different) console.log(`  ${after.includes(line) ? '+' : '-'} ${line}`);
  failed ||= changed.length === 0 || different.length > 0;
}

/** The text with the module specifier changed. */
function moved(text) {
  return text.replace(/(from\s*)(['"])telegraf(\/scenes)?\2/g, '$1$2@telefsm/telegraf/scenes$2');
}

/** The messages of the compiler, with the types of both packages under one name. */
function diagnostics(version, files) {
  const at = join(folder, version);
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), text);
  }
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: ['node'], jsx: 'preserve' },
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', esModuleInterop: true },
    ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = { compilerOptions, files: files.map(({ path }) => path) };
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript-7/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', at, '--pretty', 'false'], {
    cwd: at,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .map((line) => line.replace(/@telefsm\/telegraf\/scenes|telegraf\/scenes/g, 'telegraf'));
}
