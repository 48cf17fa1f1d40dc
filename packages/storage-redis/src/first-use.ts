/** Checks once, before the first statement, whether this process and the stored layout agree. */

import { FsmError } from '@telefsm/core';
import type { RedisPort } from './port.ts';
import { runScript, script } from './scripting.ts';
import { layoutScript } from './scripts.ts';

/** Version of the layout of keys and fields. */
const format = 1;
const readLayout = script(layoutScript);

/**
 * Compares the stored layout with this process's, and records it at the very first use.
 *
 * @throws FsmError `STORAGE_NEWER` for a later format, `RECORD_UNREADABLE` for one never written, `INVALID_OPTION` for other buckets
 */
export async function checkLayout(port: RedisPort, key: string, buckets: number): Promise<void> {
  const answer = await runScript(port, readLayout, key, [String(format), String(buckets)]);
  const [foundFormat, foundBuckets] = answer as readonly [string, string | null];
  const version = Number(foundFormat);
  if (version > format) {
    throw new FsmError('STORAGE_NEWER', { storage: key, version, known: format });
  }
  if (version !== format) {
    throw new FsmError('RECORD_UNREADABLE', {
      key,
      reason: `its format is '${foundFormat}', and this process supports ${format}`,
    });
  }
  if (Number(foundBuckets) !== buckets) {
    throw new FsmError('INVALID_OPTION', {
      option: 'buckets',
      expected: `${foundBuckets}, as '${key}' says: conversations exist under this prefix, and another number would hide them`,
      found: String(buckets),
    });
  }
}

/**
 * Finds out whether a server may throw conversations away.
 *
 * @returns the policy by which a primary may evict, or `undefined` when none may, or none reports it
 */
export async function findEviction(port: RedisPort): Promise<string | undefined> {
  for (const send of await port.primaries()) {
    const memory = String(await send('info', ['memory']));
    const policy = /^maxmemory_policy:(.+?)\r?$/m.exec(memory)?.[1];
    const bounded = /^maxmemory:0\r?$/m.exec(memory) === null;
    if (bounded && policy !== undefined && policy !== 'noeviction') return policy;
  }
  return undefined;
}
