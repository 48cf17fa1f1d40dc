/**
 * Shows that `npm test` guards every guarantee: breaks the code once for each (`breaks.mjs`), in a copy, and expects a test to fail.
 *
 * `npm run test:guarantees [-- 4 12]`, with numbers for some of them only.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { breaks } from './breaks.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const numbers = process.argv.slice(2).map(Number);
const numberOf = ({ guarantee }) => Number.parseInt(guarantee, 10);
const missing = Array.from({ length: 14 }, (_, at) => at + 1).filter(
  (number) => !breaks.some((one) => numberOf(one) === number),
);
const chosen = breaks.filter((one) => numbers.length === 0 || numbers.includes(numberOf(one)));
if (missing.length > 0 || chosen.length === 0)
  throw new Error(`No break for guarantee ${missing.join(', ') || numbers.join(', ')}.`);

const copy = copyOfTheProject();
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
const sound = runTests(files);
if (!sound.isGreen) {
  const [first = 'no test has run'] = sound.failures;
  console.error(`The tests fail before anything is broken: ${first}.\n${sound.output}`);
  process.exit(1);
}

let failed = 0;
for (const each of chosen) {
  const problem = tryBreak(each);
  if (problem !== undefined) failed++;
  const { guarantee, breaks: what, sharpen } = each;
  console.log(`${problem === undefined ? '✓' : '✗'} ${guarantee}\n    broken: ${what}`);
  if (problem !== undefined) console.log(`    ${problem}`);
  if (sharpen !== undefined) console.log(`    not shown yet: ${sharpen}`);
}
console.log(`${chosen.length - failed} found, ${failed} not found`);
process.exit(failed === 0 ? 0 : 1);

/** Breaks the code, runs the tests and mends it again; says what is wrong with the break, if anything. */
function tryBreak({ file, find, replace, tests }) {
  const path = join(copy, file);
  if (!existsSync(path)) return `${file} does not exist. Update test/guarantees/breaks.mjs.`;
  const source = readFileSync(path, 'utf8');
  const count = source.split(find).length - 1;
  if (count !== 1)
    return `The anchor is ${count} times in ${file}. Update test/guarantees/breaks.mjs.`;
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const { isGreen, failures, output } = runTests(tests);
    if (isGreen) return `No test of ${tests.join(', ')} has failed.`;
    // a file that cannot be loaded fails too, and proves nothing
    if (failures.length === 0) return `No test has run: the break is not valid code.\n${output}`;
    console.log(`  found by: ${failures[0]}`);
  } finally {
    writeFileSync(path, source);
  }
}

/** Runs test files of the copy, up to the first failure. */
function runTests(tests) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const options = ['--bail=1', '--testTimeout=20000', '--reporter=json', `--outputFile=${report}`];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', ...tests, ...options],
    // a break may make the code loop for ever
    { cwd: copy, encoding: 'utf8', timeout: 300_000, killSignal: 'SIGKILL' },
  );
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  const failures = results
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => test.status === 'failed')
    .map(({ fullName }) => fullName);
  return { isGreen: status === 0 && results.length > 0, failures, output: `${stdout}${stderr}` };
}

/** Copies what git knows, with links to what is installed. */
function copyOfTheProject() {
  const folder = mkdtempSync(join(tmpdir(), 'telefsm-guarantees-'));
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const tracked = execFileSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  for (const file of tracked.split('\0')) {
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  // pnpm links the packages of the workspace to each other by relative paths: so the copy's find those of the copy
  const manifests = execFileSync('git', ['ls-files', '*/package.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const manifest of manifests.trim().split('\n')) {
    const modules = join(dirname(manifest), 'node_modules');
    if (!existsSync(join(root, modules))) continue;
    cpSync(join(root, modules), join(folder, modules), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.cache'),
    });
  }
  return folder;
}
