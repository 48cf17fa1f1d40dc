/** Clients of `ioredis`, and of `iovalkey`, which is made like it. */

import { FsmError } from '@telefsm/core';
import { inBatches } from './batches.ts';
import { after, type Connecting, firstContact } from './first-contact.ts';
import { refuseKeyPrefix } from './key-prefix.ts';
import { type RedisPort, reconnects, type Send } from './port.ts';

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

/**
 * Makes the interface to a client of `ioredis`.
 *
 * @throws FsmError `INVALID_OPTION` if it puts a prefix before every key, or is a Cluster that sends commands in pipelines by itself
 */
export function ioredisPort(client: IoRedisClient): RedisPort {
  refuseKeyPrefix(client.options);
  const cluster = 'nodes' in client ? (client as IoRedisCluster) : undefined;
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
