/**
 * Compiles every ```ts block of the Markdown files and of the doc comments, and every ```js block that begins with `// @ts-check`.
 *
 * Words after `ts` change that: `continues` appends the block to the previous block of the page, and `ignore: REASON` leaves it out.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { blocksIn } from './lib/markdown.mjs';
import { projectFiles, read, root } from './lib/workspace.mjs';

// In the folder whose dependencies are all packages, frameworks and clients that a page can import.
const folder = join(root, 'test/node_modules/.cache/snippets');
const problems = [];
const snippets = [];

for (const path of projectFiles(/\.md$/)) {
  if (/^(api|\.changeset)\//.test(path)) continue;
  collect(path, read(path).split('\n'));
}
for (const path of projectFiles(/^packages\/[^/]+\/src\/.+\.ts$/)) {
  // Only the margin of a doc comment is removed, so line numbers stay.
  const lines = read(path).split('\n');
  collect(
    path,
    lines.map((line) => (/^\s*\/?\*/.test(line) ? line.replace(/^\s*\/?\*+ ?/, '') : '')),
  );
}
const compiled = compile();
if (snippets.length === 0) problems.push('No snippet was found.');
// A block that others continue is compiled with each of them.
for (const problem of new Set(problems)) console.error(problem);
console.log(`${compiled} snippets compiled, ${snippets.length - compiled} ignored with a reason.`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Adds the blocks of one file. */
function collect(path, lines) {
  let previous = [];
  for (const block of blocksIn(lines)) {
    if (block.open) problems.push(`${path}:${block.from}: this block has no end.`);
    else if (isChecked(block)) previous = add(path, block, previous);
  }
}

/** Whether the compiler checks a block, as it does in the reader's editor. */
function isChecked({ language, lines: [first] }) {
  return (
    /^(ts|typescript|tsx)$/.test(language) || (language === 'js' && first?.text === '// @ts-check')
  );
}

/** Adds one block, and returns what a block that continues it starts with. */
function add(path, { language, words, from, lines }, previous) {
  const where = `${path}:${from}`;
  const ignored = /^ignore(?::\s*(.*))?$/.exec(words);
  if (ignored) {
    if (!/\S+\s+\S+/.test(ignored[1] ?? ''))
      problems.push(`${where}: give the reason: \`\`\`ts ignore: REASON`);
    snippets.push({ where, ignored: true });
    return previous;
  }
  if (words !== '' && words !== 'continues' && !/^\{[\d,-]+\}$/.test(words))
    problems.push(`${where}: '${words}' after \`\`\`ts is none of: continues, ignore: REASON`);
  const before = words === 'continues' ? previous : [];
  const all = [...before, ...lines.map((each) => ({ ...each, path }))];
  snippets.push({ where, lines: all, extension: language === 'js' ? 'mjs' : 'mts' });
  return all;
}

/** Compiles every snippet as its own module and reports errors at their lines in the pages. */
function compile() {
  const written = snippets.filter(({ ignored }) => !ignored);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [at, { lines, extension }] of written.entries()) {
    const text = lines.map((line) => line.text).join('\n');
    // The last line makes a module of a snippet without imports and exports.
    writeFileSync(join(folder, `${at}.${extension}`), `${text}\nexport {};\n`);
  }
  const base = relative(folder, join(root, 'tsconfig.test.json'));
  const options = { noUnusedLocals: false, noUnusedParameters: false, allowJs: true };
  const config = { extends: base, compilerOptions: options, include: ['*.mts', '*.mjs'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const command = ['node_modules/typescript-7/bin/tsc', '-p', folder, '--pretty', 'false'];
  const { status, stdout: output } = spawnSync(process.execPath, command, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const errors = [...output.matchAll(/(\d+)\.m[tj]s\((\d+),\d+\): (error .*(?:\n {2,}.*)*)/g)];
  for (const [, at, line, message] of errors) {
    const { lines, where } = written[Number(at)];
    const origin = lines[Number(line) - 1];
    problems.push(`${origin ? `${origin.path}:${origin.line}` : where}: ${message}`);
  }
  if (status !== 0 && errors.length === 0) problems.push(output);
  return written.length;
}
