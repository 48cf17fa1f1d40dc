/** The two families of Redis clients, as far as the storage uses them, and one interface to both. */

import { FsmError } from '@telefsm/core';
import { inBatches } from './batches.ts';
import { type CommandClient, commandPortOf } from './command-clients.ts';
import { notConnected } from './faults.ts';
import { type Connecting, firstContact } from './first-contact.ts';
import { refuseKeyPrefix } from './key-prefix.ts';
import type { CommandName, RedisPort, Send, Subscription } from './port.ts';

/** An `ioredis` client (5 or 6): `Redis`, with Sentinel or without, or `Cluster`. */
export interface IoRedisClient {
  readonly options: object;
  call(command: string, ...args: string[]): Promise<unknown>;
  pipeline(commands: string[][]): {
    exec(): Promise<readonly (readonly [error: unknown, answer?: unknown])[] | null>;
  };
  subscribe(channel: string): Promise<unknown>;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
  /** A `Cluster` takes nodes first, and then options. */
  duplicate(optionsOrNodes?: object, options?: object): IoRedisClient;
}

/** The members that only a `Cluster` of `ioredis` has. */
interface IoRedisCluster extends IoRedisClient {
  nodes(role: 'master'): readonly IoRedisClient[];
}

/** The members that all clients of `redis` have in common. */
export interface NodeRedisConnection {
  /** Whether it connects or is connected. */
  readonly isOpen?: boolean;
  duplicate(): NodeRedisConnection;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  destroy(): unknown;
}

/** A client of `redis` (node-redis from 5.9 on) made by `createClient`. */
export interface NodeRedisClient extends NodeRedisConnection {
  sendCommand(args: readonly string[], options?: object): Promise<unknown>;
}

/** A client of `redis` (node-redis from 5.9 on) made by `createSentinel`. */
export interface NodeRedisSentinel extends NodeRedisConnection {
  sendCommand(isReadonly: boolean, args: string[], options?: object): Promise<unknown>;
  getSentinelNode(): unknown;
}

/** A client of `redis` (node-redis from 5.9 on) made by `createCluster`. */
export interface NodeRedisCluster extends NodeRedisConnection {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean,
    args: string[],
    options?: object,
  ): Promise<unknown>;
  readonly masters: readonly object[];
  nodeClient(node: never): unknown;
}

/** A connected client that the storage is handed; it stays the caller's to close. */
export type RedisClient =
  | IoRedisClient
  | NodeRedisClient
  | NodeRedisSentinel
  | NodeRedisCluster
  | CommandClient;

/**
 * Makes the interface to a client.
 *
 * @throws FsmError `INVALID_OPTION` when it is none of the known clients, or puts a prefix before every key
 */
export function portOf(client: RedisClient): RedisPort {
  if (has(client, 'call')) return ioredisPort(client as IoRedisClient);
  refuseKeyPrefix({ _keyPrefix: Object(client)._keyPrefix });
  if (has(client, 'masters')) return nodeClusterPort(client as NodeRedisCluster);
  if (has(client, 'getSentinelNode')) {
    const sentinel = client as NodeRedisSentinel;
    const send: Send = (name, args) => sentinel.sendCommand(false, [name, ...args], plainReplies);
    return nodePort(sentinel, onceOpen(sentinel, send));
  }
  // A pool has no subscription, and sends commands of one key over several connections.
  if (has(client, 'sendCommand') && has(client, 'subscribe')) {
    const single = client as NodeRedisClient & Connecting & { readonly isReady?: boolean };
    const contact = firstContact(single, () => {
      if (single.isReady) return 'connected';
      return single.isOpen ? 'connecting' : 'idle';
    });
    const send = after(contact, (name, args) =>
      single.sendCommand([name, ...args], single.isReady ? sentAtOnce : plainReplies),
    );
    return nodePort(single, onceOpen(single, send));
  }
  const port = commandPortOf(client);
  if (port !== undefined) return port;
  throw new FsmError('INVALID_OPTION', {
    option: 'client',
    expected:
      'a client of ioredis, redis, iovalkey, @valkey/valkey-glide, @upstash/redis or Bun, or an object with eval(script, keys, args)',
    found: client === null ? 'null' : typeof client,
  });
}

/** Sends once the client was opened: it never connects by itself. Of one that was closed later, an earlier command may have been executed. */
function onceOpen<Args extends readonly unknown[]>(
  client: Pick<NodeRedisConnection, 'isOpen'>,
  send: (...args: Args) => Promise<unknown>,
): (...args: Args) => Promise<unknown> {
  let wasOpen = false;
  return (...args) => {
    wasOpen ||= client.isOpen !== false;
    return wasOpen ? send(...args) : Promise.reject(notConnected());
  };
}

