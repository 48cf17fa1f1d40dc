/** Waiting across processes: in order, turn about, and not for the dead. */

import { once } from 'node:events';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { singleClients } from '../../../test/servers/redis-clients.ts';
import { respCommands, tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { until } from '../../../test/servers/until.ts';
import type { RedisStorage } from '../src/index.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import type { Granted } from './acquiring.ts';
import { listenTo, taken, waitFor } from './acquiring.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ directives: ['user mute on nopass ~* +@all resetchannels'] });
});
afterAll(() => server.stop());

describe.each(singleClients)('through $name', (kind) => {
  it('two processes take turns, each notified by a message, at three commands an update', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const address = { ...server, port: proxy.port };
    const clients = [await kind.open(address), await kind.open(address)];
    const storages = clients.map(({ client }) =>
      redisStorage(client, { prefix: `${kind.name}-turns` }),
    );
    const granted = await Promise.all(storages.map(listenTo));
    // Scripts are known and the layout is checked when counting begins.
    for (const [process, storage] of storages.entries()) {
      await (await taken(storage, 'first', `first.${process}`)).commit({ text: '', state: null });
    }
    const opening = await taken(storages[0] as RedisStorage, 'k', 'opening.1');
    const before = proxy.commands;
    const holders: number[] = [];
    const waits = [0, 0];
    const turnsOf = (process: number) => holders.filter((each) => each === process).length;
    const all = storages.map(async (storage, process) => {
      const other = 1 - process;
      // As core does it: of all that wait in one process, only the first asks the storage.
      for (let turn = 0; turn < 5; turn++) {
        const messages = granted[process] as Granted;
        const lease = await waitFor(storage, 'k', `${process}.${turn}`, messages, () => {
          waits[process] = turn + 1;
        });
        holders.push(process);
        // The conversation is not given back before the other process waits for its next turn.
        const next = turnsOf(other) + 1;
        await until(() => next > 5 || waits[other] === next);
        await lease.commit({ text: `${holders.length}`, state: null });
      }
    });
    await until(async () => proxy.commands === before + 2);
    await opening.release();
    await Promise.all(all);
    const turnAbout = holders.slice(1).filter((process, index) => process !== holders[index]);
    expect(turnAbout).toHaveLength(9);
    // The last turn finds the conversation free, or has waited like the others.
    expect(proxy.commands - before - 1).toBeLessThanOrEqual(30);
    expect(granted.flatMap(({ heard }) => heard).length).toBeGreaterThanOrEqual(9);
    for (const { stop } of granted) stop();
    for (const { close } of clients) close();
    await proxy.close();
  });

  it('a waiter that has gone is passed over at once', async () => {
    const clients = [await kind.open(server), await kind.open(server), await kind.open(server)];
    const [holder, gone, next] = clients.map(({ client }) =>
      redisStorage(client, { prefix: `${kind.name}-gone` }),
    ) as [RedisStorage, RedisStorage, RedisStorage];
    const lost = await listenTo(gone);
    const kept = await listenTo(next);
    const lease = await taken(holder, 'k', 'a.1');
    await acquire(gone, 'k', { token: 'b.1', lease: 1000, queue: true });
    await acquire(next, 'k', { token: 'c.1', lease: 1000, queue: true });
    lost.stop();
    await until(
      async () =>
        String(await server.command('PUBSUB', 'CHANNELS', '*-gone:p:*')).split(',').length === 1,
    );
    const told = kept.of('c.1');
    await lease.commit({ text: 'x', state: null });
    await told;
    expect(kept.heard).toEqual(['c.1']);
    expect(lost.heard).toEqual([]);
    kept.stop();
    for (const { close } of clients) close();
  });

  it('a holder that has died delays the next for its lease, and no longer', async () => {
    const open = await kind.open(server);
    const storage = redisStorage(open.client, { prefix: `${kind.name}-died` });
    const granted = await listenTo(storage);
    const late = await taken(storage, 'k', 'dead.1', 150);
    const next = { token: 'next.1', lease: 5000, queue: true };
    let answer = await acquire(storage, 'k', next);
    await until(async () => {
      if ('busy' in answer) answer = await acquire(storage, 'k', next);
      return !('busy' in answer);
    });
    const lease = answer as Lease;
    expect(granted.heard).toEqual([]);
    expect(await late.commit({ text: 'late', state: null })).toBe('rejected');
    expect(await lease.commit({ text: 'next', state: null })).toBe('done');
    expect(await storage.peek('k')).toEqual({ text: 'next' });
    granted.stop();
    open.close();
  });

  it('one connection serves all who wait, opened with the first and closed with the last', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const open = await kind.open({ ...server, port: proxy.port });
    const storage = redisStorage(open.client, { prefix: `${kind.name}-connections` });
    await taken(storage, 'k', 'a.1');
    expect(proxy.connections).toBe(1);
    const granted = [await listenTo(storage), await listenTo(storage)];
    expect(proxy.connections).toBe(2);
    for (const { stop } of granted) stop();
    await until(async () => proxy.connections === 1);
    open.close();
    await proxy.close();
  });

  it('close ends our own connection and leaves the client open', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const open = await kind.open({ ...server, port: proxy.port });
    const storage = redisStorage(open.client, { prefix: `${kind.name}-close` });
    await storage.granted?.(() => {});
    storage.close();
    await until(async () => proxy.connections === 1);
    expect(await storage.peek('k')).toBe(undefined);
    open.close();
    await proxy.close();
  });

  it('a channel on which nothing arrives is found out before anybody relies on it', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const open = await kind.open({ ...server, port: proxy.port });
    const storage = redisStorage(open.client, { prefix: `${kind.name}-deaf` });
    await storage.peek('k');
    proxy.drop(true);
    await expect(storage.granted?.(() => {})).rejects.toThrow(/no message/);
    proxy.drop(false);
    open.close();
    await proxy.close();
  });
});

