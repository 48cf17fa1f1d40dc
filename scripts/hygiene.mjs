/** Searches every file for text that must not be committed. */

import { projectFiles, read } from './lib/workspace.mjs';

/** The patterns are written so that this file does not match itself. */
const forbidden = [
  {
    pattern:
      /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\b|\bnpm\.pkg\.github|\bunpkg\.co|\bjsdelivr\.ne/,
    what: "names a package registry's host",
  },
  {
    pattern:
      /(?<![\w.$}~/*@-])\/(?:work|home|root|Users|tmp|mnt)\/(?!\*)[\w.-]+|\b[A-Z]:\\{1,2}Users\b/,
    what: 'names a path of one machine',
  },
  { pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/, what: 'leaves work behind; open an issue instead' },
  {
    pattern:
      /\b(?:it|test|describe|suite|bench|expect)(?:\.\w+)*\.(?:only|skip|skipIf|runIf|todo|fails)\b/,
    what: 'leaves out tests',
    only: /\.[cm]?[jt]s$/,
  },
  {
    pattern: /@ts-expect-error(?!.*[a-z]{4})/,
    what: 'expects a type error without a reason',
    only: /\.[cm]?ts$/,
  },
  { pattern: /^(?:<{7}|>{7}) /, what: 'has a conflict marker' },
  { pattern: /https?:\/\/|^ +tarball:/, what: 'names a host', only: /^pnpm-lock\.yaml$/ },
  {
    pattern: /resolution: (?!\{integrity: sha512-)/,
    what: 'locks a dependency without sha512',
    only: /^pnpm-lock\.yaml$/,
  },
  {
    pattern: /"(?:pre|post)?(?:install|prepare)": /,
    what: 'runs a script when it is installed',
    only: /^packages\/[^/]+\/package\.json$/,
  },
];
const unread = /(^|\/)LICENSE$|\.(png|svg|ico|gif|jpe?g|woff2?)$/;

const files = projectFiles().filter((path) => !unread.test(path));
for (const path of files)
  for (const [at, line] of read(path).split('\n').entries())
    for (const { pattern, what, only } of forbidden) {
      if ((only && !only.test(path)) || !pattern.test(line)) continue;
      console.error(`${path}:${at + 1} ${what}: ${line.trim().slice(0, 100)}`);
      process.exitCode = 1;
    }
if (files.length === 0) throw new Error('No files were checked.');
console.log(`${files.length} files checked.`);
