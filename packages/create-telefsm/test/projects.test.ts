import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectChoices } from '../src/choices.ts';
import { createProject } from '../src/index.ts';

// Inside the package, whose development dependencies are those of the projects: nothing is installed, and the sources are tested.
const parent = fileURLToPath(new URL('../.projects/', import.meta.url));
const compiler = fileURLToPath(
  new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url),
);

let folder: string;
beforeAll(async () => {
  mkdirSync(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'run-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs Node in a project, on the sources of the packages. */
function node(cwd: string, ...args: readonly string[]) {
  const env = {
    ...process.env,
    NODE_OPTIONS: '--conditions=@telefsm/source',
    // Vitest sets it, and inside a test Node's runner runs nothing.
    NODE_TEST_CONTEXT: undefined,
    BOT_TOKEN: undefined,
  };
  return new Promise<{ code: unknown; output: string }>((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` });
    });
  });
}

// Each framework in each language, each storage once; the stress tier has all twenty, from the packed packages.
const few: readonly ProjectChoices[] = [
  { framework: 'grammy', storage: 'memory', language: 'ts' },
  { framework: 'telegraf', storage: 'redis', language: 'ts' },
  { framework: 'grammy', storage: 'postgres', language: 'js' },
  { framework: 'telegraf', storage: 'mysql', language: 'js' },
  { framework: 'telegraf', storage: 'sqlite', language: 'ts' },
];

describe.each(few)('a new project on $framework with $storage in $language', (choices) => {
  const { framework, storage, language } = choices;

  it('compiles, passes its test, and asks for a token when it is started', async () => {
    const path = createProject(join(folder, `${framework}-${storage}-${language}`), choices);
    const config = language === 'ts' ? 'tsconfig.json' : 'jsconfig.json';
    const flags = [
      '--project',
      config,
      '--noEmit',
      '--allowImportingTsExtensions',
      '--customConditions',
      '@telefsm/source',
      // of our sources; with the declarations of a package, a project needs no more than its own
      '--lib',
      'ES2024',
    ];
    expect(await node(path, compiler, ...flags)).toEqual({ code: 0, output: '' });
    const tests = await node(path, '--import', 'tsx', '--test', `test/bot.test.${language}`);
    expect(tests).toMatchObject({ code: 0, output: expect.stringContaining('pass 2') });
    expect(tests.output).not.toContain('Warning');
    expect(await node(path, '--import', 'tsx', `src/main.${language}`)).toMatchObject({
      code: 1,
      output: expect.stringContaining('Set BOT_TOKEN'),
    });
  });
});
