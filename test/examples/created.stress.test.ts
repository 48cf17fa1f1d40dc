import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFull } from '../setup/stress-size.ts';
import { install, packInto, root, run } from './packed.ts';

/** Every combination in a full run; in a quick one, each framework with each storage, in one of the languages. */
const combinations = ['grammy', 'telegraf'].flatMap((framework, first) =>
  ['memory', 'sqlite', 'redis', 'postgres', 'mysql'].flatMap((storage, second) =>
    ['ts', 'js']
      .filter((_, third) => isFull || (first + second + third) % 2 === 0)
      .map((language) => ({ framework, storage, language })),
  ),
);

let folder: string;
let tarballs: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telefsm-created-'));
  tarballs = await packInto(folder);
  const packages = { dependencies: { 'create-telefsm': '*' }, devDependencies: {} };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, ...packages }));
  await install(folder, tarballs);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(combinations)(
  'a project created with $framework, $storage and $language',
  ({ framework, storage, language }) => {
    it('installs, compiles, passes its test, and asks for a token when it is started', async () => {
      const name = `${framework}-${storage}-${language}`;
      const flags = [`--framework=${framework}`, `--storage=${storage}`, `--language=${language}`];
      const create = ['npm', 'exec', '--', 'create-telefsm', name, ...flags];
      expect(await run(folder, create)).toMatchObject({ code: 0 });
      const project = join(folder, name);
      const scripts = await install(project, tarballs);
      expect(await run(project, ['npm', 'run', 'types'])).toMatchObject({ code: 0 });
      expect(await run(project, ['npm', 'test'])).toMatchObject({
        code: 0,
        output: expect.stringContaining('pass 2'),
      });
      if (scripts['build'])
        expect(await run(project, ['npm', 'run', 'build'])).toMatchObject({ code: 0 });
      expect(await run(project, ['npm', 'start'])).toMatchObject({
        code: 1,
        output: expect.stringContaining('Set BOT_TOKEN'),
      });
      // Several runs of npm, and an installation from the registry the first time.
    }, 300_000);
  },
);

it('a project created by pnpm installs with pnpm and passes its test', async () => {
  const create = [join(folder, 'node_modules/.bin/create-telefsm'), 'by-pnpm', '--', '--yes'];
  const agent = { npm_config_user_agent: 'pnpm/12.21.0 npm/? node/v20' };
  expect(await run(folder, create, agent)).toMatchObject({ code: 0 });
  const project = join(folder, 'by-pnpm');
  const overrides = Object.entries(tarballs).map(([name, url]) => `  '${name}': '${url}'\n`);
  await appendFile(join(project, 'pnpm-workspace.yaml'), `overrides:\n${overrides.join('')}`);
  const pnpm = join(root, 'node_modules/.bin/pnpm');
  expect(await run(project, [pnpm, 'install', '--prefer-offline'])).toMatchObject({ code: 0 });
  expect(await run(project, [pnpm, 'test'])).toMatchObject({
    code: 0,
    output: expect.stringContaining('pass 2'),
  });
  // Two runs of pnpm, and an installation from the registry the first time.
}, 300_000);
