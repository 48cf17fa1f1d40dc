/** Where a command line speaks: results to one stream, everything else to another, and questions to a person. */

import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** The streams of a process. */
export interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly error: Writable & { readonly isTTY?: boolean };
}

/** A terminal, or what stands in its place. */
export interface Terminal {
  /** Writes a line of the result; waits where its reader is slow. */
  print(line: string): Promise<void>;
  /** Writes a line for the person. */
  tell(line: string): void;
  /** Shows how far a scan is; only where somebody looks. */
  progress(count: number): void;
  /** Takes the progress away. */
  settled(): void;
  /** Asks for a yes; `undefined` where nobody can answer. */
  confirm(question: string): Promise<boolean | undefined>;
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
    print: (line) =>
      new Promise((resolve, reject) => {
        output.write(`${line}\n`, (failure) => (failure ? reject(failure) : resolve()));
      }),
    tell: (line) => void error.write(`${line}\n`),
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
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
  };
}
