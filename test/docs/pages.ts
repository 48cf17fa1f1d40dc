/** The transcripts in the pages of the documentation, each with the code that it shows. */

import { readdirSync, readFileSync } from 'node:fs';

/** A conversation on a page. */
export interface Transcript {
  /** Page and line, for the name of a test. */
  readonly where: string;
  readonly text: string;
  /** The block of code above it, with the blocks that it continues. */
  readonly code: string;
}

/** A piece of a file that a page quotes. */
export interface Quotation {
  readonly where: string;
  readonly text: string;
  /** From the root of the repository. */
  readonly file: string;
}

const root = new URL('../../', import.meta.url);

/** Reads a file of the repository. */
export function fileOf(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** Every page of the documentation, from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A block of code on a page, with the blocks that it continues. */
export interface CodeBlock {
  readonly where: string;
  readonly code: string;
}

/** Every block of code of a page that is compiled. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  let code = '';
  return blocksIn(fileOf(page)).flatMap(({ info, text, line }) => {
    if (!isCode(info)) return [];
    code = info === 'ts continues' ? `${code}\n${text}` : text;
    return [{ where: `${page}:${line}`, code }];
  });
}

/** The first block of code below a heading. */
export function codeUnder(page: string, heading: string): string {
  const below = fileOf(page).split(`\n## ${heading}\n`)[1] ?? '';
  const code = blocksIn(below).find(({ info }) => isCode(info))?.text;
  if (code === undefined) throw new Error(`${page} has no code under '${heading}'.`);
  return code;
}

/** Reads the transcripts of a page (`text transcript`) and what it quotes from files (`… from FILE`). */
export function readPage(page: string): {
  readonly transcripts: readonly Transcript[];
  readonly quotations: readonly Quotation[];
} {
  const transcripts: Transcript[] = [];
  const quotations: Quotation[] = [];
  let code = '';
  for (const { info, text, line } of blocksIn(fileOf(page))) {
    const where = `${page}:${line}`;
    const [, file] = /^text from (.+)$/.exec(info) ?? [];
    if (file !== undefined) quotations.push({ where, text, file });
    if (info === 'text transcript') transcripts.push({ where, text, code });
    if (isCode(info)) code = info === 'ts continues' ? `${code}\n${text}` : text;
  }
  return { transcripts, quotations };
}

/** Every Mermaid diagram of a page, with the code above it. */
export function diagramsOf(page: string): readonly Transcript[] {
  let code = '';
  return blocksIn(fileOf(page)).flatMap(({ info, text, line }) => {
    if (isCode(info)) code = info === 'ts continues' ? `${code}\n${text}` : text;
    return info === 'mermaid' ? [{ where: `${page}:${line}`, text, code }] : [];
  });
}

function isCode(info: string): boolean {
  return /^ts(?! ignore)/.test(info);
}

interface Block {
  /** The words after the opening fence. */
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

function blocksIn(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly info: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [at, line] of page.split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { info: fence[1] ?? '', line: at + 1, lines: [] };
    else {
      blocks.push({ ...open, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}
