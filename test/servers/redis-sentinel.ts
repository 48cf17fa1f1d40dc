/** Real Redis sentinels for tests: a master, a replica and three that watch them. */

import type { RedisServer } from './redis.ts';
import { host, prepareRedis, startRedis, stopAll, until } from './redis.ts';

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
      const sentinel = await prepareRedis(
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
