/** Everything that people read: pages, doc comments, texts of the code, names of tests. Each is Markdown on the lines of its file. */

import ts from 'typescript';
import { projectFiles, read } from '../scripts/lib/workspace.mjs';

/** `{ path, kind, text }` of every page, except reports that are made from the code. */
export function pages() {
  return projectFiles(/\.md$/)
    .filter((path) => !/^api\/|CHANGELOG\.md$|CODE_OF_CONDUCT|^examples\/[^/]+\/data\//.test(path))
    .map((path) => ({
      path,
      kind: 'page',
      text: read(path).replace(/^---\n[\s\S]*?\n---\n/, blank),
    }));
}

/** `{ path, kind, text }` of the doc comments of each source file. */
export function docComments() {
  return sources().map((path) => {
    const text = read(path)
      .split('\n')
      .map(() => '');
    for (const { comment, line } of comments(path))
      for (const [at, each] of withoutExamples(comment.split('\n')).entries())
        text[line + at] = unmarked(each);
    return { path, kind: 'doc comment', text: text.join('\n') };
  });
}

/** `{ path, line }` of each doc comment that begins with a relative clause, as "What a scene accepts" does. */
export function headlessComments() {
  return sources().flatMap((path) =>
    comments(path)
      .filter(({ comment }) => /^\/\*\*\s*(?:\*\s)?(?:What|Who|Whose|Whoever)\b/.test(comment))
      .map(({ line }) => ({ path, line: line + 1 })),
  );
}

/** `{ path, kind, text }` of the texts in each source file: errors, sentences of the compiler, messages for users. */
export function spokenTexts() {
  return sources().map((path) => ({
    path,
    kind: 'text',
    text: onTheirLines(path, (node) => (isSentence(textOf(node)) ? textOf(node) : undefined)),
  }));
}

/** `{ path, kind, text }` of the names of the tests in each test file. */
export function testNames() {
  return projectFiles(/(?:\.test\.ts|\.runtimes\.ts|\.check\.mjs|\.test\.mjs)$/).map((path) => ({
    path,
    kind: 'test name',
    text: onTheirLines(path, (node) => {
      const { parent } = node;
      const isName = ts.isCallExpression(parent) && parent.arguments[0] === node;
      return isName && /^(?:it|test|describe)\b/.test(parent.expression.getText())
        ? textOf(node)
        : undefined;
    }),
  }));
}

const sources = () => projectFiles(/^packages\/[^/]+\/src\/.+\.ts$/);
const blank = (text) => text.replace(/[^\n]/g, '');

function comments(path) {
  const source = read(path);
  const found = [];
  for (const { 0: comment, index } of source.matchAll(/\/\*\*[\s\S]*?\*\//g))
    found.push({
      comment,
      line: source.slice(0, index).split('\n').length - 1,
    });
  return found;
}

/** An example is code, or shows it; it lasts until the next tag. */
function withoutExamples(lines) {
  let isExample = false;
  return lines.map((line) => {
    const tag = /^\s*\/?\*+ @(\w+)/.exec(line)?.[1];
    if (tag) isExample = tag === 'example';
    return isExample ? '' : line;
  });
}

/** A line of a comment without its margin; a tag becomes the start of a list item. */
const unmarked = (line) =>
  line
    .replace(/^\s*\/\*\*+ ?|\s*\*\/\s*$/g, '')
    .replace(/^\s*\* ?/, '')
    .replace(
      /\{@link\s+([^}\s|]+)(?:[\s|]+([^}]+))?\}/g,
      (_, name, title) => title ?? `\`${name}\``,
    )
    .replace(/^@(?:param|typeParam)\s+([\w.$]+)\s+(?:- )?/, '* `$1` ')
    .replace(/^@\w+\s*(?:\{\w+\})?/, '* ');

/** The texts of the nodes that `choose` picks, each a paragraph on its line. */
function onTheirLines(path, choose) {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const lines = source.getLineStarts().map(() => '');
  const visit = (node) => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateExpression(node) ||
      ts.isTemplateLiteralTypeNode(node)
    ) {
      const text = choose(node);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      if (text !== undefined) lines[line] = `${lines[line]} ${escaped(text)}`.trim();
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  // Texts on lines that follow each other would be one paragraph: each is an item of a list.
  return lines.map((line) => (line === '' ? '' : `* ${line}`)).join('\n');
}

/** A text with a word in place of each value. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  const spans = node.templateSpans.map(({ literal }) => `x${literal.text}`);
  return [node.head.text, ...spans].join('');
}

const isSentence = (text) =>
  !text.startsWith('<!doctype') &&
  /[a-z]{2,} [a-z]{2,} .*[a-z]{2,} /i.test(`${text} `) &&
  !/\n|^\s*(?:select|insert|update|delete|create|with|alter|begin|pragma|drop|call|local|redis)\b/i.test(
    text,
  );

const escaped = (text) => text.replace(/[*_<>[\]#|]/g, ' ').replace(/\s+/g, ' ');
