import { describe, expect, it, vi } from 'vitest';
import { codeBlocks } from './pages.ts';
import { moduleOf } from './played.ts';

/** Pages whose blocks are programs that end; those that begin a run of node's tests are for that. */
const programs = [
  'docs/guide-commands.md',
  'docs/guide-testing.md',
  'docs/guide-devtools.md',
  'packages/commands/README.md',
  'packages/testing/README.md',
].flatMap((page) => codeBlocks(page).filter(({ code }) => !code.includes("from 'node:test'")));

/** The output that a program promises in its comments: `console.log(…); // text`. */
function promised(code: string): readonly string[] {
  return [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.+)$/gm)].map(([, text = '']) => text);
}

describe('a program of a page', () => {
  it.each(programs)(
    'at $where runs to its end, and prints what it says',
    async ({ where, code }) => {
      const log = vi.spyOn(console, 'log').mockImplementation(() => {});
      try {
        await moduleOf(`block ${where}`, code);
        const printed = log.mock.calls.map((values) => values.join(' '));
        for (const text of promised(code)) expect(printed, printed.join('\n')).toContain(text);
      } finally {
        log.mockRestore();
      }
    },
  );
});
