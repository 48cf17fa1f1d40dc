/** The output of a command line: results to one stream, everything else to another, and questions to a person. */

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** The streams of a process. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly error: Writable & { readonly isTTY?: boolean };
}

/** A terminal, or what is in its place. */
export interface Terminal {
  /** Writes lines of the result, each made {@link printable}; waits where their reader is slow. */
  print(...lines: readonly string[]): Promise<void>;
  /** Writes lines for the person, each made {@link printable}. */
  writeError(...lines: readonly string[]): void;
  /** Shows how far a scan is; only where somebody looks. */
  progress(count: number): void;
  /** Takes the progress away. */
  settled(): void;
  /** Asks for a yes; `undefined` where nobody can answer. */
  confirm(question: string): Promise<boolean | undefined>;
}

/** Control characters (C0, DEL, C1), separators of lines, and what changes the direction of writing (Unicode, Bidi_Control). */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A line in which nothing commands the terminal, as stored text may try to; `\u001b` stands for an escape, also inside JSON. */
export function printable(line: string): string {
  return line.replace(
    unprintable,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** Ms between two pictures of the progress. */
const frame = 100;

/** Opens a terminal on streams. */
export function terminalOn(
  { input, output, error }: Streams,
  shows: boolean = error.isTTY === true,
): Terminal {
  let last = 0;
  let shown = false;
  return {
    print: (...lines) =>
      new Promise((resolve, reject) => {
        output.write(joinLines(lines), (failure) => (failure ? reject(failure) : resolve()));
      }),
    writeError: (...lines) => void error.write(joinLines(lines)),
    progress(count) {
      if (!shows || (shown && Date.now() - last < frame)) return;
      last = Date.now();
      shown = true;
      // back to the beginning of the line, and nothing after it
      error.write(`\r${count.toLocaleString('en')} conversations …\u001b[K`);
    },
    settled() {
      if (shown) error.write('\r\u001b[K');
      shown = false;
    },
    async confirm(question) {
      if (input.isTTY !== true) return undefined;
      const lines = createInterface({ input, output: error });
      try {
        return /^y(es)?$/i.test((await lines.question(`${printable(question)} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
  };
}
