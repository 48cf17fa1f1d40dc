/** Prefixes that a client of `ioredis` puts before keys by itself. */

import { FsmError } from '@telefsm/core';

/** Options of `ioredis` that may put a prefix before every key. */
interface Prefixed {
  readonly keyPrefix?: string;
  readonly redisOptions?: { readonly keyPrefix?: string };
}

/**
 * Rejects a client that puts a prefix before every key: scripts and channels would not use it.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function refuseKeyPrefix({ keyPrefix, redisOptions }: Prefixed): void {
  const found = keyPrefix || redisOptions?.keyPrefix;
  if (!found) return;
  throw new FsmError('INVALID_OPTION', {
    option: 'keyPrefix of the client',
    expected: "none: name the conversations with redisStorage(client, { prefix: '…' })",
    found: `'${found}'`,
  });
}
