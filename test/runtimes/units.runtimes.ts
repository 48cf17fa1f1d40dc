import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryOf, start } from './processes.ts';
import { nodes } from './runtimes.ts';

const root = join(import.meta.dirname, '../..');
const projects = ['core', 'commands', 'grammy', 'telegraf', 'testing', 'storage-sqlite'];

describe.each(nodes)('$name', (runtime) => {
  it('passes the unit tests', async () => {
    const names = projects.map((name) => `packages/${name}/`);
    const args = ['node_modules/vitest/vitest.mjs', 'run', ...names, '--reporter=dot'];
    const all = [...args, '--maxWorkers=2'];
    const { code, output } = await start(binaryOf(runtime), all, root, 1_190_000);
    expect(code, output.slice(-8000)).toBe(0);
    // Thousands of tests.
  }, 1_200_000);
});