function ioredisPort(client: IoRedisClient): RedisPort {
  refuseKeyPrefix(client.options);
  const cluster = has(client, 'nodes') ? (client as IoRedisCluster) : undefined;
  if (cluster && Object(cluster.options).enableAutoPipelining) {
    throw new FsmError('INVALID_OPTION', {
      option: 'client',
      expected:
        'a Cluster without enableAutoPipelining, which ioredis before 5.11 sends to wrong nodes',
      found: 'enableAutoPipelining: true',
    });
  }
  const sendTo =
    (node: IoRedisClient): Send =>
    (name, args) =>
      node.call(name, ...args);
  // in a cluster each command finds its own way
  const send =
    cluster === undefined ? after(contactOfIoredis(client), inBatches(client)) : sendTo(client);
  return {
    cluster: cluster !== undefined,
    send: (_key, name, args) => send(name, args),
    async wait(key, replicas, ms) {
      const amounts = [String(replicas), String(ms)] as const;
      if (cluster === undefined) {
        // after a reconnect ioredis sends WAIT again, on a connection that wrote nothing: every replica has all of that
        const { stream: before } = Object(client);
        const reached = Number(await send('wait', amounts));
        return Object(client).stream === before ? reached : 0;
      }
      // Without a key ioredis asks any node; a pipeline goes where its one key is.
      const answers = await cluster
        .pipeline([
          ['exists', key],
          ['wait', ...amounts],
        ])
        .exec();
      const [error, reached] = answers?.[1] ?? [];
      if (error) throw error;
      return Number(reached);
    },
    primaries: async () => cluster?.nodes('master').map(sendTo) ?? [send],
    subscribe(channel, listener) {
      const own =
        cluster === undefined ? client.duplicate(queueing) : client.duplicate([], queueing);
      own.on('error', reconnects);
      own.on('message', (from, message) => {
        if (from === channel) listener(message);
      });
      return { ready: own.subscribe(channel), stop: () => own.disconnect() };
    },
  };
}

/** A subscription connects as it is made: whatever its client does, its first command waits for the connection. */
const queueing = { enableOfflineQueue: true };

function contactOfIoredis(client: IoRedisClient): () => Promise<void> | undefined {
  const own = client as IoRedisClient &
    Connecting & {
      readonly status?: string;
      connect(): Promise<void>;
    };
  return firstContact(own, () => {
    if (own.status === 'ready') return 'connected';
    // made with lazyConnect: it connects at the first command, which is now
    if (own.status === 'wait') own.connect().catch(() => {});
    return own.status === undefined || own.status === 'end' ? 'idle' : 'connecting';
  });
}

/** Sends once the client is connected, and from then on at once. */
function after(contact: () => Promise<void> | undefined, send: Send): Send {
  return (name, args) => {
    const made = contact();
    return made === undefined ? send(name, args) : made.then(() => send(name, args));
  };
}

/** Texts as strings, numbers as numbers, whatever the client was made with. */
const plainReplies = { typeMapping: {} };

/**
 * A connected client writes a command in the same turn of the event loop, and its time limit ends there. The `AbortSignal.timeout()` behind it
 * was measured to cost more than the command. Only a server that no longer reads leaves commands in the client's queue: core limits how
 * long it waits for their answers, and `commandsQueueMaxLength` how many there are.
 */
const sentAtOnce = { ...plainReplies, timeout: undefined };

function nodePort(client: NodeRedisConnection, send: Send): RedisPort {
  return {
    cluster: false,
    send: (_key, name, args) => send(name, args),
    wait: async (_key, replicas, ms) => Number(await send('wait', [String(replicas), String(ms)])),
    primaries: async () => [send],
    subscribe: (channel, listener) => nodeSubscription(client, channel, listener),
  };
}

function nodeClusterPort(client: NodeRedisCluster): RedisPort {
  const send = onceOpen(client, (key: string, name: CommandName, args: readonly string[]) =>
    client.sendCommand(key, false, [name, ...args], plainReplies),
  );
  return {
    cluster: true,
    send,
    wait: async (key, replicas, ms) =>
      Number(await send(key, 'wait', [String(replicas), String(ms)])),
    primaries: () =>
      Promise.all(
        client.masters.map(async (master) => {
          const node = (await client.nodeClient(master as never)) as NodeRedisClient;
          return (name: CommandName, args: readonly string[]) =>
            node.sendCommand([name, ...args], plainReplies);
        }),
      ),
    subscribe: (channel, listener) => nodeSubscription(client, channel, listener),
  };
}

function nodeSubscription(
  client: NodeRedisConnection,
  channel: string,
  listener: (message: string) => void,
): Subscription {
  const own = client.duplicate();
  own.on('error', reconnects);
  const connected = own.connect();
  // a client that has given up rejects that, or throws
  const end = async () => own.destroy();
  return {
    ready: connected.then(() => own.subscribe(channel, listener)),
    stop() {
      end().catch(reconnects);
      // one that is destroyed while it connects is connected nevertheless
      connected.then(end).catch(reconnects);
    },
  };
}

/** Both clients connect again by themselves; a message missed meanwhile costs its waiter two seconds. */
function reconnects(): void {}

function has(client: object, member: string): boolean {
  return typeof client === 'object' && client !== null && member in client;
}
