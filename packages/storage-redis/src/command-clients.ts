/** Clients that send any command, or have a method for each, and bring no subscription that the storage could use. */

import { FsmError } from '@telefsm/core';
import type { RedisPort, Send } from './port.ts';

/** The used part of a `Redis` of `@upstash/redis`: each command is one HTTP request. */
export interface UpstashClient {
  evalsha(hash: string, keys: string[], args: string[]): Promise<unknown>;
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
  zscore(key: string, member: string): Promise<unknown>;
  scan(cursor: string, options: { match: string; count: number }): Promise<unknown>;
}

/** The used part of a `GlideClient` of `@valkey/valkey-glide`. */
export interface GlideClient {
  customCommand(command: string[], options: { decoder: number }): Promise<unknown>;
}

/** The used part of Bun's own `RedisClient`. */
export interface BunRedisClient {
  send(command: string, args: string[]): Promise<unknown>;
  duplicate(): Promise<unknown>;
}

/** A client that only runs scripts, such as one of your own over HTTP. Answers are as Redis sends them: texts are not parsed. */
export interface ScriptClient {
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/** A client without a subscription: processes that wait for a conversation ask again instead of being notified. */
export type CommandClient = UpstashClient | GlideClient | BunRedisClient | ScriptClient;

/** GLIDE's `Decoder.String`. */
const asString = 1;

/**
 * Makes the interface to a client without a subscription; `undefined` if it is none.
 *
 * @throws FsmError `INVALID_OPTION` for a client that cannot serve: GLIDE's for clusters, or Upstash's that parses what it reads
 */
export function commandPortOf(client: object): RedisPort | undefined {
  if (isGlide(client)) {
    if ('fcallWithRoute' in client) throw notServed(clusterOfGlide);
    return waitingPort((name, args) =>
      client.customCommand([name, ...args], { decoder: asString }),
    );
  }
  if (isUpstash(client)) {
    if (client.opts?.automaticDeserialization !== false) throw notServed(parsing);
    return portOver(overUpstash(client));
  }
  if (isBun(client)) return waitingPort((name, args) => client.send(name, [...args]));
  return isScripted(client) ? portOver(overScripts(client)) : undefined;
}

const isGlide = (client: object): client is GlideClient => 'customCommand' in client;
const isBun = (client: object): client is BunRedisClient =>
  'send' in client && 'duplicate' in client;
const isUpstash = (
  client: object,
): client is UpstashClient & { readonly opts?: { readonly automaticDeserialization?: boolean } } =>
  'evalsha' in client && 'zscore' in client && 'opts' in client;
/** Pools of `redis` have both, and an `eval` of another shape. */
const isScripted = (client: object): client is ScriptClient =>
  'eval' in client && typeof client.eval === 'function' && !('sendCommand' in client);

type Refusal = readonly [expected: string, found: string];
const clusterOfGlide: Refusal = [
  "GlideClient, or for a cluster a client of 'ioredis' or 'redis'",
  'a GlideClusterClient',
];
const parsing: Refusal = [
  'new Redis({ …, automaticDeserialization: false, retry: false })',
  'a client of @upstash/redis that parses what it reads',
];

function notServed([expected, found]: Refusal): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', { option: 'client', expected, found });
}

/** WAIT counts what its own connection has written: neither requests over HTTP nor scripts can send it. */
function portOver(send: Send): RedisPort {
  return {
    cluster: false,
    send: (_key, name, args) => send(name, args),
    wait: undefined,
    primaries: async () => [send],
    subscribe: undefined,
  };
}

function waitingPort(send: Send): RedisPort {
  return {
    ...portOver(send),
    wait: async (_key, replicas, ms) => Number(await send('wait', [String(replicas), String(ms)])),
  };
}

/** Commands by the methods of the client, which has none that sends any command. */
function overUpstash(client: UpstashClient): Send {
  return async (name, [first = '', second = '', third = '', ...rest]) => {
    switch (name) {
      case 'evalsha':
        return client.evalsha(first, [third], rest);
      case 'eval':
        return client.eval(first, [third], rest);
      case 'zscore':
        return client.zscore(first, second);
      case 'scan': {
        const [pattern = '', , count] = [third, ...rest];
        return client.scan(first, { match: pattern, count: Number(count) });
      }
      default:
        return cannotSend(name);
    }
  };
}

function cannotSend(name: 'info' | 'publish' | 'wait'): never {
  throw new Error(`@upstash/redis cannot send ${name}.`);
}

/** Runs any command in a script. */
const anyCommand = 'return redis.call(unpack(ARGV))';

function overScripts(client: ScriptClient): Send {
  return async (name, args) => {
    const [script = '', , key = '', ...rest] = args;
    if (name === 'eval') return client.eval(script, [key], rest);
    // the text is sent each time
    if (name === 'evalsha') throw new Error('NOSCRIPT');
    return client.eval(anyCommand, [], [name, ...args]);
  };
}
