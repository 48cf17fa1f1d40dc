/** Clients of `redis` (node-redis). */

import { notConnected } from './faults.ts';
import { after, type Connecting, firstContact } from './first-contact.ts';
import { refuseKeyPrefix } from './key-prefix.ts';
import {
  type CommandName,
  type RedisPort,
  reconnects,
  type Send,
  type Subscription,
} from './port.ts';

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

/**
 * Makes the interface to a client of `redis`; `undefined` if it is none.
 *
 * @throws FsmError `INVALID_OPTION` if it puts a prefix before every key
 */
export function nodeRedisPortOf(client: object): RedisPort | undefined {
  refuseKeyPrefix({ _keyPrefix: Object(client)._keyPrefix });
  if ('masters' in client) return nodeClusterPort(client as NodeRedisCluster);
  if ('getSentinelNode' in client) {
    const sentinel = client as NodeRedisSentinel;
    const send: Send = (name, args) => sentinel.sendCommand(false, [name, ...args], plainReplies);
    return nodePort(sentinel, onceOpen(sentinel, send));
  }
  // A pool has no subscription, and sends commands of one key over several connections.
  if ('sendCommand' in client && 'subscribe' in client) {
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
  return undefined;
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
