/** Reviews what an installation of our packages runs and brings: no install scripts, no dependency that nobody looked at. */

import { finish } from '../lib/outcome.mjs';
import { packages, publicPackages, read, readJson } from '../lib/workspace.mjs';

const { builds, dependencies } = readJson('scripts/reviewed.json');
const installing = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'dependencies',
];
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

const lockfile = read('pnpm-lock.yaml');
if (/https?:\/\/|registry\./.test(lockfile))
  problems.push('pnpm-lock.yaml names the host of a registry.');
const integrities = lockfile.match(/integrity: sha512-/g)?.length ?? 0;
if (integrities === 0) problems.push('pnpm-lock.yaml proves nothing: it has no sha512.');
finish(
  problems,
  `${publicPackages().length} packages, ${integrities} locked dependencies with sha512`,
);

/** The map under `allowBuilds:` in pnpm-workspace.yaml. */
function allowedBuilds() {
  const [, block = ''] = /^allowBuilds:\n((?: {2}.*\n)*)/m.exec(read('pnpm-workspace.yaml')) ?? [];
  const entries = [...block.matchAll(/^ {2}"?([^":\s]+)"?: (true|false)$/gm)];
  return Object.fromEntries(entries.map(([, name, value]) => [name, value === 'true']));
}
