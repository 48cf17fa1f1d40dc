/** Updates that a bot does not finish with: a bound in real time, and an error that names them. */
import { clearTimeout, setTimeout } from 'node:timers'; // the real ones, also where a test has put others in their place
import { FsmError, type RawUpdate } from '@telefsm/core';
import type { Cloud } from '../cloud/cloud.ts';
import { conversation } from './complaint.ts';

/** An update that the bot still handles when nobody waits any longer. */
export class StillHandled extends Error {
  override readonly name = 'StillHandled';

  constructor(cloud: Cloud, update: RawUpdate, ms: number) {
    const type = Object.keys(update).find((key) => key !== 'update_id');
    super(
      `The bot still handles update ${update.update_id} (${type}) after ${ms} ms of real time. Its handler waits for something that does not come: ` +
        'a timer of a clock that nobody moves meanwhile, an answer, a promise that nobody resolves. If it only takes long, raise `patience`.' +
        `\n\nThe conversation so far:\n\n${conversation(cloud)}\n`,
    );
  }
}

/** Waits until an update is handled, at most for so many ms of real time; what waits keeps no process alive. */
export async function handledWithin(
  ms: number,
  cloud: Cloud,
  update: RawUpdate,
  handled: Promise<void>,
): Promise<void> {
  if (ms === Number.POSITIVE_INFINITY) return handled;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StillHandled(cloud, update, ms)), ms).unref();
  });
  try {
    await Promise.race([handled, over]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Checks the option.
 *
 * @throws FsmError `INVALID_OPTION` for what a timer cannot count
 */
export function requirePatience(patience: number): void {
  const fits = patience > 0 && (patience < 2 ** 31 || patience === Number.POSITIVE_INFINITY);
  if (fits) return;
  const expected = 'ms from 1, fewer than 2 ** 31, or Infinity';
  throw new FsmError('INVALID_OPTION', { option: 'patience', expected, found: String(patience) });
}
