/** Looks in every file for what must not be committed. */

import { finish } from '../lib/outcome.mjs';
import { projectFiles, read } from '../lib/workspace.mjs';

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
    what: 'leaves tests out',
    only: /\.[cm]?[jt]s$/,
  },
  {
    pattern: /@ts-expect-error(?!.*[a-z]{4})/,
    what: 'expects an error without the reason',
    only: /\.[cm]?ts$/,
  },
  { pattern: /^(?:<{7}|>{7}) /m, what: 'has a conflict marker' },
];
const unread = /(^|\/)(pnpm-lock\.yaml|LICENSE)$|\.(png|svg|ico|gif|jpe?g|woff2?)$/;

const problems = [];
const files = projectFiles().filter((path) => !unread.test(path));
for (const path of files) {
  for (const [at, line] of read(path).split('\n').entries())
    for (const { pattern, what, only } of forbidden)
      if ((!only || only.test(path)) && pattern.test(line))
        problems.push(`${path}:${at + 1} ${what}: ${line.trim().slice(0, 100)}`);
}
if (files.length === 0) problems.push('No file was looked at.');
finish(problems, `${files.length} files`);
