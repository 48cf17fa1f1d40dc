/**
 * Wants a changeset for every public package whose sources changed since they were last released.
 *
 * What counts as the last release: the last commit that removed a changeset (`changeset version` does); without one, on a branch the point
 * where it left `main`, on `main` itself the beginning. Of a branch only its own commits count. A clone without `main` is treated as `main`.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { publicPackages, read, root } from '../lib/workspace.mjs';

const problems = [];
const base = await lastRelease();
const changed = await changedPackages(base);
const announced = announcedPackages();
for (const name of changed)
  if (!announced.has(name))
    problems.push(`${name} has changed and no changeset names it: run \`npm run changeset\`.`);
const names = publicPackages().map(({ manifest }) => manifest.name);
for (const [name, files] of announced)
  if (!names.includes(name))
    problems.push(`${files.join(', ')}: there is no public package '${name}'.`);
// The tool's own plan also finds what cannot be read; told where to begin, it needs no branch that a clone may lack.
const first = base ?? (await git('rev-list', '--max-parents=0', 'HEAD')).split('\n')[0];
const plan = await run([...tool('@changesets/cli', 'changeset'), 'status', `--since=${first}`]);
if (plan.status !== 0) problems.push(plan.output.trim());
finish(
  problems,
  `${changed.length} changed packages since ${base?.slice(0, 7) ?? 'the beginning'}, ${announced.size} announced`,
);

async function git(...args) {
  const { status, output } = await run(['git', ...args]);
  return status === 0 ? output.trim() : undefined;
}

async function lastRelease() {
  const main =
    (await git('rev-parse', '--verify', '--quiet', 'origin/main')) ??
    (await git('rev-parse', '--verify', '--quiet', 'main'));
  const fork = main && (await git('merge-base', main, 'HEAD'));
  const head = await git('rev-parse', 'HEAD');
  const branch = fork && fork !== head ? fork : undefined;
  const range = branch ? [`${branch}..HEAD`] : [];
  const removed = ['--diff-filter=D', '--', '.changeset/*.md'];
  const released = await git('log', '-1', '--format=%H', ...range, ...removed);
  return released || branch;
}

async function changedPackages(since) {
  const tracked = since
    ? await git('diff', '--name-only', since, '--', 'packages')
    : await git('ls-files', '--', 'packages');
  const files = (tracked ?? '').split('\n');
  return publicPackages()
    .filter(({ dir }) => files.some((path) => path.startsWith(`${dir}/src/`)))
    .map(({ manifest }) => manifest.name);
}

/** Package names in the heads of the changesets, with the files that name them. */
function announcedPackages() {
  const found = new Map();
  for (const file of readdirSync(join(root, '.changeset'))) {
    if (!file.endsWith('.md') || file === 'README.md') continue;
    const path = `.changeset/${file}`;
    const [, head, text] = /^---\n([\s\S]*?)\n?---\n([\s\S]*)$/.exec(read(path)) ?? [];
    if (head === undefined)
      problems.push(`${path} is no changeset: it has no head between two lines '---'.`);
    else if (!text.trim()) problems.push(`${path} says nothing to users.`);
    for (const [, name] of (head ?? '').matchAll(/^["']?([^"':\s]+)["']?:/gm))
      found.set(name, [...(found.get(name) ?? []), path]);
  }
  return found;
}
