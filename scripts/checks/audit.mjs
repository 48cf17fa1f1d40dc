/**
 * Reviews what an installation of our packages runs and brings: no install scripts, no dependency that nobody looked at, free licences and
 * Node 20 all the way down, nothing of others inside what is built.
 *
 * `npm run audit -- --online` also asks the registry for known vulnerabilities, and fails where it gives no answer.
 */

import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../lib/build.mjs';
import { bundledIn, installedBelow } from '../lib/installed.mjs';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { packages, publicPackages, read, readJson, root } from '../lib/workspace.mjs';

const { values } = parseArgs({ options: { online: { type: 'boolean', default: false } } });

// the one that the release tool brings
const releaseTool = realpathSync(join(root, 'node_modules/@changesets/cli/package.json'));
const { satisfies } = createRequire(releaseTool)('semver');
const { builds, bundled, dependencies } = readJson('scripts/reviewed.json');
const installing = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'dependencies',
];
const free = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']);
const problems = [];

for (const { dir, manifest } of packages())
  for (const script of installing)
    if (manifest.scripts?.[script]) problems.push(`${dir} has an install script '${script}'.`);

for (const { folder, manifest } of publicPackages()) {
  const reviewed = dependencies[folder] ?? {};
  const brought = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const peers = Object.keys(manifest.peerDependencies ?? {});
  for (const name of [...brought, ...peers])
    if (!reviewed[name])
      problems.push(
        `${manifest.name} brings '${name}', which scripts/reviewed.json does not know.`,
      );
  for (const name of Object.keys(reviewed))
    if (![...brought, ...peers].includes(name))
      problems.push(`${manifest.name} no longer brings '${name}': remove its review.`);
  const required = peers.filter((name) => !manifest.peerDependenciesMeta?.[name]?.optional);
  if (folder.startsWith('storage-') && required.length > 0)
    problems.push(
      `${manifest.name}: '${required.join("', '")}' must be optional; the user brings one client.`,
    );
  if (manifest.license !== 'MIT') problems.push(`${manifest.name} has no MIT licence.`);
}

const allowed = allowedBuilds();
for (const name of Object.keys(allowed))
  if (!builds[name])
    problems.push(`allowBuilds names '${name}', which scripts/reviewed.json does not know.`);
for (const [name, { runs }] of Object.entries(builds))
  if (allowed[name] !== runs)
    problems.push(`allowBuilds and scripts/reviewed.json differ on '${name}'.`);

const brought = new Map(
  publicPackages().flatMap((each) => installedBelow(each).map((found) => [found.id, found])),
);
for (const [id, { license, engines, by }] of brought) {
  if (!free.has(license))
    problems.push(
      `${id} (by ${by}) has the licence '${license}', none of ${[...free].join(', ')}.`,
    );
  if (!satisfies('20.19.0', engines?.node ?? '*'))
    problems.push(`${id} (by ${by}) wants Node ${engines.node}, and we promise 20.19.`);
}
await ensureBuilt();
for (const each of publicPackages())
  for (const name of bundledIn(each))
    if (!free.has(bundled[name]?.license))
      problems.push(
        `${each.manifest.name} has ${name} inside its dist, and scripts/reviewed.json knows no free licence of it.`,
      );

const known = values.online ? await vulnerabilities() : 'vulnerabilities not asked for (--online)';

const lockfile = read('pnpm-lock.yaml');
if (/https?:\/\/|registry\./.test(lockfile))
  problems.push('pnpm-lock.yaml names the host of a registry.');
const integrities = lockfile.match(/integrity: sha512-/g)?.length ?? 0;
if (integrities === 0) problems.push('pnpm-lock.yaml proves nothing: it has no sha512.');
finish(
  problems,
  `${publicPackages().length} packages bring ${brought.size} others, free and for Node 20; ${integrities} locked dependencies with sha512; ${known}`,
);

/** What the registry knows of production dependencies; a registry that gives no answer is a problem, since nothing was asked then. */
async function vulnerabilities() {
  const { output } = await run([...tool('pnpm'), 'audit', '--prod', '--json']);
  const { advisories, metadata } = answerIn(output);
  if (metadata?.vulnerabilities === undefined) {
    const [, status = 'no answer'] = /responded with (\d+)/.exec(output) ?? [];
    problems.push(
      `The registry cannot be asked for vulnerabilities (${status}), so nothing is known of any.`,
    );
    return 'vulnerabilities unknown';
  }
  const found = Object.values(advisories ?? {});
  for (const { module_name, severity, title, url } of found)
    problems.push(`${module_name} has a known vulnerability (${severity}): ${title} ${url}`);
  return `${found.length} known vulnerabilities`;
}

function answerIn(output) {
  try {
    return JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    return {};
  }
}

/** The map under `allowBuilds:` in pnpm-workspace.yaml. */
function allowedBuilds() {
  const [, block = ''] = /^allowBuilds:\n((?: {2}.*\n)*)/m.exec(read('pnpm-workspace.yaml')) ?? [];
  const entries = [...block.matchAll(/^ {2}"?([^":\s]+)"?: (true|false)$/gm)];
  return Object.fromEntries(entries.map(([, name, value]) => [name, value === 'true']));
}
