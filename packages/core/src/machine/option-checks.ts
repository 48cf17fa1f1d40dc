/** Looks at the options of a machine: what cannot work is told when the bot starts, and not by what it does later. */

import { FsmError } from '../base/errors.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import { shown } from '../update/raw-update.ts';
import type { MachineOptions } from './machine-options.ts';

type Options = MachineOptions<readonly (AnyGroup | State)[], readonly AnyScene[], never>;

/**
 * Refuses options that would fail, or do nothing, only later.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkOptions(options: Options): void {
  const { unknownState, waiting, lease, ttl, turn, sweep } = options;
  one('states', options.states, 'a list', Array.isArray);
  one('scenes', options.scenes, 'a list', Array.isArray);
  one('namespace', options.namespace, 'a text', (text) => typeof text === 'string');
  one('storage', options.storage, 'a storage, such as redisStorage(client)', isStorage);
  one('waiting.policy', waiting?.policy, ...oneOf('queue', 'refuse', 'drop', 'busy'));
  one('deadlines', options.deadlines, ...oneOf('on-update'));
  one('otherCommands', options.otherCommands, ...oneOf('pass', 'passAndAsk', 'answer', 'block'));
  const isPolicy = typeof unknownState === 'function';
  if (!isPolicy) one('unknownState', unknownState, ...oneOf('reset', 'keep', 'error'));
  one('history', options.history, ...from(0));
  one('waiting.limit', waiting?.limit, ...from(0));
  one('attempts', options.attempts, ...from(1));
  one('maxRecordBytes', options.maxRecordBytes, ...from(1));
  one('sweep.parallel', sweep?.parallel, ...from(1));
  // what is no length of time at all is refused where it is converted
  const lengths = { lease, ttl, 'turn.max': turn?.max, 'sweep.every': sweep?.every };
  for (const [name, length] of Object.entries(lengths)) {
    one(name, length, 'longer than nothing', (found) => Number.parseFloat(String(found)) !== 0);
  }
}

/** One option, unless it is left out. */
function one(
  option: string,
  found: unknown,
  expected: string,
  fits: (found: unknown) => boolean,
): void {
  if (found === undefined || fits(found)) return;
  throw new FsmError('INVALID_OPTION', { option, expected, found: shown(found) });
}

type Expectation = readonly [expected: string, fits: (found: unknown) => boolean];

function oneOf(...words: readonly string[]): Expectation {
  const expected = words.map((word) => `'${word}'`).join(' or ');
  return [expected, (found) => words.includes(found as string)];
}

function from(least: number): Expectation {
  return [`a number from ${least}`, (found) => typeof found === 'number' && found >= least];
}

function isStorage(found: unknown): boolean {
  const { acquire, features } = Object(found) as { acquire?: unknown; features?: unknown };
  return typeof acquire === 'function' && typeof features === 'object';
}
