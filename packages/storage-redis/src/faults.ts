/** What an error of a Redis client says about the statement that failed. */

import type { StorageFault } from '@telefsm/core/storage';

/** What the server answers; before version 7 it put the reason of a script's failure in the middle. */
const refusals: readonly (readonly [fault: StorageFault, words: RegExp])[] = [
  [
    'retry',
    /(?:^|: -)(?:READONLY|LOADING|MOVED|ASK|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY|NOREPLICAS|NOSCRIPT) /,
  ],
  ['retry', /^ERR max number of clients reached|^Too many Cluster redirections/],
  ['fatal', /(?:^|: -)(?:OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM|DENIED|WRONGTYPE) /],
  ['fatal', /^ERR (?:AUTH|unknown command|invalid password)|ACL failure in script/],
];

/** The client never sent it: no connection, and it was told not to keep commands until there is one. */
const unsent = /enableOfflineQueue options is false|^The client is offline$/;

/**
 * Sorts an error of ioredis or node-redis.
 *
 * What the server refused was not executed; when the connection fails in between, nobody knows.
 */
export function classifyFault(error: unknown): StorageFault {
  const message = error instanceof Error ? error.message : String(error);
  if (unsent.test(message)) return 'retry';
  return refusals.find(([, words]) => words.test(message))?.[0] ?? 'unknown';
}

/** Whether the server does not know a script by its hash (any more). */
export function isScriptMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes('NOSCRIPT');
}