it('a user who may not publish gets an error when it subscribes, and releases anyway', async () => {
  const mute = new Redis({ port: server.port, username: 'mute', password: 'any' });
  const client = new Redis(server.port);
  mute.on('error', () => {});
  const storage = redisStorage(mute, { prefix: 'mute' });
  const other = redisStorage(client, { prefix: 'mute' });
  await expect(storage.granted?.(() => {})).rejects.toThrow(/NOPERM/);
  const granted = await listenTo(other);
  const lease = await taken(storage, 'k', 'a.1');
  await acquire(other, 'k', { token: 'b.1', lease: 1000, queue: true });
  expect(await lease.commit({ text: 'x', state: null })).toBe('done');
  expect(await client.hget(layoutOf('mute', 64).conversation('k'), 'l')).toBe('');
  granted.stop();
  mute.disconnect();
  client.disconnect();
});

it('a client of ioredis that queues no commands while it connects is notified, too', async () => {
  const client = new Redis({ port: server.port, enableOfflineQueue: false });
  const storage = redisStorage(client, { prefix: 'no-queue' });
  const granted = await listenTo(storage);
  const lease = await taken(storage, 'k', 'a.1');
  await acquire(storage, 'k', { token: 'b.1', lease: 1000, queue: true });
  const told = granted.of('b.1');
  await lease.commit({ text: 'x', state: null });
  await told;
  granted.stop();
  client.disconnect();
});

describe('a subscription of redis', () => {
  it('that connects too late leaves no connection behind', async () => {
    const client = await createClient({ url: server.url }).connect();
    const socket = new net.Socket();
    let connect = () => {};
    const opened = vi.spyOn(net, 'createConnection').mockImplementationOnce((options: unknown) => {
      connect = () => socket.connect(options as net.TcpNetConnectOpts);
      return socket;
    });
    onTestFinished(() => opened.mockRestore());
    const storage = redisStorage(client, { prefix: 'late' });
    await expect(storage.granted?.(() => {})).rejects.toThrow(/no message/);
    const closed = once(socket, 'close');
    connect();
    await closed;
    client.destroy();
  });

  it('that has given up is left without an error', async () => {
    const client = await createClient({ url: server.url }).connect();
    const own = client.duplicate();
    const destroy = own.destroy.bind(own);
    const destroyed = new Promise<void>((resolve) => {
      // as version 5 does
      vi.spyOn(own, 'destroy').mockImplementation(() => {
        destroy();
        resolve();
        throw new Error('The client is closed');
      });
    });
    Object.assign(client, { duplicate: () => own });
    const rejected = vi.fn();
    process.on('unhandledRejection', rejected);
    onTestFinished(() => void process.off('unhandledRejection', rejected));
    const stop = await redisStorage(client, { prefix: 'given-up' }).granted?.(() => {});
    stop?.();
    await destroyed;
    await setImmediate();
    expect(rejected).not.toHaveBeenCalled();
    client.destroy();
  });
});
