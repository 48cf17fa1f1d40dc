/**
 * Type-checks everything: the sources and the tests with TypeScript 7, then what users see, the built declarations, with every
 * TypeScript that is supported.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale, expectedFiles } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { readJson, root } from '../lib/workspace.mjs';

const problems = [];
const report = (title, output) => problems.push(`${title}\n${output.trimEnd()}`);

const versions = ['typescript-5', 'typescript', 'typescript-7'];
await Promise.all([
  checkProject('The sources', ['-b']),
  checkProject('The tests, examples and configurations', ['-p', 'tsconfig.test.json']),
]);
const surface = await checkDeclarations().catch(({ message }) => {
  report('The declarations:', message);
  return 0;
});
const supported = versions.map((name) => readJson(`node_modules/${name}/package.json`).version);
finish(problems, `${surface} declaration files hold on TypeScript ${supported.join(', ')}`);

async function checkProject(title, args) {
  const { status, output } = await run([...tool('typescript-7', 'tsc'), ...args]);
  if (status !== 0) report(`${title}, TypeScript 7:`, output);
}

/**
 * Errors inside the frameworks' own declarations are theirs; those in ours count, so `skipLibCheck` is off and the lines are told
 * apart by their path.
 */
async function checkDeclarations() {
  await buildIfStale();
  const { files, missing } = expectedFiles();
  const declarations = files.filter((path) => /\.d\.c?ts$/.test(path) && !missing.includes(path));
  const folder = join(root, 'node_modules/.cache/telefsm/declarations');
  mkdirSync(folder, { recursive: true });
  const config = {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'DOM'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: declarations.map((path) => join(root, path)),
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify(config));
  const check = async (name) => {
    const { status, output } = await run([
      ...tool(name, 'tsc'),
      '-p',
      project,
      '--pretty',
      'false',
    ]);
    const lines = output.split('\n');
    const ours = lines.filter((line) => /^(\.\.\/)*packages\/[^/]+\/dist\//.test(line));
    const general = lines.filter((line) => /^error TS/.test(line));
    const found = [...ours, ...general];
    const silent = status !== 0 && !/error TS/.test(output) ? [output] : [];
    if (found.length + silent.length > 0)
      report(`The declarations, ${name}:`, [...found, ...silent].join('\n'));
  };
  await Promise.all(versions.map(check));
  rmSync(folder, { recursive: true });
  return declarations.length;
}
