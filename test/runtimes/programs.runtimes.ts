import { describe, expect, inject, it } from 'vitest';
import { runOn } from './processes.ts';
import { allRuntimes, impossible, programs, runtimes } from './runtimes.ts';

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
    }
  });
});

it('every exception names a runtime and a program', () => {
  for (const { runtime, program } of impossible) {
    expect(allRuntimes.map(({ name }) => name)).toContain(runtime);
    expect(programs.map(({ title }) => title)).toContain(program);
  }
});
