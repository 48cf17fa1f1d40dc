/** What comes along when one of our packages is installed. */

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packages, root } from './workspace.mjs';

/**
 * The packages of others that one of ours brings, all the way down: its dependencies, optional ones too, and the framework that it needs as
 * a peer; of each its name, version, licence, engines, and `by`, the way it comes. Optional peers are their users' choice.
 */
export function installedBelow({ dir, manifest }) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const peers = Object.keys(peerDependencies ?? {}).filter(
    (name) => !peerDependenciesMeta?.[name]?.optional,
  );
  const direct = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
  const ours = new Set(packages().map((each) => each.manifest.name));
  const found = new Map();
  const visit = (from, names, by, optional = {}) => {
    for (const name of names.filter((each) => !ours.has(each))) {
      const folder = folderOf(name, from);
      // one for another system is not installed on this one
      if (folder === undefined && name in optional) continue;
      if (folder === undefined) throw new Error(`${name}, which ${by} brings, is not installed.`);
      const each = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const { version, license, engines } = each;
      const id = `${name}@${version}`;
      if (found.has(id)) continue;
      found.set(id, { id, license, engines, by });
      const below = { ...each.dependencies, ...each.optionalDependencies };
      visit(folder, Object.keys(below), `${by} > ${name}`, each.optionalDependencies);
    }
  };
  visit(join(root, dir), direct, manifest.name, optionalDependencies);
  return [...found.values()];
}

/** Packages of others whose code is inside what was built; each module there is marked with the path that it came from. */
export function bundledIn({ dir }) {
  const dist = join(root, dir, 'dist');
  const files = readdirSync(dist).filter((name) => /\.c?js$/.test(name));
  const text = files.map((name) => readFileSync(join(dist, name), 'utf8')).join('\n');
  const marks = [...text.matchAll(/^\/\/(?:#region)? (\S+\.[cm]?[jt]s)$/gm)].map(
    ([, path]) => path,
  );
  if (!marks.some((path) => path.startsWith('src/')))
    throw new Error(`${dir}/dist does not say what its modules were.`);
  return [...new Set(marks.flatMap(packageOf))];
}

/** The package of a module's path in somebody's store; the compiler's own helpers have a name of theirs. */
function packageOf(path) {
  const installed = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  const helper = /^\\0(@[^+]+\+[^@]+)@/.exec(path)?.[1].replace('+', '/');
  return [installed ?? helper].filter(Boolean);
}

/** Where Node finds a package from a folder. */
function folderOf(name, from) {
  for (let folder = realpathSync(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}
