import { describe, expect, it, vi } from 'vitest';
import { codeBlocks } from './pages.ts';
import { moduleOf } from './played.ts';

/** Pages whose blocks are programs that end; those with tests of Node's runner are below. */
const programs = [
  'docs/guide-commands.md',
  'docs/guide-testing.md',
  'docs/guide-devtools.md',
  'packages/commands/README.md',
  'packages/testing/README.md',
].flatMap((page) => codeBlocks(page).filter(({ code }) => !code.includes("from 'node:test'")));

/** Blocks with tests of Node's runner. The walkthrough runs those of the tutorial. */
const tests = [
  'docs/guide-testing.md',
  'docs/quick-start-grammy.md',
  'docs/quick-start-telegraf.md',
  'packages/core/skills/test/SKILL.md',
].flatMap((page) => codeBlocks(page).filter(({ code }) => code.includes("from 'node:test'")));

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

it.each(tests)('the tests of the page at $where pass', async ({ where, code }) => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const collecting = 'export const runs = []; const test = (_, run) => runs.push(run);';
  try {
    const played = code.replace(/^import \{ test \} from 'node:test';$/m, collecting);
    const { runs } = await moduleOf(`tests ${where}`, played);
    expect(runs).not.toHaveLength(0);
    for (const run of runs as readonly (() => Promise<void>)[]) await run();
  } finally {
    log.mockRestore();
  }
});
