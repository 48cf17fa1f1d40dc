/** What the pages of the documentation contain: transcripts, each with the code that it shows. */

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
    const [language, ...words] = info.split(' ');
    const rest = words.join(' ');
    if (rest.startsWith('from ')) quotations.push({ where, text, file: rest.slice(5) });
    if (info === 'text transcript') transcripts.push({ where, text, code });
    if (language === 'ts' && !rest.startsWith('ignore')) {
      code = rest === 'continues' ? `${code}\n${text}` : text;
    }
  }
  return { transcripts, quotations };
}

interface Block {
  /** What stands behind the fence. */
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
