/** Turns the changesets into versions and changelogs, also of the manifests for JSR: `npm run version-packages`, before a release. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tool } from './lib/processes.mjs';
import { publicPackages, readJson, root } from './lib/workspace.mjs';

const { status, output } = await run([...tool('@changesets/cli', 'changeset'), 'version']);
console.log(output.trimEnd());
if (status === 0) {
  const versions = new Map(
    publicPackages().map(({ manifest }) => [manifest.name, manifest.version]),
  );
  for (const { dir } of publicPackages()) {
    const path = `${dir}/jsr.json`;
    if (!existsSync(join(root, path))) continue;
    const jsr = readJson(path);
    jsr.version = versions.get(jsr.name);
    for (const name of Object.keys(jsr.imports ?? {}))
      if (versions.has(name)) jsr.imports[name] = `jsr:${name}@^${versions.get(name)}`;
    writeFileSync(join(root, path), `${JSON.stringify(jsr, null, 2)}\n`);
  }
  await run([...tool('@biomejs/biome'), 'format', '--write', 'packages']);
  for (const [name, version] of versions) console.log(`${name} ${version}`);
}
process.exitCode = status;
