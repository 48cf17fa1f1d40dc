/** Updates that a bot does not finish with: a bound in real time, and an error that names them. */
import timers from 'node:timers';
import { FsmError, type RawUpdate } from '@telefsm/core';
import type { Cloud } from '../cloud/cloud.ts';
import { conversation } from './complaint.ts';

// the real ones, also where a test has put others in their place: node's own runner replaces them in the module, too
const { clearTimeout, setTimeout } = timers;

/** An update that the bot still handles when nobody waits any longer. */
export class StillHandled extends Error {
  override readonly name = 'StillHandled';

  constructor(cloud: Cloud, update: RawUpdate, ms: number) {
    const type = Object.keys(update).find((key) => key !== 'update_id');
    super(
      `The bot still handles update ${cloud.updateIds.nameOf(update.update_id)} (${type})${ms === Number.POSITIVE_INFINITY ? ', and nothing in this process can end it' : ` after ${ms} ms of real time`}. Its handler waits for something that does not come: ` +
        'a timer of a clock that nobody moves meanwhile, an answer, a promise that nobody resolves. If it only takes long, raise `patience`.' +
        `\n\nThe conversation so far:\n\n${conversation(cloud)}\n`,
    );
  }
}

/**
 * Waits until an update is handled, at most for so many ms of real time.
 *
 * The timer keeps the process alive: without it, plain `node` would end with exit code 13 and no text. A wait without end ends when nothing
 * is left in the process that could end it.
 */
export async function handledWithin(
  ms: number,
  cloud: Cloud,
  update: RawUpdate,
  handled: Promise<void>,
): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(new StillHandled(cloud, update, ms));
    if (ms === Number.POSITIVE_INFINITY) {
      process.once('beforeExit', giveUp);
      cancel = () => process.off('beforeExit', giveUp);
    } else {
      const timer = setTimeout(giveUp, ms);
      cancel = () => clearTimeout(timer);
    }
  });
  try {
    await Promise.race([handled, over]);
  } finally {
    cancel();
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
