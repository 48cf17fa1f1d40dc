/** Rejects questions and steps that cannot work: options that contradict each other, names that nothing has. */

import { checkOptions } from '#option-checks';
import { sceneError } from '../../base/area-errors.ts';
import type { FsmError } from '../../base/errors.ts';
import { holds } from '../../base/holds.ts';
import { isJsonObject } from '../../base/json.ts';
import {
  atLeast,
  callable,
  invalidOption,
  length,
  oneOf,
  type Rule,
  schematic,
} from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import { checkTexts } from '../../conversation/text-rules.ts';
import { acceptable } from '../../update/input.ts';
import { interruptRule } from '../../update/interrupt.ts';
import { checkPoll } from './check-poll.ts';
import { entriesOf, valuesOf } from './choices.ts';
import { earlyRule } from './question.ts';
import { sharedKind } from './shared-kind.ts';
import { type AskOptions, makesQuestions, namedSteps, questionsIn, type Step } from './steps.ts';

const shareButton: Rule = {
  expected:
    "a label, or { label, request } with `accept: 'contact'` or another kind that a button can share",
  fits: (found) =>
    typeof found === 'string'
      ? found !== ''
      : holds(found, 'label') && typeof found.label === 'string',
};

const questionRules = {
  accept: acceptable,
  columns: atLeast(1),
  early: earlyRule,
  interrupt: interruptRule,
  share: shareButton,
  buttons: oneOf('inline', 'reply'),
  attempts: atLeast(1),
  maxLength: atLeast(1),
  timeout: length,
  schema: schematic,
  validate: callable,
  rows: callable,
  when: callable,
  onTimeout: callable,
  checkout: callable,
  answered: callable,
};

const sharedWith = "accept: 'contact', 'location', 'users_shared' or 'chat_shared' with it";

const otherParts = 'prompt choices multiple optional back otherwise was to by meanwhile';

/**
 * Rejects a question whose options contradict each other.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkQuestion(where: string, question: AskOptions | undefined): void {
  const { prompt, multiple, choices, share, accept, buttons } = question ?? {};
  const reject = (option: string, expected: string, found: string) =>
    invalidOption(`${where} ${option}`, expected, found);
  checkPrompt(`${where} prompt`, prompt);
  if (typeof prompt !== 'function') checkPoll(where, accept, prompt);
  if (multiple === true && choices === undefined)
    throw reject('multiple', '`choices` beside it', 'no `choices`');
  checkElsewhere(question ?? {}, reject);
  const onReply = share !== undefined || buttons === 'reply' || accept === 'payment';
  if (question?.rows !== undefined && onReply)
    throw reject(
      'rows',
      'a question with inline buttons',
      "`share`, buttons: 'reply' or a payment",
    );
  if (choices !== undefined && typeof choices !== 'function') {
    const values = entriesOf(choices, `${where} choices`).map(([value]) => value);
    if (values.length === 0) throw reject('choices', 'at least one', 'none');
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined) throw reject('choices', 'different ones', `'${twice}' twice`);
  }
  checkOptions(`${where} `, question ?? {}, questionRules, otherParts);
  if (share === undefined) return;
  if (sharedKind(accept) === undefined) throw reject('share', sharedWith, shown(accept));
  if (buttons === 'inline') throw reject('share', "buttons: 'reply' or none", "'inline'");
}

/** Rejects what is no prompt, such as the promise of a message that was sent while the flow was defined. */
export function checkPrompt(option: string, prompt: unknown): void {
  const found =
    prompt == null || prompt === '' ? 'missing' : holds(prompt, 'then') ? 'a promise' : undefined;
  if (found === undefined) return;
  throw invalidOption(option, 'a message, or a function that returns one', found);
}

/** Checks a question to another person: it is answered by one press of a button. */
function checkElsewhere(
  { choices, multiple, accept, buttons, rows, to, by }: Partial<AskOptions>,
  reject: (option: string, expected: string, found: string) => FsmError,
): void {
  if (to === undefined) {
    // it would be taken for a limit of who may answer
    if (by !== undefined) throw reject('by', '`to` beside it', 'no `to`');
    return;
  }
  if (choices === undefined) throw reject('to', '`choices` beside it', 'no `choices`');
  if (multiple === true) throw reject('to', 'one of several choices', '`multiple`');
  if (accept !== undefined) throw reject('to', 'only `choices`', '`accept`');
  if (rows !== undefined) throw reject('to', 'only `choices`', '`rows`');
  if (buttons === 'reply') throw reject('to', 'inline buttons', "buttons: 'reply'");
}

/** Rejects a branch on anything but an earlier question. */
export function checkBranch(flow: string, on: string, known: readonly string[]): void {
  if (!known.includes(on)) throw unknownStep(flow, on, known);
}

/** Rejects a case that no answer can have: its questions would never be asked. */
export function checkCases(flow: string, steps: readonly Step[], on: string, cases: object): void {
  const asked = namedSteps(steps).filter(({ name }) => name === on);
  const values = asked.map((step) => (step.kind === 'ask' ? answersOf(step.question) : undefined));
  const known = values.flatMap((each) => each ?? []);
  // of a parameter nothing is known here
  if (values.length === 0 || values.includes(undefined)) return;
  const extra = Object.keys(cases).find((value) => !known.includes(value));
  const expected = `one of its choices: ${known.join(', ')}`;
  if (extra !== undefined)
    throw invalidOption(`${flow} branch('${on}')`, expected, `the case '${extra}'`);
}

/** Returns every answer that a question can have; `undefined` if they are unknown. */
function answersOf(question: AskOptions): readonly string[] | undefined {
  const { accept, choices, multiple, schema, validate } = question;
  if ((accept ?? multiple ?? schema ?? validate) || typeof choices !== 'object') return undefined;
  return valuesOf(choices);
}

/** Rejects a repeat that could never end or never begin. */
export function checkRounds(where: string, min: number, max: number, steps: readonly Step[]): void {
  if (!(min >= 0 && max >= 1 && min <= max)) {
    throw invalidOption(`${where} min, max`, '0 ≤ min ≤ max and 1 ≤ max', `${min}, ${max}`);
  }
  if (questionsIn(steps).length === 0 && !makesQuestions(steps))
    throw sceneError('FLOW_EMPTY', { flow: where });
}

const isLabel = (found: unknown) =>
  found === undefined || typeof found === 'string' || typeof found === 'function';

/** Rejects a summary that corrects anything but a question. */
export function checkEdits(flow: string, steps: readonly Step[]): void {
  const known = namedSteps(steps).map(({ name }) => name);
  for (const step of namedSteps(steps)) {
    if (step.kind !== 'confirm' || typeof step.edit === 'boolean') continue;
    if (!isJsonObject(step.edit) || !Object.values(step.edit).every(isLabel)) {
      const expected = '`true`, names of steps, or labels by the names of steps';
      throw invalidOption(`${flow}:${step.name} edit`, expected, shown(step.edit));
    }
    const missing = Object.keys(step.edit).find((name) => !known.includes(name));
    if (missing !== undefined) throw unknownStep(flow, missing, known);
  }
}

function unknownStep(flow: string, step: string, known: readonly string[]): FsmError {
  return sceneError('STEP_UNKNOWN', { flow, step, known });
}

/** Rejects misspelled names of texts. */
export function checkFlowTexts(flow: string, texts: unknown): void {
  checkTexts(`${flow} texts.`, texts);
}
