/**
 * Counts casts, `any`, suppressions and long files in the sources of each package, and the lines that both adapters have;
 * `scripts/budgets.json` has the limits.
 *
 * `npm run budgets -- --update` lowers the limits and adds new packages. Raise a limit by hand, so that a reviewer sees it.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packages, projectFiles, read, readJson, root } from './lib/workspace.mjs';

const dataFile = 'scripts/budgets.json';
const longFile = 250;
const suppression = /biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck|v8 ignore|knip-ignore/g;
const kinds = ['any', 'casts', 'doubleCasts', 'nonNull', 'suppressions', 'longFiles'];

const isUpdate = process.argv.includes('--update');
const limits = readJson(dataFile);
const lowered = {};
for (const { folder } of packages()) {
  const found = countIn(projectFiles(new RegExp(`^packages/${folder}/src/.+\\.ts$`)));
  const isNew = isUpdate && !limits[folder];
  const limit = (kind) => (isNew ? Number.POSITIVE_INFINITY : (limits[folder]?.[kind] ?? 0));
  for (const kind of kinds) {
    const { length } = found[kind];
    if (length <= limit(kind)) continue;
    console.error(`packages/${folder}: ${length} ${kind}. ${dataFile} allows ${limit(kind)}.`);
    for (const place of found[kind]) console.error(`  ${place}`);
    process.exitCode = 1;
  }
  // A kind that is missing has the limit 0.
  const counts = kinds.map((kind) => [kind, Math.min(found[kind].length, limit(kind))]);
  lowered[folder] = Object.fromEntries(counts.filter(([, count]) => count > 0));
}
const { sameLines: allowed } = limits.adapters;
const same = sameLines(['grammy', 'telegraf']);
if (same.length > allowed) {
  console.error(`Both adapters have ${same.length} lines; ${dataFile} allows ${allowed}.`);
  console.error('  Move the code to the door `@telefsm/core/adapter`. These lines are in both:');
  for (const line of same) console.error(`  ${line}`);
  process.exitCode = 1;
}
lowered.adapters = { sameLines: Math.min(same.length, allowed) };
if (isUpdate) {
  const lines = Object.entries(lowered).map((entry) => entry.map((each) => JSON.stringify(each)));
  const text = lines.map(([folder, counts]) => `${folder}:${counts}`).join(',\n');
  writeFileSync(join(root, dataFile), `{\n${text}\n}\n`);
  spawnSync(process.execPath, [
    'node_modules/@biomejs/biome/bin/biome',
    'format',
    '--write',
    dataFile,
  ]);
}

function countIn(files) {
  if (files.length === 0) throw new Error('A package has no sources.');
  const found = Object.fromEntries(kinds.map((kind) => [kind, []]));
  for (const path of files) {
    const text = read(path);
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    const place = (at) => `${path}:${file.getLineAndCharacterOfPosition(at).line + 1}`;
    visit(file, (kind, node) => found[kind].push(place(node.getStart())));
    for (const match of text.matchAll(suppression)) found.suppressions.push(place(match.index));
    const lines = text.trimEnd().split('\n').length;
    if (lines > longFile) found.longFiles.push(`${path}: ${lines} lines`);
  }
  return found;
}

/** The lines of code that each of two packages has, without imports, exports, comments and formatting. */
function sameLines([one, other]) {
  const printer = ts.createPrinter({ removeComments: true });
  const linesOf = (folder) =>
    projectFiles(new RegExp(`^packages/${folder}/src/.+\\.ts$`)).flatMap((path) => {
      const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
      return file.statements
        .filter((each) => !ts.isImportDeclaration(each) && !ts.isExportDeclaration(each))
        .flatMap((each) => printer.printNode(ts.EmitHint.Unspecified, each, file).split('\n'))
        .map((line) => line.trim())
        .filter((line) => /\w/.test(line));
    });
  const left = linesOf(other);
  return linesOf(one).filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function visit(node, count) {
  if (node.kind === ts.SyntaxKind.AnyKeyword) count('any', node);
  if (ts.isNonNullExpression(node)) count('nonNull', node);
  if (ts.isAsExpression(node) && node.type.getText() !== 'const') {
    const isDouble = ts.isAsExpression(node.expression);
    // `x as unknown as T` counts once, as its outer cast.
    const isInner = ts.isAsExpression(node.parent);
    if (!isInner) count(isDouble ? 'doubleCasts' : 'casts', node);
  }
  ts.forEachChild(node, (child) => visit(child, count));
}
