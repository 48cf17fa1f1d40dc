/** Builds the packages once for all checks that read `dist`. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finish } from './outcome.mjs';
import { run, tool } from './processes.mjs';
import { entriesOf, packages, projectFiles, root } from './workspace.mjs';

const stamp = join(root, 'node_modules/.cache/telefsm/built');
const builtFrom = /^(packages\/[^/]+\/(src\/|package\.json$)|tsdown\.config\.ts$|pnpm-lock\.yaml$)/;

/** Builds all packages and resolves with the tool's output; throws it when the build fails. */
export async function build() {
  const state = sourceState();
  const { status, output } = await run([...tool('tsdown'), '--logLevel', 'error']);
  if (status !== 0) throw new Error(`The build failed.\n${output}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state);
  return output;
}

/** Builds unless `dist` already stands for the present sources; throws the tool's output when that fails. */
export async function buildIfStale() {
  const complete = packages().every(({ dir }) => existsSync(join(root, dir, 'dist/index.js')));
  const current = existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceState();
  if (!complete || !current) await build();
}

/** For checks that are nothing without a build: where it fails, the check has failed and ends. */
export async function ensureBuilt() {
  try {
    await buildIfStale();
  } catch (error) {
    finish([error.message], 'the packages do not build');
    process.exit();
  }
}

/** Every file that `dist` should have, by its path from the root, with those that are missing apart. */
export function expectedFiles() {
  const files = packages().flatMap((each) =>
    entriesOf(each).flatMap((entry) =>
      ['js', 'cjs', 'd.ts', 'd.cts'].map((ending) => `${each.dir}/dist/${entry}.${ending}`),
    ),
  );
  return { files, missing: files.filter((path) => !existsSync(join(root, path))) };
}

function sourceState() {
  const hash = createHash('sha256').update(process.version);
  for (const path of projectFiles(builtFrom)) {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest('hex');
}
