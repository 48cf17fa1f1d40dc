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
  const send = (name: 'eval' | 'evalsha', script: string) => {
    const answer = port.send(key, name, [script, '1', key, ...args]);
    beside?.();
    return answer;
  };
  const failed = (error: unknown): never => {
    throw explained(error, key);
  };
  // not async: that would cost one more promise per statement
  return send('evalsha', hash).then(read, (error) =>
    isScriptMissing(error) ? send('eval', text).then(read, failed) : failed(error),
  ) as Promise<Answer>;
}
