/** Looks at the options of a machine: what cannot work is told when the bot starts, and not by what it does later. */

import { FsmError } from '../base/errors.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import { shown } from '../update/raw-update.ts';
import type { MachineOptions } from './machine-options.ts';

/**
 * Refuses options that would fail, or do nothing, only later.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkOptions(
  options: MachineOptions<readonly (AnyGroup | State)[], readonly AnyScene[], never>,
): void {
  const { states, scenes, storage, namespace, unknownState, waiting, sweep, turn } = options;
  const { history, attempts, maxRecordBytes, lease, ttl } = options;
  const isStorage = typeof Object(storage).acquire === 'function' && storage?.features;
  one('storage', storage, 'a storage, such as redisStorage(client)', isStorage);
  one('namespace', namespace, 'a text', typeof namespace === 'string');
  each({ states, scenes }, 'a list', Array.isArray);
  const policies = ['queue', 'refuse', 'drop', 'busy'];
  each({ 'waiting.policy': waiting?.policy }, policies.join(), (word) => policies.includes(word));
  const rules = ['reset', 'keep', 'error'];
  const isRule = typeof unknownState === 'function' || rules.some((rule) => rule === unknownState);
  one('unknownState', unknownState, `${rules.join()} or a function`, isRule);
  each({ history, 'waiting.limit': waiting?.limit }, 'a number from 0', (n) => n >= 0);
  const counts = { attempts, maxRecordBytes, 'sweep.parallel': sweep?.parallel };
  each(counts, 'a number from 1', (n) => n >= 1);
  // what is no length of time at all is refused where it is converted
  const lengths = { lease, ttl, 'turn.max': turn?.max, 'sweep.every': sweep?.every };
  each(lengths, 'longer than nothing', (length) => Number.parseFloat(`${length}`) !== 0);
}

function each<T>(
  options: { readonly [name: string]: T | undefined },
  expected: string,
  fits: (found: T) => boolean,
): void {
  for (const [name, found] of Object.entries(options)) {
    one(name, found, expected, found !== undefined && fits(found));
  }
}

/** One option, unless it is left out. */
function one(option: string, found: unknown, expected: string, fits: unknown): void {
  if (found === undefined || fits) return;
  throw new FsmError('INVALID_OPTION', { option, expected, found: shown(found) });
}
