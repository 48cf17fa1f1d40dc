/** The storage contract through each client, in the stress tier on every other kind of server. */

import { storageContract } from '@telefsm/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startRedis } from '../../../test/servers/redis.ts';
import type { ClientKind, OpenClient } from '../../../test/servers/redis-clients.ts';
import {
  clusterClients,
  sentinelClients,
  singleClients,
} from '../../../test/servers/redis-clients.ts';
import { startRedisCluster } from '../../../test/servers/redis-cluster.ts';
import { startRedisSentinel } from '../../../test/servers/redis-sentinel.ts';
import { isStress } from '../../../test/setup/size.ts';
import { portOf } from '../src/clients.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import { shiftScript } from './shift-script.ts';

if (isStress) {
  keepsContract('a node with a password', () => startRedis({ password: 'secret' }), singleClients);
  keepsContract('sentinels', startRedisSentinel, sentinelClients);
  keepsContract('a cluster', startRedisCluster, clusterClients);
} else {
  keepsContract('one node', startRedis, singleClients);
}

async function shiftIn(
  client: OpenClient['client'],
  prefix: string,
  key: string,
  ms: number,
): Promise<void> {
  const name = layoutOf(prefix, 64).conversation(key);
  await portOf(client).send(name, 'eval', [shiftScript, '1', name, String(ms)]);
}

function keepsContract<Servers extends { stop(): Promise<void> }>(
  where: string,
  start: () => Promise<Servers>,
  kinds: readonly ClientKind<NoInfer<Servers>>[],
): void {
  describe(where, () => {
    let servers: Servers;
    beforeAll(async () => {
      servers = await start();
    });
    afterAll(() => servers.stop());

    describe.each(kinds)('through $name', (kind) => {
      const clients: OpenClient[] = [];
      beforeAll(async () => {
        clients.push(await kind.open(servers), await kind.open(servers));
      });
      afterAll(() => {
        for (const { close } of clients) close();
      });
      const storageOf = (index: number) =>
        redisStorage((clients[index] as OpenClient).client, { prefix: `test-${kind.name}` });
      const shift = (key: string, ms: number) =>
        shiftIn((clients[0] as OpenClient).client, `test-${kind.name}`, key, ms);
      const rules = storageContract(() => ({
        storage: storageOf(0),
        another: () => storageOf(1),
        shift,
      }));
      it.each(rules)('$title', (rule) => rule.run());
    });
  });
}
