import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedRedis } from '../servers/shared.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Those with a test: a Worker is run by wrangler, and tested here on workerd (`cloudflare.test.ts`). */
const examples = readdirSync(join(root, 'examples')).filter((name) => {
  const manifest = join(root, 'examples', name, 'package.json');
  return existsSync(manifest) && /"test": /.test(readFileSync(manifest, 'utf8'));
});

interface Ended {
  readonly code: unknown;
  readonly output: string;
}

let redis: string;

/** Runs a program without the environment variables of the test runner. */
function run(cwd: string, command: string, ...args: readonly string[]): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_ENV$|TEST$|BOT_TOKEN$)/.test(name),
    ),
  );
  env['REDIS_URL'] = redis;
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` });
    });
  });
}

let folder: string;
/** The packages, as they would be published, by name. */
const tarballs: Record<string, string> = {};

beforeAll(async () => {
  redis = (await sharedRedis()).url;
  folder = await mkdtemp(join(tmpdir(), 'telefsm-alone-'));
  const bin = (name: string) => join(root, 'node_modules/.bin', name);
  expect(await run(root, bin('tsdown'), '--logLevel', 'error')).toMatchObject({ code: 0 });
  for (const name of readdirSync(join(root, 'packages'))) {
    const dir = join(root, 'packages', name);
    const packed = await run(dir, bin('pnpm'), 'pack', '--json', '--pack-destination', folder);
    expect(packed).toMatchObject({ code: 0 });
    const { filename } = JSON.parse(packed.output.slice(packed.output.indexOf('{')));
    tarballs[`@telefsm/${name}`] = `file:${filename}`;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(examples)('the example %s, copied into an empty folder', (name) => {
  it('installs, passes its test, and asks for a token when it is started', async () => {
    const copy = join(folder, name);
    await cp(join(root, 'examples', name), copy, {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    const file = join(copy, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    for (const group of ['dependencies', 'devDependencies']) {
      for (const each of Object.keys(manifest[group]))
        manifest[group][each] = tarballs[each] ?? manifest[group][each];
    }
    await writeFile(file, JSON.stringify({ ...manifest, overrides: tarballs }));
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    expect(await run(copy, 'npm', ...install)).toMatchObject({ code: 0 });
    expect(await run(copy, 'npm', 'test')).toMatchObject({ code: 0 });
    for (const script of Object.keys(manifest.scripts).filter((each) => each.startsWith('start'))) {
      const { code, output } = await run(copy, 'npm', 'run', script);
      expect(code).toBe(1);
      expect(output).toContain('Set BOT_TOKEN');
    }
    // Five runs of npm, and an installation from the registry the first time.
  }, 300_000);
});
