import { describe, expect, it, vi } from 'vitest';
import { codeBlocks } from './pages.ts';
import { moduleOf } from './played.ts';

/** Pages whose blocks are programs that end; those that begin a run of node's tests are for that. */
const programs = ['docs/guide-testing.md', 'docs/guide-devtools.md'].flatMap((page) =>
  codeBlocks(page).filter(({ code }) => !code.includes("from 'node:test'")),
);

describe('a program of a page', () => {
  it.each(programs)('at $where runs to its end', async ({ where, code }) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      await expect(moduleOf(`block ${where}`, code)).resolves.toBeTypeOf('object');
    } finally {
      log.mockRestore();
    }
  });
});
