/** Prefixes that a client puts before keys by itself. */

import { FsmError } from '@telefsm/core';

/** Options of `ioredis`, and the member of `redis` (6), that may put a prefix before every key. */
interface Prefixed {
  readonly keyPrefix?: string;
  readonly redisOptions?: { readonly keyPrefix?: string };
  readonly _keyPrefix?: string | Buffer;
}

/**
 * Rejects a client that puts a prefix before every key. Scripts and channels bypass it; with `redis`, so does every command of the storage.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function refuseKeyPrefix({ keyPrefix, redisOptions, _keyPrefix }: Prefixed): void {
  const found = keyPrefix || redisOptions?.keyPrefix || _keyPrefix;
  if (!found) return;
  throw new FsmError('INVALID_OPTION', {
    option: 'keyPrefix of the client',
    expected: "none: name the conversations with redisStorage(client, { prefix: '…' })",
    found: `'${found}'`,
  });
}
