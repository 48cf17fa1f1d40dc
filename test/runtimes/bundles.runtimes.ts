import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { listenOnFreePort } from '../servers/ports.ts';
import { isFull } from '../setup/stress-size.ts';
import { runOn } from './processes.ts';
import { newestNode, nodes, oldestNode } from './runtimes.ts';

const bundlers = [
  ['esbuild (cjs)', 'cjs'],
  ['esbuild (esm)', 'mjs'],
  ['webpack', 'cjs'],
  ['Rollup (cjs)', 'cjs'],
  ['Rollup (esm)', 'mjs'],
  ['Vite SSR', 'mjs'],
  ['ncc (cjs)', 'cjs'],
  ['ncc (esm)', 'mjs'],
] as const;

let folder: string;
let databases = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telefsm-bundles-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Bundles a bot into an empty folder, where no package can be found. */
async function bundle(bundler: string, ending: string, bot: string): Promise<string> {
  const out = join(folder, bundler.replace(/\W+/g, '-'), bot, `bot.${ending}`);
  const app = inject('app');
  const args = [bundler, inject('tools'), `${app}/bots/${bot}.mjs`, out];
  const { output } = await runOn(newestNode, `${app}/programs/bundle.mjs`, args);
  expect(output).toMatch(/^bundled$/m);
  expect(output).not.toMatch(/warning|@telefsm/);
  return out;
}

/** Creates a database that no other bot uses, and returns its address. */
async function newDatabase(server: string): Promise<string> {
  const client = new pg.Client(server);
  await client.connect();
  const name = `bundle_${++databases}`;
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

const replies = { code: 0, output: 'replies 1 2\n' };

/** A Bot API whose calls all succeed: the bundled bot calls it by its framework's own client. */
const api = createServer((request, response) => {
  request.resume();
  const result = { message_id: 1, date: 0, chat: { id: 7, type: 'private' } };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ok: true, result }));
});
let env: { readonly BOT_API: string };
beforeAll(async () => {
  env = { BOT_API: `http://127.0.0.1:${await listenOnFreePort(api)}` };
});
afterAll(() => {
  api.closeAllConnections();
  api.close();
});

describe.each(bundlers)('a bot bundled by %s', (bundler, ending) => {
  it('answers on SQLite of the runtime, and on a driver that is installed beside it', async () => {
    const bot = await bundle(bundler, ending, 'sqlite');
    const cwd = join(bot, '..');
    for (const runtime of nodes.slice(1))
      expect(await runOn(runtime, bot, [`${bot}-${runtime.name}.db`], { cwd, env })).toEqual(
        replies,
      );
    // webpack writes the folder of the sources into the bundle; a machine that only runs the bundle has no such folder.
    const installed = `${inject('app')}/node_modules`;
    await rename(`${installed}/libsql`, `${installed}/libsql.away`);
    try {
      const without = await runOn(oldestNode, bot, [`${bot}.db`], { cwd: folder, env });
      expect(without.output).toContain("libsql: Cannot find module 'libsql'");
      const beside = (name: string) => join(cwd, 'node_modules', name);
      for (const name of ['@libsql', '@neon-rs', 'detect-libc'])
        await cp(`${installed}/${name}`, beside(name), { recursive: true });
      await cp(`${installed}/libsql.away`, beside('libsql'), { recursive: true });
      // From another working directory too: the driver lies beside the bundle.
      expect(await runOn(oldestNode, bot, [`${bot}.db`], { cwd: folder, env })).toEqual(replies);
    } finally {
      await rename(`${installed}/libsql.away`, `${installed}/libsql`);
    }
  });
});

// SQLite has the driver that is the hardest to bundle. The other storages belong to the full size.
describe.each(isFull ? bundlers : [])('a bot bundled by %s', (bundler, ending) => {
  it('answers on the memory storage', async () => {
    const bot = await bundle(bundler, ending, 'memory');
    expect(await runOn(oldestNode, bot, [], { env })).toEqual(replies);
  });

  it('answers on Redis', async () => {
    const bot = await bundle(bundler, ending, 'redis');
    expect(await runOn(oldestNode, bot, [bundler.replace(/\W+/g, '-')], { env })).toEqual(replies);
  });

  it('answers on PostgreSQL', async () => {
    const bot = await bundle(bundler, ending, 'postgres');
    const args = [await newDatabase(inject('postgres'))];
    expect(await runOn(oldestNode, bot, args, { env })).toEqual(replies);
  });

  it('answers on MariaDB', async () => {
    const bot = await bundle(bundler, ending, 'mysql');
    const args = [inject('mariadb'), bundler.replace(/\W+/g, '_')];
    expect(await runOn(oldestNode, bot, args, { env })).toEqual(replies);
  });
});

it('a webhook bot on workerd checks the secret, answers, and ignores a redelivery', async () => {
  const worker = await bundle('esbuild (worker)', 'mjs', 'webhook-worker');
  const args = [inject('tools'), worker];
  const script = `${inject('app')}/programs/workerd.mjs`;
  expect(await runOn(newestNode, script, args)).toEqual({ code: 0, output: 'ok 5\n' });
});
