/** The rules for the options of a machine. Invalid options are rejected when the bot starts. */

import { checkOptions } from '#option-checks';
import { holds } from '../base/holds.ts';
import {
  anyText,
  anything,
  atLeast,
  callable,
  invalidOption,
  length,
  oneOf,
  type Rule,
  schematic,
} from '../base/rules.ts';
import { commandPolicies } from '../conversation/behavior.ts';
import { checkTexts } from '../conversation/text-rules.ts';
import type { WatchedEvents } from '../transaction/events.ts';
import { interruptRule } from '../update/interrupt.ts';
import type {
  MachineOptions,
  SweepOptions,
  TurnOptions,
  WaitingOptions,
} from './machine-options.ts';

const list: Rule = { expected: 'a list, as in [Form, order]', fits: Array.isArray };
const policies = oneOf('reset', 'keep', 'error');

/** A rule for each option; one that is missing here, or that the types do not have, does not compile. */
type Rules<Options> = { readonly [Name in keyof Required<Options>]: Rule };
type Options = MachineOptions<readonly [], readonly [], undefined> & { services?: unknown };

const rules = {
  states: list,
  context: schematic,
  scenes: list,
  initial: anything,
  storage: {
    expected: 'a storage, such as redisStorage(client)',
    fits: (found: unknown) =>
      callable.fits(Reflect.get(Object(found), 'acquire')) && 'features' in Object(found),
  },
  strategy: anything,
  namespace: anyText,
  property: anything,
  when: anything,
  ttl: length,
  flowTimeout: length,
  waiting: anything,
  lease: length,
  turn: anything,
  history: atLeast(0),
  maxRecordBytes: atLeast(1),
  log: anything,
  attempts: atLeast(1),
  unknownState: {
    expected: "'reset', 'keep', 'error' or a function",
    fits: (found: unknown) => callable.fits(found) || policies.fits(found),
  },
  migrations: anything,
  adopt: anything,
  onTimeout: anything,
  deadlines: anything,
  sweep: anything,
  polls: oneOf(true),
  commands: anything,
  replyKeyboards: {
    expected: 'what removeReplyKeyboards() returns',
    fits: (found: unknown) => holds(found, '~opened'),
  },
  otherCommands: commandPolicies,
  texts: anything,
  language: callable,
  clock: anything,
  services: anything,
} satisfies Rules<Options>;

const rulesOfParts = {
  waiting: {
    policy: oneOf('queue', 'reject', 'drop', 'busy'),
    limit: atLeast(0),
    answerCallbacksAfter: anything,
    interrupt: interruptRule,
    burst: {
      expected: "a duration, or { quiet, answer: 'all' | 'latest' }",
      fits: (found) =>
        typeof found === 'string' || typeof found === 'number' || holds(found, 'quiet'),
    },
  } satisfies Rules<WaitingOptions>,
  log: { last: atLeast(1), bytes: atLeast(1) } satisfies Rules<NonNullable<Options['log']>>,
  turn: { max: length, detectReentry: oneOf(true, false) } satisfies Rules<TurnOptions>,
  sweep: { every: length, parallel: atLeast(1) } satisfies Rules<SweepOptions>,
};

/**
 * Rejects options that would fail, or have no effect, only later.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkMachineOptions(options: object): void {
  if (holds(options, 'update')) {
    const expected = 'options: write bot.use(fsm()), not bot.use(fsm)';
    throw invalidOption('fsm()', expected, 'the context of an update');
  }
  if (Array.isArray(options)) {
    throw invalidOption('fsm()', 'options, such as { states: [Form, order] }', 'a list');
  }
  checkOptions('', options, rules, '', rulesOfParts);
  if (holds(options, 'texts')) checkTexts('texts.', options.texts);
}

const eventRules = {
  committed: callable,
  turn: callable,
  duplicate: callable,
  poisoned: callable,
  deadlineFailed: callable,
  repaired: callable,
  storageFailed: callable,
  paymentUnmatched: callable,
  inputRejected: callable,
  sendFailed: callable,
} satisfies Rules<WatchedEvents>;

/**
 * Rejects an event that no machine has: its listener would never be called.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkListener(event: string, listener: unknown): void {
  checkOptions('observe ', { [event]: listener ?? null }, eventRules, '');
}
