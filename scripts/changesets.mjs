/** Checks that a changeset announces every public package whose sources changed since the last release. */

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages, readJson, root } from './lib/workspace.mjs';

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

// A release removes the changesets that it has applied.
const release = git('log', '-1', '--format=%H', '--diff-filter=D', '--', '.changeset/*.md');
const base = release || git('rev-list', '--max-parents=0', 'HEAD').split('\n')[0];
const plan = 'node_modules/.cache/changesets.json';
mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
const status = ['node_modules/@changesets/cli/bin.js', 'status', `--since=${base}`];
execFileSync(process.execPath, [...status, `--output=${plan}`], { cwd: root, stdio: 'inherit' });

const { changesets } = readJson(plan);
const announced = new Set(changesets.flatMap(({ releases }) => releases.map(({ name }) => name)));
const changed = release
  ? git('diff', '--name-only', base, '--', 'packages')
  : git('ls-files', '--', 'packages');
const files = changed.split('\n');
for (const { dir, manifest } of publicPackages()) {
  if (announced.has(manifest.name) || !files.some((path) => path.startsWith(`${dir}/src/`)))
    continue;
  console.error(`${manifest.name} has changed. Run \`npm run changeset\` and describe the change.`);
  process.exitCode = 1;
}
// A new project gets the versions that create-telefsm was released with.
if (announced.size > 0 && !announced.has('create-telefsm')) {
  console.error('Name create-telefsm in a changeset too: new projects get the versions of today.');
  process.exitCode = 1;
}
for (const { id, summary } of changesets) {
  if (summary.trim() !== '') continue;
  console.error(`.changeset/${id}.md has no text. Describe the change for users.`);
  process.exitCode = 1;
}
