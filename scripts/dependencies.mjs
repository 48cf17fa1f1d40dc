/** Checks what our packages bring to a bot: reviewed dependencies only, and free licenses all the way down. */

import { execFileSync } from 'node:child_process';
import { publicPackages, root } from './lib/workspace.mjs';

/** The dependencies and required peers of each package. Add one here after you have reviewed it. */
const reviewed = {
  grammy: ['grammy', 'debug'],
  telegraf: ['telegraf', 'debug'],
  testing: ['@fastify/busboy', 'fast-check'],
  devtools: ['@dagrejs/dagre'],
  'create-telefsm': ['@clack/prompts'],
};
const free = 'MIT ISC BSD-2-Clause BSD-3-Clause Apache-2.0 0BSD Unlicense'.split(' ');

const problems = publicPackages().flatMap(({ folder, manifest }) => {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest;
  const brought = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const allowed = reviewed[folder] ?? [];
  const wrong = brought.filter(
    (name) =>
      name !== '@telefsm/core' &&
      !peerDependenciesMeta?.[name]?.optional &&
      !allowed.includes(name),
  );
  return [
    ...wrong.map((name) => `${manifest.name} depends on "${name}", which is not reviewed.`),
    ...(manifest.license === 'MIT' ? [] : [`${manifest.name} must have the MIT license.`]),
  ];
});
// The development dependencies of a package include the frameworks and the database clients that are its peers.
const list = ['--filter=./packages/*', 'licenses', 'list', '--json'];
const output = execFileSync('node_modules/.bin/pnpm', list, { cwd: root, encoding: 'utf8' });
const licenses = Object.entries(JSON.parse(output));
for (const [license, found] of licenses)
  if (!free.includes(license))
    problems.push(`${found.map(({ name }) => name).join(', ')}: "${license}" is not on the list.`);
if (licenses.length === 0) problems.push('No licenses were checked.');
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
