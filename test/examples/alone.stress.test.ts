import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedRedis } from '../servers/shared.ts';
import { install, packInto, root, run } from './packed.ts';

/** Those with a test: a Worker is run by wrangler, and tested here on workerd (`cloudflare.test.ts`). */
const examples = readdirSync(join(root, 'examples')).filter((name) => {
  const manifest = join(root, 'examples', name, 'package.json');
  return existsSync(manifest) && /"test": /.test(readFileSync(manifest, 'utf8'));
});

let redis: { readonly REDIS_URL: string };
let folder: string;
let tarballs: Readonly<Record<string, string>>;

beforeAll(async () => {
  redis = { REDIS_URL: (await sharedRedis()).url };
  folder = await mkdtemp(join(tmpdir(), 'telefsm-alone-'));
  tarballs = await packInto(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(examples)('the example %s, copied into an empty folder', (name) => {
  it('installs, passes its test, and asks for a token when it is started', async () => {
    const copy = join(folder, name);
    await cp(join(root, 'examples', name), copy, {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    const scripts = await install(copy, tarballs);
    // a busy machine starts processes slowly
    const test = ['npm', 'test', '--', '--testTimeout=60000'];
    expect(await run(copy, test, redis)).toMatchObject({ code: 0 });
    for (const script of Object.keys(scripts).filter((each) => each.startsWith('start'))) {
      const { code, output } = await run(copy, ['npm', 'run', script], redis);
      expect(code).toBe(1);
      expect(output).toContain('Set BOT_TOKEN');
    }
    // Five runs of npm, and an installation from the registry the first time.
  }, 300_000);
});
