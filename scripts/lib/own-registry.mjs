/** A registry for one scope: serves packed packages as if they were published, so that a page's `npm install` works word for word. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';

/**
 * Serves tarballs and resolves with `{ env, close }`; `env` tells npm to look for their scope here.
 *
 * @param packed - of `packAll`
 */
export async function serveRegistry(packed) {
  const files = new Map();
  const server = createServer(({ url }, response) => {
    const found = files.get(decodeURIComponent(url.split('?')[0]));
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  for (const { manifest, tarball } of packed) {
    const bytes = readFileSync(tarball);
    const path = `/-/${basename(tarball)}`;
    files.set(path, bytes);
    files.set(`/${manifest.name}`, JSON.stringify(document(manifest, bytes, address + path)));
  }
  return {
    env: { 'npm_config_@telefsm:registry': `${address}/` },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

/** What a registry says of a package with one version. */
function document(manifest, bytes, address) {
  const { name, version } = manifest;
  const own = Object.entries(manifest.dependencies ?? {}).map(([each, range]) => [
    each,
    range.replace('workspace:^', `^${version}`),
  ]);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const dist = { tarball: address, integrity };
  const published = { ...manifest, dependencies: Object.fromEntries(own), dist };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: published } };
}
