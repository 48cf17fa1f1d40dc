/** A real Redis server for tests. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { ensureCommand } from './install.ts';
import { freePort } from './ports.ts';

/** A running `redis-server`. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  readonly url: string;
  /** Ends it in order; {@link RedisServer.start} brings it back on the same port, without its data. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
  /** Halts the process, or lets it go on. */
  pause(on: boolean): void;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Sends one command on a connection of its own. */
  command(...words: readonly (string | number)[]): Promise<unknown>;
}

/** The options of a {@link RedisServer}. */
export interface RedisServerOptions {
  readonly password?: string;
  /** More directives of the configuration file, such as `['maxmemory 10mb']`. */
  readonly directives?: readonly string[];
}

/** Where all servers of the tests listen. */
export const host = '127.0.0.1';
const running = new Set<ChildProcess>();
const folders = new Set<string>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts one server on a free port, in a temporary folder, keeping nothing on disk. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { password, directives = [] } = options;
  const server = await prepareRedis(
    [
      'save ""',
      'appendonly no',
      'repl-diskless-sync-delay 0',
      ...(password === undefined ? [] : [`requirepass ${password}`, `masterauth ${password}`]),
      ...directives,
    ],
    password,
  );
  await server.start();
  return server;
}

/** Makes a server that is not yet started, from directives of its configuration file. */
export async function prepareRedis(
  directives: readonly string[],
  password?: string,
  flags: readonly string[] = [],
): Promise<RedisServer> {
  const program = await ensureCommand('redis-server', 'redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-redis-'));
  folders.add(folder);
  const port = await freePort();
  const config = join(folder, 'redis.conf');
  const lines = [
    `port ${port}`,
    `bind ${host}`,
    `dir ${folder}`,
    'logfile server.log',
    ...directives,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  let ended: Promise<unknown> = Promise.resolve();

  async function end(signal: NodeJS.Signals): Promise<void> {
    child?.kill('SIGCONT');
    child?.kill(signal);
    await ended;
  }

  async function command(...words: readonly (string | number)[]): Promise<unknown> {
    const client = new Redis({
      host,
      port,
      ...(password !== undefined && { password }),
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      const [name = '', ...args] = words.map(String);
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  const server: RedisServer = {
    host,
    port,
    password,
    url: `redis://${password === undefined ? '' : `:${password}@`}${host}:${port}`,
    command,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: (on) => void child?.kill(on ? 'SIGSTOP' : 'SIGCONT'),
    async start() {
      const started = spawn(program, [config, ...flags], { stdio: 'ignore' });
      child = started;
      running.add(started);
      ended = new Promise((resolve) => {
        started.once('exit', () => {
          running.delete(started);
          resolve(undefined);
        });
      });
      await until(`redis-server listens on ${port}`, async () => {
        if (started.exitCode !== null)
          throw new Error(`redis-server ended with ${started.exitCode}.`);
        return (await command('PING').catch(() => '')) === 'PONG';
      });
    },
    async restart() {
      await server.stop();
      await server.start();
    },
  };
  return server;
}

/** Ends several at once. */
export async function stopAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
}

/** Asks until it is so; a server that never gets there ends the test with a reason. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 30_000;
  for (;;) {
    const answer = await isSo().catch((error: unknown) => error);
    if (answer === true) return;
    if (Date.now() > giveUp) throw new Error(`Waited in vain: ${what}.`, { cause: answer });
    await pause(30);
  }
}
