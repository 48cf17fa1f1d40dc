/** Two processes of the example behind a real nginx, with the configuration of its Compose file. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start, type Worker } from '../../examples/two-processes/stage.ts';
import { ensureCommand } from '../servers/install.ts';
import { freePort } from '../servers/ports.ts';
import { until } from '../servers/postgres.ts';
import { freshName, sharedRedis } from '../servers/shared.ts';

const secret = 'only-Telegram-has-it';
let telegram: BotApiServer;
let folder: string;
let workers: readonly Worker[];
let nginx: ChildProcess;

beforeAll(async () => {
  telegram = await botApiServer();
  folder = await mkdtemp(join(tmpdir(), 'telefsm-nginx-'));
  const env = {
    ...process.env,
    NODE_OPTIONS: '--conditions=@telefsm/source',
    BOT_TOKEN: '1:two-processes',
    BOT_API: telegram.url,
    WEBHOOK_SECRET: secret,
    REDIS_URL: (await sharedRedis()).url,
    REDIS_PREFIX: freshName(),
    PORT: '0',
  };
  workers = await Promise.all([start('grammY', env), start('Telegraf', env)]);
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  await writeFile(config, await configOf(port));
  const program = await ensureCommand('nginx', 'nginx-light');
  const options = ['-p', folder, '-c', config, '-e', join(folder, 'error.log')];
  nginx = spawn(program, [...options, '-g', `daemon off; pid ${folder}/nginx.pid;`]);
  const url = `http://127.0.0.1:${port}/`;
  await until(`nginx on port ${port}`, nginx, async () => {
    await fetch(url);
  });
  await fetch(`${telegram.url}/bot1:two-processes/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret_token: secret }),
  });
});
afterAll(async () => {
  const all = [nginx, ...(workers ?? []).map((each) => each.process)];
  await Promise.all(
    all.map(async (each) => {
      if (each === undefined || each.exitCode !== null || each.signalCode !== null) return;
      const ended = once(each, 'exit');
      each.kill('SIGKILL');
      await ended;
    }),
  );
  await telegram?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The example's configuration, with the addresses of this machine in place of Docker's name. */
async function configOf(port: number): Promise<string> {
  const file = new URL('../../examples/two-processes/nginx.conf', import.meta.url);
  const text = await readFile(file, 'utf8');
  const servers = workers.map(({ url }) => `server 127.0.0.1:${new URL(url).port}$1;`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  const own = text
    .replace(/server bot:8080( .+);/, servers.join('\n    '))
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('http {', `http {\n  access_log off; ${temporary}`);
  expect(own).not.toContain('8080');
  return own;
}

it('counts every vote behind nginx, also after one process was killed', async () => {
  const voters = Array.from({ length: 12 }, (_, at) => telegram.user(`Voter${at}`));
  const group = telegram.group('Friends', voters);
  const [first] = voters.map((each) => each.in(group));
  await first?.sends('/poll Pizza?');
  const vote = (from: number, to: number, text: string) =>
    Promise.all(voters.slice(from, to).map((each) => each.in(group).taps(text)));
  await vote(0, 6, 'Yes');
  const [grammY] = workers;
  const ended = once(grammY?.process as ChildProcess, 'exit');
  grammY?.process.kill('SIGKILL');
  await ended;
  await vote(6, 12, 'No');
  await first?.sends('/close');
  first?.sees('Result: Pizza? Yes: 6, no: 6.');
});
