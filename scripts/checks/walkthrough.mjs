/**
 * Does what the quick starts and some recipes say, word for word, in empty folders with the packed packages: runs their commands, writes
 * their files, starts their bots beside a fake Telegram, and has the conversations that they promise.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { serveRegistry } from '../lib/own-registry.mjs';
import { packAll } from '../lib/packing.mjs';
import { withSources } from '../lib/sources.mjs';
import { packages, readJson } from '../lib/workspace.mjs';
import { stepsOf } from '../walkthrough/page-steps.mjs';
import { makeReader } from '../walkthrough/reader.mjs';

/** Who reads what, in this order; a recipe is another `bot.ts` in the folder of the quick start. */
const walks = [
  [
    ['docs/quick-start-grammy.md'],
    ['docs/recipes.md', 'A global cancel'],
    ['docs/recipes.md', '/help in mid-flow, and back'],
    ['docs/recipes.md', 'A payment step'],
    ['docs/recipes.md', 'Entering a flow for another user'],
  ],
  [['docs/quick-start-telegraf.md']],
];
const kinds = ['commands', 'write', 'edit', 'talk'];

const problems = [];
const done = Object.fromEntries(kinds.map((kind) => [kind, 0]));
const work = mkdtempSync(join(tmpdir(), 'telefsm-walkthrough-'));
try {
  await ensureBuilt();
  const { packed, problems: unpacked } = await packAll(work);
  problems.push(...unpacked);
  const registry = await serveRegistry(packed);
  try {
    await withSources(async (load) => {
      const { botApiServer } = await load('/packages/testing/src/index.ts');
      const { play } = await load('/examples/lib/play.ts');
      const given = {
        env: registry.env,
        versions: workspaceVersions(),
        kit: { botApiServer, play },
      };
      await Promise.all(walks.map((pages, at) => walk(pages, join(work, `${at}`), given)));
    });
  } finally {
    await registry.close();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const kind of kinds) if (done[kind] === 0) problems.push(`No page has a step '${kind}'.`);
const { commands, write, edit, talk } = done;
finish(
  problems,
  `${walks.flat().length} pages and recipes followed: ${commands} blocks of commands, ${write} files, ${edit} edits, ${talk} conversations`,
);

/** Follows pages one after the other; what goes wrong ends the walk, since all that comes after it stands on it. */
async function walk(pages, home, given) {
  mkdirSync(home);
  const reader = makeReader({ home, ...given });
  try {
    for (const [page, heading] of pages) {
      const steps = stepsOf(page, heading);
      if (!steps.some(({ kind }) => kind === 'talk'))
        throw new Error(
          `${page}, '${heading ?? 'the whole page'}', has no conversation to compare`,
        );
      for (const step of steps) {
        await reader.follow(step);
        done[step.kind] += 1;
      }
    }
  } catch (error) {
    problems.push(error.message);
  } finally {
    await reader.close();
  }
}

/** Of packages that are not ours, the versions that the workspace is tested with. */
function workspaceVersions() {
  const manifests = ['examples', 'test'].map((folder) => readJson(`${folder}/package.json`));
  const all = [...packages().map(({ manifest }) => manifest), ...manifests];
  const known = all.flatMap(({ devDependencies }) => Object.entries(devDependencies ?? {}));
  return Object.fromEntries(known.filter(([, version]) => !version.startsWith('workspace:')));
}
