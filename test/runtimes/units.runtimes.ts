import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryOf, start } from './processes.ts';
import { impossibleUnits, nodes } from './runtimes.ts';

const root = join(import.meta.dirname, '../..');
const projects = ['core', 'commands', 'grammy', 'telegraf', 'testing', 'storage-sqlite'];

const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', '--maxWorkers=2'];

describe.each(nodes)('$name', (runtime) => {
  const exceptions = impossibleUnits.filter((each) => each.runtime === runtime.name);

  it('passes the unit tests', async () => {
    const names = projects.map((name) => `packages/${name}/`);
    const without = exceptions.map(({ program }) => `--exclude=${program}`);
    const args = [...vitest, ...names, ...without];
    const { code, output } = await start(binaryOf(runtime), args, root, { timeout: 1_190_000 });
    expect(code, output.slice(-8000)).toBe(0);
    // Thousands of tests.
  }, 1_200_000);

  it.each(exceptions)('cannot pass $program: $reason', async ({ program }) => {
    const args = [...vitest, '--bail=1', program];
    const { code, output } = await start(binaryOf(runtime), args, root);
    expect(code, 'listed as impossible, but it passes').not.toBe(0);
    expect(output).toContain(program);
  });
});
