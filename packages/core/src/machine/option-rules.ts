/** What the options of a machine may be: what cannot work is told when the bot starts, and not by what it does later. */

import { anyText, atLeast, callable, checkOptions, oneOf, type Rule } from '../base/rules.ts';
import { commandPolicies } from '../conversation/behaviour.ts';

const list: Rule = { expected: 'a list, as in [Form, order]', fits: Array.isArray };
const policies = oneOf('reset', 'keep', 'error');
/** What is no length of time at all is refused where it is converted. */
const length: Rule = {
  expected: 'longer than nothing',
  fits: (found) => Number.parseFloat(`${found}`) !== 0,
};

const rules = {
  states: list,
  scenes: list,
  storage: {
    expected: 'a storage, such as redisStorage(client)',
    fits: (found: unknown) =>
      callable.fits(Reflect.get(Object(found), 'acquire')) && 'features' in Object(found),
  },
  namespace: anyText,
  unknownState: {
    expected: `${policies.expected} or a function`,
    fits: (found: unknown) => callable.fits(found) || policies.fits(found),
  },
  otherCommands: commandPolicies,
  history: atLeast(0),
  attempts: atLeast(1),
  maxRecordBytes: atLeast(1),
  lease: length,
  ttl: length,
};

const others =
  'strategy initial property when waiting turn migrations adopt onTimeout deadlines sweep commands texts clock services';

const rulesOfParts = {
  waiting: { policy: oneOf('queue', 'refuse', 'drop', 'busy'), limit: atLeast(0) },
  turn: { max: length },
  sweep: { every: length, parallel: atLeast(1) },
};

/**
 * Refuses options that would fail, or do nothing, only later.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkMachineOptions(options: object): void {
  checkOptions('', options, rules, others);
  for (const [part, own] of Object.entries(rulesOfParts)) {
    const found: object = Object(Reflect.get(options, part));
    checkOptions(`${part}.`, found, own, part === 'waiting' ? 'answerCallbacksAfter' : '');
  }
}
