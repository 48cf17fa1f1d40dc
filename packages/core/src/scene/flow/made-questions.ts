/** Questions that are made while a flow runs: checked as those of its definition, and asked like them. Loaded with the first such step. */

import { sceneError } from '../../base/area-errors.ts';
import { holds } from '../../base/holds.ts';
import { isStorable } from '../../base/json.ts';
import { checkName, invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import { isTextKind } from '../../update/text-kind.ts';
import { isInvalid, isRedo } from './answer.ts';
import { checkQuestion } from './question-checks.ts';
import type { AskOptions, AskStep, QuestionsStep } from './steps.ts';

/** The questions that were made in a turn: a walk through a flow needs them several times. */
const madeIn = new WeakMap<object, Map<string, Promise<readonly AskStep[]>>>();

/**
 * Makes the questions of a step; once in a turn for the same answers.
 *
 * @param where - the step, for messages
 * @throws FsmError `INVALID_OPTION`, `INVALID_NAME`, `STEP_DUPLICATE`; what the step's function throws passes
 */
export function madeQuestions(
  step: QuestionsStep,
  where: string,
  answers: object,
  turn: SessionAskTurn,
): Promise<readonly AskStep[]> {
  const made = madeIn.get(turn) ?? new Map<string, Promise<readonly AskStep[]>>();
  madeIn.set(turn, made);
  const key = `${where} ${JSON.stringify(answers)}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const steps = make(step, where, answers, turn);
  made.set(key, steps);
  return steps;
}

async function make(
  { make, value }: QuestionsStep,
  where: string,
  answers: object,
  turn: SessionAskTurn,
): Promise<readonly AskStep[]> {
  const list: unknown = await make(answers as never, turn);
  if (!Array.isArray(list)) throw invalidOption(where, 'a list of questions', shown(list));
  const names = new Set<string>();
  return list.map((given: unknown): AskStep => {
    const name = holds(given, 'name') ? given.name : undefined;
    checkName(name, `a question of '${where}'`);
    const own = name as string;
    if (names.size === names.add(own).size)
      throw sceneError('STEP_DUPLICATE', { flow: where, step: own });
    const { name: _, ...question } = given as { readonly name: string } & AskOptions;
    checkQuestion(`${where} '${own}'`, question);
    if (value === undefined)
      return { kind: 'ask', name: own, was: [], question: ofTexts(question, own, where) };
    return { kind: 'ask', name: own, was: [], question: { ...question, schema: value } };
  });
}

/** Answers are texts and lists of texts, unless the step says what they are. */
function ofTexts(question: AskOptions, name: string, where: string): AskOptions {
  const { accept, validate } = question;
  const kinds: readonly unknown[] = Array.isArray(accept)
    ? accept
    : [holds(accept, 'burst') ? accept.burst : accept];
  const [kind] = kinds;
  const isText =
    kinds.length === 1 &&
    kind !== 'number' &&
    (kind === undefined || kind === 'text' || isTextKind(kind));
  if (!isText) {
    const expected = 'one whose answer is a text, or `{ value }` as the third argument';
    throw invalidOption(`${where} '${name}' accept`, expected, shown(accept));
  }
  if (validate === undefined) return question;
  return {
    ...question,
    async validate(...parameters) {
      const made = await validate(...parameters);
      const isVerdict = isInvalid(made) || isRedo(made);
      const isKept =
        typeof made === 'string' ||
        (Array.isArray(made) && made.every((one) => typeof one === 'string'));
      // input that no question accepts is an invalid answer here, too
      if (isVerdict || isKept || typeof made === 'boolean' || !isStorable(made)) return made;
      const expected = 'a text or a list of texts, or `{ value }` as the third argument';
      throw invalidOption(`${where} '${name}' validate`, expected, shown(made));
    },
  };
}
