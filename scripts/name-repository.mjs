/**
 * Writes the address of the repository into the packages' manifests: `node scripts/name-repository.mjs https://HOST/OWNER/NAME`.
 *
 * The workflow that publishes runs it, since a registry checks provenance against `repository`; so no address stands in the sources, and a
 * fork publishes under its own.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages, root } from './lib/workspace.mjs';

const [address = ''] = process.argv.slice(2);
if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(address)) {
  console.error(`An address such as https://HOST/OWNER/NAME is wanted, not '${address}'.`);
  process.exit(2);
}
for (const { dir, manifest } of publicPackages()) {
  const named = {
    ...manifest,
    homepage: `${address}#readme`,
    bugs: `${address}/issues`,
    repository: { type: 'git', url: `git+${address}.git`, directory: dir },
  };
  writeFileSync(join(root, dir, 'package.json'), `${JSON.stringify(named, null, 2)}\n`);
  console.log(`${manifest.name} is from ${address}/tree/HEAD/${dir}`);
}
