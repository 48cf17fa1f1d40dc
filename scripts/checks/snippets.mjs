/**
 * Compiles every ```ts block of the Markdown files and of the doc comments.
 *
 * Words after `ts` say what a block is: `continues` (goes on where the page's previous block ended), `with NAME` (stands after
 * `scripts/preludes/NAME.ts`), `ignore: REASON` (is not compiled; the reason is part of the page's source).
 */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { blocksIn } from '../lib/markdown.mjs';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { projectFiles, read, root } from '../lib/workspace.mjs';

// In the folder whose dependencies are all packages, frameworks and clients that a page can import.
const folder = join(root, 'test/node_modules/.cache/snippets');
const problems = [];
const snippets = [];

for (const path of projectFiles(/\.md$/)) {
  if (/^(api|\.changeset)\//.test(path)) continue;
  collect(path, read(path).split('\n'));
}
for (const path of projectFiles(/^packages\/[^/]+\/src\/.+\.ts$/)) {
  // The stars of a doc comment give way to the margin, so that line numbers stay.
  const lines = read(path).split('\n');
  collect(
    path,
    lines.map((line) => (/^\s*\/?\*/.test(line) ? line.replace(/^\s*\/?\*+ ?/, '') : '')),
  );
}
const compiled = await compile();
if (snippets.length === 0) problems.push('No snippet was found.');
// What is wrong in a block is told once, also where others continue it.
finish(
  [...new Set(problems)],
  `${compiled} snippets compiled, ${snippets.length - compiled} not, for a reason`,
);

/** Adds the blocks of one file. */
function collect(path, lines) {
  let previous = [];
  for (const block of blocksIn(lines)) {
    if (block.open) problems.push(`${path}:${block.from}: this block has no end.`);
    else if (/^(ts|typescript|tsx)$/.test(block.language)) previous = add(path, block, previous);
  }
}

/** Adds one block, and returns what a block that continues it starts with. */
function add(path, { words, from, lines }, previous) {
  const where = `${path}:${from}`;
  const ignored = /^ignore(?::\s*(.*))?$/.exec(words);
  const prelude = /^with ([\w-]+)$/.exec(words)?.[1];
  if (ignored) {
    if (!/\S+\s+\S+/.test(ignored[1] ?? ''))
      problems.push(`${where}: a block that is not compiled says why: \`\`\`ts ignore: REASON`);
    snippets.push({ where, ignored: true });
    return previous;
  }
  if (words !== '' && words !== 'continues' && !prelude && !/^\{[\d,-]+\}$/.test(words))
    problems.push(
      `${where}: '${words}' after \`\`\`ts is none of: continues, with NAME, ignore: REASON`,
    );
  const before = words === 'continues' ? previous : prelude ? preludeLines(prelude, where) : [];
  const all = [...before, ...lines.map((each) => ({ ...each, path }))];
  snippets.push({ where, lines: all });
  return all;
}

function preludeLines(name, where) {
  const path = `scripts/preludes/${name}.ts`;
  if (!existsSync(join(root, path))) {
    problems.push(`${where}: there is no ${path}.`);
    return [];
  }
  return read(path)
    .split('\n')
    .map((text, at) => ({ text, path, line: at + 1 }));
}

/** Writes every snippet as a module of its own and translates what the compiler says back to the pages. */
async function compile() {
  const written = snippets.filter(({ ignored }) => !ignored);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [at, { lines }] of written.entries()) {
    const text = lines.map((line) => line.text).join('\n');
    // A snippet may be without imports and exports; the last line makes it a module all the same.
    writeFileSync(join(folder, `${at}.mts`), `${text}\nexport {};\n`);
  }
  const base = relative(folder, join(root, 'tsconfig.test.json'));
  const options = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: base, compilerOptions: options, include: ['*.mts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const command = [...tool('typescript-7', 'tsc'), '-p', folder, '--pretty', 'false'];
  const { status, output } = await run(command);
  const errors = [...output.matchAll(/(\d+)\.mts\((\d+),\d+\): (error .*(?:\n {2,}.*)*)/g)];
  for (const [, at, line, message] of errors) {
    const { lines, where } = written[Number(at)];
    const origin = lines[Number(line) - 1];
    problems.push(`${origin ? `${origin.path}:${origin.line}` : where}: ${message}`);
  }
  if (status !== 0 && errors.length === 0) problems.push(output);
  return written.length;
}
