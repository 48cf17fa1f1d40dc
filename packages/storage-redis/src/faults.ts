/** Classifies errors of Redis clients. */

import { FsmError, isFsmError } from '@telefsm/core';
import type { StorageFault } from '@telefsm/core/storage';

/** The server's answers. Before version 7, the reason of a script's failure was in the middle. */
const refusals: readonly (readonly [fault: StorageFault, words: RegExp])[] = [
  [
    'retry',
    /(?:^|: -)(?:READONLY|LOADING|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY|NOREPLICAS|NOSCRIPT) /,
  ],
  ['retry', /^ERR max number of clients reached|^Too many Cluster redirections/],
  ['fatal', /(?:^|: -)(?:OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM|DENIED|WRONGTYPE) /],
  ['fatal', /^ERR (?:AUTH|unknown command|invalid password)|ACL failure in script/],
  ['fatal', /^ERR (?:Protocol error: invalid bulk|max request size)/],
  // Redis 6.2 has no code for the reason within a script
  ['fatal', /command not allowed when used memory > 'maxmemory'/],
  ['fatal', /This Redis command is not allowed from script|can't run this command or subcommand/],
];

/** The reason and the remedy, by the words of the server. */
const remedies: readonly (readonly [words: RegExp, reason: string, remedy: string])[] = [
  [
    /(?:^|: -)OOM |when used memory > 'maxmemory'/,
    'it has no memory left',
    'Raise maxmemory, or delete keys. Set a ttl, so that abandoned conversations are deleted.',
  ],
  [
    /(?:^|: -)READONLY /,
    'the server is a read-only replica',
    'Connect to the primary, by Sentinel or the Cluster client if it changes.',
  ],
  [
    /(?:^|: -)(?:NOAUTH|WRONGPASS) |^ERR (?:AUTH|invalid password)/,
    'the server rejected the password',
    'Correct the user and the password of the client.',
  ],
  [
    /(?:^|: -)NOPERM |ACL failure in script|can't run this command or subcommand/,
    'its user lacks a right',
    'Allow the user ~PREFIX:* and &PREFIX:*, and +@read +@write +@scripting +@pubsub +time, with `replicas` also +wait.',
  ],
  [
    /(?:^|: -)WRONGTYPE /,
    'the key holds something that telefsm has not written',
    'Find out what writes to it, and delete or rename the key, or choose another prefix.',
  ],
  [
    /(?:^|: -)MISCONF /,
    'the server cannot write to its disk',
    'Make space on its disk, or correct its directory; see the log of the server.',
  ],
  [
    /^ERR (?:Protocol error: invalid bulk|max request size)/,
    'the record is too large',
    'Lower fsm({ maxRecordBytes }), or raise proto-max-bulk-len.',
  ],
  [
    /^The client is closed$/,
    'the client is closed',
    'Keep the client open until the bot has stopped. With `socketTimeout`, also set `reconnectStrategy`, or `redis` closes an idle client.',
  ],
  [
    /^Connection is closed\.$/,
    'the client is closed',
    'Keep the client open until the bot has stopped, and give it a `retryStrategy` that never gives up.',
  ],
];

/** Names what is wrong and what to do, where that is known; any other error stays as it is. */
export function explained(error: unknown, key: string): unknown {
  if (isFsmError(error) || !(error instanceof Error)) return error;
  const { message } = error;
  const known = remedies.find(([words]) => words.test(message));
  if (known === undefined) return error;
  const [, reason, remedy] = known;
  const details = { storage: `Redis at '${key}'`, reason: `${reason} (${message})`, remedy };
  return new FsmError('STORAGE_UNUSABLE', details, { cause: error });
}

/** Makes the error for a client that was never connected. */
export function notConnected(): FsmError<'STORAGE_UNUSABLE'> {
  const details = {
    storage: 'Redis',
    reason: 'the client is not connected',
    remedy: 'Call `await client.connect()` before the bot starts.',
  };
  return new FsmError('STORAGE_UNUSABLE', details, { cause: new Error(unopened) });
}

/** Nothing was sent, and nothing will be. */
const unopened = 'The client was not open';

/** The client never sent it: no connection, and it is configured not to keep commands until there is one, or to keep no more of them. */
const unsent = /enableOfflineQueue options is false|^The (?:client is offline|queue is full)$/;

/**
 * Sorts an error of ioredis or node-redis.
 *
 * A rejected command was not executed; when the connection fails in between, it is unknown.
 */
export function classifyFault(error: unknown): StorageFault {
  if (isFsmError(error)) {
    return error.code === 'STORAGE_UNUSABLE' ? classifyFault(error.cause) : 'fatal';
  }
  const message = error instanceof Error ? error.message : String(error);
  if (message === unopened) return 'fatal';
  if (unsent.test(message)) return 'retry';
  return refusals.find(([, words]) => words.test(message))?.[0] ?? 'unknown';
}

/** Whether the server does not have a script by its hash (any more). */
export function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && /NOSCRIPT|NoScriptError/.test(error.message);
}
