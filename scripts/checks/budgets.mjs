/**
 * Counts what escapes the compiler in the packages' sources; no count may grow over `scripts/budgets.json`.
 *
 * `npm run budgets -- --update` writes lower counts, and the first of a new package; a higher one is written by hand, where a
 * reviewer sees it.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { finish } from '../lib/outcome.mjs';
import { packages, projectFiles, read, readJson, root } from '../lib/workspace.mjs';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const dataFile = 'scripts/budgets.json';
const longFile = 250;
const suppression = /biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck|v8 ignore|knip-ignore/g;
const kinds = ['any', 'casts', 'doubleCasts', 'nonNull', 'suppressions', 'longFiles'];

const budgets = readJson(dataFile);
const problems = [];
const total = Object.fromEntries(kinds.map((kind) => [kind, 0]));
for (const { folder } of packages()) {
  const files = projectFiles(new RegExp(`^packages/${folder}/src/.+\\.ts$`));
  const found = countAll(files);
  const allowed = budgets[folder] ?? {};
  for (const kind of kinds) {
    total[kind] += found[kind].length;
    const isFirst = values.update && !budgets[folder];
    if (!isFirst && found[kind].length > (allowed[kind] ?? 0)) {
      const places = found[kind].map((place) => `\n  ${place}`).join('');
      problems.push(
        `packages/${folder}: ${found[kind].length} ${kind}; ${dataFile} allows ${allowed[kind] ?? 0}.${places}`,
      );
    }
  }
  budgets[folder] = Object.fromEntries(
    kinds.map((kind) => [kind, Math.min(found[kind].length, budgets[folder]?.[kind] ?? Infinity)]),
  );
}
for (const folder of Object.keys(budgets))
  if (!packages().some((each) => each.folder === folder)) delete budgets[folder];
if (values.update) writeFileSync(join(root, dataFile), `${JSON.stringify(budgets, null, 2)}\n`);
finish(problems, kinds.map((kind) => `${total[kind]} ${kind}`).join(', '));

function countAll(files) {
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

function visit(node, count) {
  if (node.kind === ts.SyntaxKind.AnyKeyword) count('any', node);
  if (ts.isNonNullExpression(node)) count('nonNull', node);
  if (ts.isAsExpression(node) && node.type.getText() !== 'const') {
    const isDouble = ts.isAsExpression(node.expression);
    // `x as unknown as T` is one escape, counted at its outer half.
    const isInner = ts.isAsExpression(node.parent);
    if (!isInner) count(isDouble ? 'doubleCasts' : 'casts', node);
  }
  ts.forEachChild(node, (child) => visit(child, count));
}
