/** Runs scripts by their hash, and by their text where the server does not have them (yet, or any more). */

import { createHash } from 'node:crypto';
import { explained, isScriptMissing } from './faults.ts';
import type { RedisPort } from './port.ts';

/** A script of this storage. */
export interface Script {
  readonly text: string;
  readonly hash: string;
}

/** Names a script by the hash that the server will give it. */
export function script(text: string): Script {
  return { text, hash: createHash('sha1').update(text).digest('hex') };
}

/** Removes the empty arguments at the end, which scripts read as empty all the same. */
export function withoutEmptyEnd(args: string[]): readonly string[] {
  while (args.at(-1) === '') args.pop();
  return args;
}

/**
 * Runs a script with one key.
 *
 * @param read - converts the answer for the caller
 * @param beside - what to send right behind it, on the same connection; sent again if the script has to be
 */
export function runScript<Answer = unknown>(
  port: RedisPort,
  { text, hash }: Script,
  key: string,
  args: readonly string[],
  read?: (answer: unknown) => Answer,
  beside?: () => void,
): Promise<Answer> {
  const answer = port.send(key, 'evalsha', [hash, '1', key, ...args]);
  beside?.();
  // not async: that would cost one more promise per statement
  return answer.then(read, (error) => {
    if (!isScriptMissing(error)) throw explained(error, key);
    const again = port.send(key, 'eval', [text, '1', key, ...args]);
    beside?.();
    return again.then(read, (failure) => {
      throw explained(failure, key);
    });
  }) as Promise<Answer>;
}
