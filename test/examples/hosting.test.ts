/** The files that hosts read, beside the programs that they start: a systemd unit, a Compose file, a Dockerfile. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../../examples/two-processes/settings.ts';
import { ensureCommand } from '../servers/install.ts';

const examples = new URL('../../examples/', import.meta.url);
const read = (path: string) => readFile(new URL(path, examples), 'utf8');

/** How long `machine.stop()` waits for running turns, in seconds. */
const drain = 25;

it('the unit of systemd is valid, and gives the program time to stop', async () => {
  const unit = await read('vps/bot.service');
  const analyze = await ensureCommand('systemd-analyze', 'systemd');
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-unit-'));
  const path = join(folder, 'bot.service');
  // Node lies elsewhere on this machine.
  await writeFile(path, unit.replace('/usr/bin/node', process.execPath));
  const { stdout, stderr } = await promisify(execFile)(analyze, ['verify', path]);
  expect(`${stdout}${stderr}`).toBe('');
  await rm(folder, { recursive: true });
  const {
    TimeoutStopSec,
    KillSignal,
    ExecStart = '',
  } = Object.fromEntries(
    unit.split('\n').flatMap((line) => (/^[A-Z]/.test(line) ? [line.split(/=(.*)/)] : [])),
  );
  expect(Number(TimeoutStopSec)).toBeGreaterThan(drain);
  expect(KillSignal).toBe('SIGTERM');
  expect(await readdir(new URL('vps', examples))).toContain(ExecStart.split(' ').at(-1));
});

it('the Compose file starts two processes with the settings that they read, and gives them time to stop', async () => {
  const { services } = parse(await read('two-processes/compose.yaml'));
  const { bot, redis, balancer } = services;
  expect(bot.deploy.replicas).toBe(2);
  expect(Number.parseInt(bot.stop_grace_period, 10)).toBeGreaterThan(drain);
  const given = { ...bot.environment, BOT_TOKEN: '1:test', WEBHOOK_SECRET: 'secret' };
  expect(readSettings(given)).toMatchObject({ redis: given.REDIS_URL });
  expect(new URL(given.REDIS_URL).hostname).toBe('redis');
  expect(redis.command).toContain('noeviction');
  const nginx = await read('two-processes/nginx.conf');
  expect(nginx).toContain(`server bot:${given.PORT} `);
  // nginx asks for their addresses once
  expect(balancer.depends_on.bot.restart).toBe(true);
  const [, inside] = balancer.ports[0].split(':');
  expect(nginx).toContain(`listen ${inside};`);
});

it('the Dockerfile starts a program that exists, by Node itself, with what it installs', async () => {
  const dockerfile = await read('two-processes/Dockerfile');
  const [program, ...args] = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '');
  expect(program).toBe('node');
  expect(await readdir(new URL('two-processes', examples))).toContain(args.at(-1));
  const { dependencies } = JSON.parse(await read('two-processes/package.json'));
  expect(dependencies).toHaveProperty(args[args.indexOf('--import') + 1]);
});
