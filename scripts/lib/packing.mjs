/** Packs the public packages as they are published, for checks that use them as strangers do. */

import { run, tool } from './processes.mjs';
import { publicPackages } from './workspace.mjs';

/**
 * Packs every public package and resolves with `{ packed, problems }`: of each its folder, directory, manifest, tarball and the paths
 * inside it; one text for each that cannot be packed.
 *
 * @param into - the folder for the tarballs
 */
export async function packAll(into) {
  const packed = [];
  const problems = [];
  for (const each of publicPackages()) {
    const options = ['--json', '--pack-destination', into];
    const { status, output } = await run([...tool('pnpm'), '--dir', each.dir, 'pack', ...options]);
    if (status !== 0) problems.push(`${each.manifest.name} cannot be packed: ${output}`);
    else {
      const { filename, files } = JSON.parse(output.slice(output.indexOf('{')));
      packed.push({ ...each, tarball: filename, paths: files.map(({ path }) => path) });
    }
  }
  return { packed, problems };
}

/** How to start npm; under `npm run` the one that runs already. */
export const npm = process.env.npm_execpath?.includes('npm-cli')
  ? [process.execPath, process.env.npm_execpath]
  : ['npm'];

/** What npm is told so that it takes what it has, and says only what went wrong. */
export const quietly = [
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
];
