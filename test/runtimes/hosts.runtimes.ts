/** The function of `examples/serverless` where it is deployed: bundled for Lambda and Vercel, as it is on Bun and Deno. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../servers/ports.ts';
import { until } from '../servers/postgres.ts';
import { binaryOf, runOn } from './processes.ts';
import { newestNode, nodes, others, type Runtime } from './runtimes.ts';

const secret = 'only-Telegram-has-it';
const ours = { 'x-telegram-bot-api-secret-token': secret };
const cron = { authorization: 'Bearer only-the-schedule-has-it' };

let folder: string;
let sources: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telefsm-hosts-'));
  // Beside the installed packages, so that runtimes that need no bundle find them.
  sources = join(inject('app'), 'function');
  const example = join(import.meta.dirname, '../../examples/serverless');
  await cp(example, sources, {
    recursive: true,
    filter: (path) => !/node_modules|\.test\.ts$/.test(path),
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bundles an entry point into an empty folder, where no package can be found. */
async function bundled(bundler: string, entry: string, out: string): Promise<string> {
  const path = join(folder, out);
  const args = [bundler, inject('tools'), join(sources, entry), path];
  const { output } = await runOn(newestNode, `${inject('app')}/programs/bundle.mjs`, args);
  expect(output).toBe('bundled\n');
  return path;
}

const [bun, deno] = others as [Runtime, Runtime];
const hosts: readonly {
  readonly name: string;
  /** The arguments of the runtime. */
  start(port: number): Promise<readonly [Runtime, ...string[]]>;
}[] = [
  ...nodes.flatMap((node) => [
    {
      name: `AWS Lambda's ${node.name}`,
      async start() {
        const bundle = await bundled('esbuild (cjs)', 'lambda.ts', 'lambda.cjs');
        return [node, `${inject('app')}/programs/platform.mjs`, 'lambda', bundle] as const;
      },
    },
    {
      name: `Vercel's ${node.name}`,
      async start() {
        const bundle = await bundled('esbuild (esm)', 'api/telegram.ts', 'vercel.mjs');
        return [node, `${inject('app')}/programs/platform.mjs`, 'vercel', bundle] as const;
      },
    },
  ]),
  { name: bun.name, start: async () => [bun, 'fetch.ts'] as const },
  {
    name: deno.name,
    start: async (port) => {
      const serve = ['serve', '--allow-all', '--node-modules-dir=manual', '--unstable-cron'];
      const runtime = { ...deno, args: [] };
      return [runtime, ...serve, `--port=${port}`, '--host=127.0.0.1', 'fetch.ts'] as const;
    },
  },
];

describe.each(hosts)('the function on $name', ({ start }) => {
  let telegram: BotApiServer;
  let instances: { readonly child: ChildProcess; readonly url: string }[];
  beforeEach(async () => {
    telegram = await botApiServer();
    const prefix = randomUUID();
    instances = [];
    for (const _cold of ['a cold start', 'another one']) {
      const port = await freePort();
      const [runtime, ...args] = await start(port);
      const env = {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: `${port}`,
        BOT_TOKEN: '1:function',
        WEBHOOK_SECRET: secret,
        CRON_SECRET: 'only-the-schedule-has-it',
        BOT_API: telegram.url,
        REDIS_URL: inject('redis'),
        REDIS_PREFIX: prefix,
      };
      const all = [...runtime.args, ...args];
      const child = spawn(binaryOf(runtime), all, { cwd: sources, env, stdio: 'inherit' });
      const url = `http://127.0.0.1:${port}/`;
      instances.push({ child, url });
      await until(`the function at ${url}`, child, async () => {
        await fetch(url, { headers: cron });
      });
    }
  });
  afterEach(async () => {
    await telegram.stop();
    for (const { child } of instances) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  });

  const setWebhook = (url: string | undefined) =>
    fetch(`${telegram.url}/bot1:function/setWebhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url, secret_token: secret }),
    });
  async function post(at: number, headers: Readonly<Record<string, string>>): Promise<number> {
    const body = JSON.stringify(telegram.updates.at(-1));
    const json = { 'content-type': 'application/json' };
    const url = instances[at]?.url ?? '';
    return (await fetch(url, { method: 'POST', headers: { ...json, ...headers }, body })).status;
  }

  it('shares a conversation between two instances, skips a redelivery, and rejects a forged call', async () => {
    const anna = telegram.user('Anna');
    await setWebhook(instances[0]?.url);
    await anna.sends('/basket');
    await anna.sends('tea');
    expect(await post(1, ours)).toBe(200);
    expect(await post(1, {})).toBe(401);
    await setWebhook(instances[1]?.url);
    await anna.sends('Käse 🧀');
    anna.sees('In your basket: tea, Käse 🧀.');
    const swept = await fetch(instances[1]?.url ?? '', { headers: cron });
    expect([200, await swept.text()]).toEqual([swept.status, expect.stringMatching(/0/)]);
  });
});
