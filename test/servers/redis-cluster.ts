/** A real Redis Cluster for tests. */

import { freePort } from './ports.ts';
import type { RedisServer } from './redis.ts';
import { host, startRedis, stopAll, until } from './redis.ts';

/** Three masters with a replica each. */
export interface RedisClusterServers {
  readonly nodes: readonly RedisServer[];
  /** Moves one slot with its keys to the next master; calls `between` with half of the keys moved. */
  moveSlot(slot: number, between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
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
        info.includes('cluster_state:ok') &&
        /master_link_status:up|slave0:.*state=online/.test(info),
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
