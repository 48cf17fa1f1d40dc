/**
 * Checks the words that people read: no retired word of the glossary, no sentence that is too long, and no doc comment that
 * begins with a relative clause. Prints the counts and medians.
 *
 * `npm run words -- --fix` replaces the words that have one replacement. `npm run words -- --update` writes how many findings of each
 * file are still to be settled, in `pending` of `words.json`; a file may never have more.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TextlintKernel } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import { split } from 'sentence-splitter';
import terminology from 'textlint-rule-terminology';
import { readJson, root } from '../scripts/lib/workspace.mjs';
import { fixWords } from './fixes.mjs';
import { docComments, headlessComments, pages, spokenTexts, testNames } from './sources.mjs';

const config = readJson('prose/words.json');
const exceptions = config.exceptions.map(({ text }) => new RegExp(text, 'i'));
const lengths = { page: [], 'doc comment': [], text: [], 'test name': [] };
const kernel = new TextlintKernel();

if (process.argv.includes('--fix')) fixWords(config.replace, exceptions);
const found = [];
for (const each of [...pages(), ...docComments(), ...spokenTexts(), ...testNames()])
  found.push(...(await lint(each)));
for (const each of headlessComments())
  found.push({
    ...each,
    kind: 'doc comment',
    ruleId: 'headless',
    message:
      'Name the thing or the action first: not "What a scene accepts" but "Options of a scene".',
  });
const files = grouped();
if (process.argv.includes('--update')) {
  const pending = Object.fromEntries(
    Object.entries(files)
      .map(([path, list]) => [path, list.length])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const text = `${JSON.stringify({ ...config, pending }, null, 2)}\n`;
  // Each pair on one line, as the formatter has it.
  writeFileSync(
    join(root, 'prose/words.json'),
    text.replace(/\[\n\s+(".*"),\n\s+(".*")\n\s+\]/g, '[$1, $2]'),
  );
  config.pending = pending;
}
for (const [path, list] of Object.entries(files)) {
  const allowed = config.pending[path] ?? 0;
  if (list.length <= allowed) continue;
  for (const { line, kind, message } of list) console.error(`${path}:${line} ${kind}: ${message}`);
  if (allowed > 0) console.error(`${path} may have ${allowed} of these, and has ${list.length}.`);
  process.exitCode = 1;
}
report();

/** Lints one text with textlint. */
async function lint({ path, kind, text }) {
  const terms = [...config.replace, ...config.avoid];
  const { messages } = await kernel.lintText(text, {
    filePath: path,
    ext: '.md',
    plugins: [{ pluginId: 'markdown', plugin: markdown.default ?? markdown }],
    rules: [
      { ruleId: 'term', rule: terminology, options: { defaultTerms: false, terms, skip: [] } },
      { ruleId: 'length', rule: sentenceLength(kind) },
    ],
  });
  const lines = text.split('\n');
  return messages
    .filter(({ line }) => !exceptions.some((each) => each.test(lines[line - 1])))
    .map(({ ruleId, line, message }) => ({ path, kind, ruleId, line, message }));
}

/** A rule of textlint: reports sentences with more words than `longest`. A piece of code is one word. */
function sentenceLength(kind) {
  return ({ Syntax, report, RuleError }) => {
    const check = (node) => {
      for (const { raw } of split(wordsOf(node)).filter(({ type }) => type === 'Sentence')) {
        const count = raw.match(/[\p{L}\p{N}]\S*/gu)?.length ?? 0;
        if (count > 2) lengths[kind].push(count);
        if (count > config.longest)
          report(node, new RuleError(`${count} words in a sentence: ${raw.trim().slice(0, 70)}…`));
      }
    };
    return { [Syntax.Paragraph]: check, TableCell: check };
  };
}

function wordsOf(node) {
  if (node.type === 'Code') return 'code';
  if (node.children) return node.children.map(wordsOf).join('');
  return node.type === 'Break' ? ' ' : (node.value ?? '').replace(/\n/g, ' ');
}

function report() {
  const total = Object.values(lengths).flat().length;
  if (total === 0) throw new Error('No sentences were checked.');
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  for (const [kind, counts] of Object.entries(lengths))
    console.log(`${kind}: ${counts.length} sentences, median ${median(counts)} words`);
  const count = (rule) => found.filter(({ ruleId }) => ruleId === rule).length;
  console.log(
    `${count('term')} retired words, ${count('length')} sentences over ${config.longest} words, ${count('headless')} doc comments that begin with a relative clause`,
  );
}

/** The findings by file. */
function grouped() {
  const files = {};
  for (const each of found) {
    files[each.path] ??= [];
    files[each.path].push(each);
  }
  return files;
}
