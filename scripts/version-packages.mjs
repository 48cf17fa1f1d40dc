/** Turns the changesets into versions and changelogs, and sets the versions of the JSR manifests. */

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages, readJson, root } from './lib/workspace.mjs';

const run = (...command) =>
  execFileSync(process.execPath, command, { cwd: root, stdio: 'inherit' });

run('node_modules/@changesets/cli/bin.js', 'version');
const versions = new Map(publicPackages().map(({ manifest }) => [manifest.name, manifest.version]));
for (const { dir } of publicPackages()) {
  const path = `${dir}/jsr.json`;
  if (!existsSync(join(root, path))) continue;
  const jsr = readJson(path);
  jsr.version = versions.get(jsr.name);
  for (const name of Object.keys(jsr.imports ?? {}))
    if (versions.has(name)) jsr.imports[name] = `jsr:${name}@^${versions.get(name)}`;
  writeFileSync(join(root, path), `${JSON.stringify(jsr, null, 2)}\n`);
}
run('node_modules/@biomejs/biome/bin/biome', 'format', '--write', 'packages');
