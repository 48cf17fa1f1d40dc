import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { isFull } from '../setup/stress-size.ts';
import { runOn, start } from './processes.ts';
import { durableObjects, type Results, resultsFile } from './results.ts';
import { allRuntimes, impossible, programs, runtimes } from './runtimes.ts';

const results: Record<string, Record<string, number>> = {};
function passed(program: string, runtime: string, checks: number): void {
  results[program] = { ...results[program], [runtime]: checks };
}

// A run of every runtime writes down what it found; the docs are made of that file.
afterAll(() => {
  if (!isFull) return;
  const found: Results = Object.fromEntries(
    [...programs.map(({ title }) => title), durableObjects].map((title) => [
      title,
      results[title] ?? {},
    ]),
  );
  writeFileSync(resultsFile, `${JSON.stringify(found, null, 2)}\n`);
});

describe.each(runtimes)('$name', (runtime) => {
  it.each(programs)('$title', async ({ title, script, args }) => {
    const exception = impossible.find(
      (each) => each.runtime === runtime.name && each.program === title,
    );
    const { code, output } = await runOn(runtime, `${inject('app')}/programs/${script}`, args);
    if (exception) {
      expect(code, `listed as impossible, but it works: ${exception.reason}`).not.toBe(0);
      expect(output).toMatch(exception.error);
    } else {
      expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^ok \d+\n/m) });
      passed(title, runtime.name, Number(/^ok (\d+)$/m.exec(output)?.[1]));
    }
  });
});

it('workerd keeps the storage contract in Durable Objects', async () => {
  const root = join(import.meta.dirname, '../..');
  const file = 'packages/storage-cloudflare/test/contract.test.ts';
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', file];
  const { code, output } = await start(process.execPath, args, root);
  const { numPassedTests, numFailedTests } = JSON.parse(/\{"num.*\}/.exec(output)?.[0] ?? '{}');
  expect({ code, numFailedTests }).toEqual({ code: 0, numFailedTests: 0 });
  passed(durableObjects, 'workerd', numPassedTests);
});

it('every exception names a runtime and a program', () => {
  for (const { runtime, program } of impossible) {
    expect(allRuntimes.map(({ name }) => name)).toContain(runtime);
    expect(programs.map(({ title }) => title)).toContain(program);
  }
});
