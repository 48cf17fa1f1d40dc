/** Real Redis servers for tests: one node, with a password, behind Sentinel, or six nodes of a Cluster. */

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

/** What a {@link RedisServer} can be started with. */
export interface RedisServerOptions {
  readonly password?: string;
  /** More directives of the configuration file, such as `['maxmemory 10mb']`. */
  readonly directives?: readonly string[];
}

/** A master, a replica and three sentinels. */
export interface RedisSentinelServers {
  /** Name of the master for clients. */
  readonly name: string;
  readonly sentinels: readonly RedisServer[];
  /** The two data nodes; the first is the master at the start. */
  readonly nodes: readonly [master: RedisServer, replica: RedisServer];
  /** The node that is the master now. */
  master(): Promise<RedisServer>;
  stop(): Promise<void>;
}

/** Three masters with a replica each. */
export interface RedisClusterServers {
  readonly nodes: readonly RedisServer[];
  /** Moves one slot with its keys to the next master; calls `between` with half of the keys moved. */
  moveSlot(slot: number, between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const running = new Set<ChildProcess>();
const folders = new Set<string>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Starts one server on a free port, in a temporary folder, keeping nothing on disk. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { password, directives = [] } = options;
  const server = await prepare(
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

/** Starts a master, its replica and three sentinels that agree on them. */
export async function startRedisSentinel(): Promise<RedisSentinelServers> {
  const name = 'telefsm-test';
  const master = await startRedis();
  const replica = await startRedis({ directives: [`replicaof ${host} ${master.port}`] });
  await until('the replica is in step', async () => {
    const info = String(await master.command('INFO', 'replication'));
    return /slave0:.*state=online/.test(info);
  });
  const sentinels = await Promise.all(
    [1, 2, 3].map(async () => {
      const sentinel = await prepare(
        [
          `sentinel monitor ${name} ${host} ${master.port} 2`,
          `sentinel down-after-milliseconds ${name} 700`,
          `sentinel failover-timeout ${name} 3000`,
          `sentinel parallel-syncs ${name} 1`,
        ],
        undefined,
        ['--sentinel'],
      );
      await sentinel.start();
      return sentinel;
    }),
  );
  await until('the sentinels know each other', async () => {
    const known = sentinels.map((sentinel) => sentinel.command('SENTINEL', 'CKQUORUM', name));
    const replicas = sentinels.map((sentinel) => sentinel.command('SENTINEL', 'REPLICAS', name));
    const others = sentinels.map((sentinel) => sentinel.command('SENTINEL', 'SENTINELS', name));
    await Promise.all(known);
    const [replicaLists, otherLists] = await Promise.all([
      Promise.all(replicas),
      Promise.all(others),
    ]);
    return (
      replicaLists.every((list) => (list as unknown[]).length === 1) &&
      otherLists.every((list) => (list as unknown[]).length === 2)
    );
  });
  const nodes = [master, replica] as const;
  return {
    name,
    sentinels,
    nodes,
    async master() {
      for (const sentinel of sentinels) {
        const answer = await sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
        const [, port] = answer as readonly string[];
        const found = nodes.find((node) => node.port === Number(port));
        if (found) return found;
      }
      throw new Error('No sentinel names a master.');
    },
    stop: () => stopAll([...sentinels, ...nodes]),
  };
}

/** Starts three masters with a replica each. */
export async function startRedisCluster(): Promise<RedisClusterServers> {
  const nodes = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const bus = await freePort();
      const server = await startRedis({
        directives: [
          'cluster-enabled yes',
          `cluster-port ${bus}`,
          'cluster-node-timeout 2000',
          'cluster-replica-validity-factor 0',
        ],
      });
      return { server, bus };
    }),
  );
  const servers = nodes.map(({ server }) => server);
  const [first] = servers as [RedisServer];
  const masters = servers.slice(0, 3);
  await Promise.all(
    masters.map((master, index) => {
      const [from, to] = [
        Math.ceil((index * 16_384) / 3),
        Math.ceil(((index + 1) * 16_384) / 3) - 1,
      ];
      return master.command('CLUSTER', 'ADDSLOTSRANGE', from, to);
    }),
  );
  await Promise.all(
    servers.map((server, index) => server.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)),
  );
  for (const { server, bus } of nodes.slice(1)) {
    await first.command('CLUSTER', 'MEET', host, server.port, bus);
  }
  await until('the nodes know each other', async () => {
    const answers = await Promise.all(servers.map((server) => server.command('CLUSTER', 'NODES')));
    return answers.every((list) => String(list).trim().split('\n').length === servers.length);
  });
  const ids = await Promise.all(
    servers.map(async (server) => String(await server.command('CLUSTER', 'MYID'))),
  );
  await Promise.all(
    masters.map((_, index) =>
      (servers[index + 3] as RedisServer).command('CLUSTER', 'REPLICATE', ids[index] as string),
    ),
  );
  await until('the cluster is whole', async () => {
    const answers = await Promise.all(
      servers.map(
        async (server) =>
          String(await server.command('CLUSTER', 'INFO')) +
          String(await server.command('INFO', 'replication')),
      ),
    );
    return answers.every(
      (info) =>
        info.includes('cluster_state:ok') && /master_link_status:up|slave0:.*state=online/.test(info),
    );
  });

  return {
    nodes: servers,
    async moveSlot(slot, between = async () => {}) {
      const owner = await ownerOf(slot, masters);
      const from = masters[owner] as RedisServer;
      const next = (owner + 1) % masters.length;
      const to = masters[next] as RedisServer;
      const [fromId, toId] = [ids[owner] as string, ids[next] as string];
      await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
      await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
      const count = Number(await from.command('CLUSTER', 'COUNTKEYSINSLOT', slot));
      let moved = false;
      for (let left = count; ; ) {
        const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 10)) as string[];
        if (keys.length === 0) break;
        await from.command('MIGRATE', host, to.port, '', 0, 5000, 'KEYS', ...keys);
        left -= keys.length;
        if (!moved && left <= count / 2) {
          moved = true;
          await between();
        }
      }
      for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    },
    stop: () => stopAll(servers),
  };
}

async function ownerOf(slot: number, masters: readonly RedisServer[]): Promise<number> {
  const shards = (await (masters[0] as RedisServer).command(
    'CLUSTER',
    'SLOTS',
  )) as readonly (readonly [number, number, readonly [string, number]])[];
  const port = shards.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
  return masters.findIndex((master) => master.port === port);
}

async function prepare(
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

async function stopAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
}

/** Asks until it is so; a server that never gets there ends the test with a reason. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 30_000;
  for (;;) {
    const answer = await isSo().catch((error: unknown) => error);
    if (answer === true) return;
    if (Date.now() > giveUp) throw new Error(`Waited in vain: ${what}.`, { cause: answer });
    await pause(30);
  }
}
