/** The definition of a flow as data: its steps in order. */

import type { JsonObject } from '../../base/json.ts';
import type { Schema } from '../../base/schema.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { SessionAskTurn, SessionTurn } from '../../conversation/turn.ts';
import type { Accept } from '../../update/input.ts';
import type { Rows } from '../rows/rows.ts';
import type { Choices, Condition, Label, Prompt, Question, ShareButton } from './question.ts';

/** Key of the start data that contains unchecked answers. */
export const givenSlot = '~given';

/** A prompt of any flow. */
export type AnyPrompt = Prompt<JsonObject, object>;
type Test = Condition<JsonObject, object>;

/** A {@link Question} of any flow, as the code of flows reads it. */
export type AskOptions = Omit<
  Question<JsonObject, object, Accept, Choices<object>, boolean, Schema, unknown, Test, boolean>,
  'rows' | 'share' | 'schema' | 'validate' | 'onTimeout' | 'was' | 'answered'
> & {
  readonly rows?: (answers: JsonObject, turn: never) => Awaitable<Rows>;
  readonly share?: string | ShareButton;
  readonly schema?: Schema;
  readonly validate?: (value: unknown, answers: JsonObject, turn: SessionTurn) => unknown;
  readonly onTimeout?: (
    answers: JsonObject,
    turn: SessionTurn,
  ) => Awaitable<{ readonly answer: unknown } | 'end'>;
  readonly answered?: (
    value: unknown,
    turn: SessionAskTurn,
    answers: JsonObject,
  ) => Awaitable<OutgoingMessage>;
};

/** Asks one question. */
export interface AskStep {
  readonly kind: 'ask';
  readonly name: string;
  readonly was: readonly string[];
  readonly question: AskOptions;
}

/** Continues with the steps of the case that an answer names. */
export interface BranchStep {
  readonly kind: 'branch';
  readonly on: string;
  readonly cases: ReadonlyMap<string, readonly Step[]>;
}

/** Continues with its steps if its test holds. */
export interface BlockStep {
  readonly kind: 'block';
  readonly test: Test;
  readonly steps: readonly Step[];
}

/** Asks the steps of another flow, whose answers are one object. */
export interface IncludeStep {
  readonly kind: 'include';
  readonly name: string;
  /** Ids of the included flow, and of those that it includes. */
  readonly flows: readonly string[];
  readonly steps: readonly Step[];
  /** Makes the parameters of the included flow. */
  readonly data: ((answers: JsonObject) => object) | undefined;
}

/** Asks its steps again and again. */
export interface RepeatStep {
  readonly kind: 'repeat';
  readonly name: string;
  /** Its steps; they may look at the answers outside. */
  stepsFor(outside: JsonObject): readonly Step[];
  readonly steps: readonly Step[];
  readonly again: AnyPrompt;
  /** Runs once for each finished round. */
  readonly after:
    | ((item: JsonObject, turn: SessionTurn, answers: JsonObject) => unknown)
    | undefined;
  readonly min: number;
  readonly max: number;
}

/** Asks questions that are made while the flow runs; their answers are one object. They share one state. */
export interface QuestionsStep {
  readonly kind: 'questions';
  readonly name: string;
  readonly make: (answers: JsonObject, turn: SessionAskTurn) => Awaitable<readonly object[]>;
  /** The schema of each answer; without one, answers are texts and lists of texts. */
  readonly value: Schema | undefined;
  /** The steps that are known before the flow runs: none. */
  readonly steps: readonly [];
}

/** Shows a summary. */
export interface ConfirmStep {
  readonly kind: 'confirm';
  readonly name: string;
  readonly prompt: AnyPrompt;
  readonly yes: Label<object> | undefined;
  readonly no: Label<object> | undefined;
  /** The answers that may be corrected, with the labels of their buttons; `true` for all. */
  readonly edit: boolean | { readonly [name: string]: Label<object> | undefined };
}

/** One step of a flow. */
export type Step =
  | AskStep
  | BranchStep
  | BlockStep
  | IncludeStep
  | RepeatStep
  | QuestionsStep
  | ConfirmStep;

/** A step that has a name. */
export type NamedStep = Exclude<Step, BranchStep | BlockStep>;

/** The named steps of one level, in order, from all branches. */
export function namedSteps(steps: readonly Step[]): readonly NamedStep[] {
  return steps.flatMap((step): readonly NamedStep[] => {
    if (step.kind === 'branch') return [...step.cases.values()].flatMap(namedSteps);
    return step.kind === 'block' ? namedSteps(step.steps) : [step];
  });
}

/** Names that occur in several cases of the branches on an answer, so that their answers belong to one value of it only. */
export function namesSharedByCases(steps: readonly Step[], on: string): readonly string[] {
  return steps.flatMap((step): readonly string[] => {
    if (step.kind === 'block') return namesSharedByCases(step.steps, on);
    if (step.kind !== 'branch') return [];
    const cases = [...step.cases.values()];
    const deeper = cases.flatMap((each) => namesSharedByCases(each, on));
    if (step.on !== on) return deeper;
    const names = cases.flatMap((each) => [...new Set(namedSteps(each).map(({ name }) => name))]);
    return [...deeper, ...names.filter((name, at) => names.indexOf(name) !== at)];
  });
}

/** The named steps of every level, in order. */
function stepsOfAllLevels(steps: readonly Step[]): readonly NamedStep[] {
  return namedSteps(steps).flatMap((step) =>
    'steps' in step ? [step, ...stepsOfAllLevels(step.steps)] : [step],
  );
}

/** Every question of every level. */
export function questionsIn(steps: readonly Step[]): readonly AskStep[] {
  return stepsOfAllLevels(steps).filter((step) => step.kind === 'ask');
}

/** Whether one of some steps, or inside of them, makes its questions while the flow runs: they may be of any kind. */
export function makesQuestions(steps: readonly Step[]): boolean {
  return stepsOfAllLevels(steps).some(({ kind }) => kind === 'questions');
}

/** Whether a repeat among some steps, or inside of them, has `after`: then its finished rounds stay as they are. */
export function closesRounds(steps: readonly Step[]): boolean {
  return stepsOfAllLevels(steps).some((step) => step.kind === 'repeat' && step.after !== undefined);
}

/** Every question of every level, by the id of its state. */
export function questionsById(
  steps: readonly Step[],
  prefix: string,
): readonly (readonly [id: string, question: AskOptions])[] {
  return namedSteps(steps).flatMap((step): ReturnType<typeof questionsById> => {
    if (step.kind === 'ask') return [[`${prefix}:${step.name}`, step.question]];
    return step.kind === 'confirm' ? [] : questionsById(step.steps, `${prefix}.${step.name}`);
  });
}

/** Name of the question for another round, below the name of its repeat. */
export const againName = 'again';
