/** Where a user is in a flow: the pending question, and what is around it. */

import type { JsonObject } from '../../base/json.ts';
import type { Path } from './progress.ts';
import type { AskStep, ConfirmStep, RepeatStep, Step } from './steps.ts';

/** A question that is asked now: its step, and where its answer goes. */
export type PendingQuestion =
  | (QuestionFacts & { readonly kind: 'ask'; readonly step: AskStep })
  | (QuestionFacts & { readonly kind: 'confirm'; readonly step: ConfirmStep })
  | (QuestionFacts & {
      /** Whether there is another round. */
      readonly kind: 'again';
      readonly step: RepeatStep;
      /** The rounds that are complete. */
      readonly rounds: readonly JsonObject[];
    });

/** The facts about a question at its position. */
export interface QuestionFacts {
  /** Id of its state. */
  readonly id: string;
  /** Where its answer is kept. */
  readonly path: Path;
  /** The answers before it, at its level, of applicable questions only. */
  readonly answers: JsonObject;
  /** The steps of its level. */
  readonly level: readonly Step[];
  /** The parameters of its flow. */
  readonly parameters: JsonObject;
  /** Where the parameters are kept: the path of the flow, if it is included. */
  readonly home: Path;
  /** Questions of its level that were made while the flow runs, by the name of their step. */
  readonly made: Readonly<Record<string, readonly AskStep[]>>;
}

/** An applicable question that has been answered, left out or confirmed. */
export interface Passed {
  readonly kind: PendingQuestion['kind'];
  readonly path: Path;
  /** The steps of its level. */
  readonly level: readonly Step[];
  /** Of the question for another round: how many were complete. */
  readonly count: number;
}

/** A round that the user has gone on from. */
export interface FinishedRound {
  readonly step: RepeatStep;
  readonly path: Path;
  /** Its answers. */
  readonly item: JsonObject;
  /** The answers before the repeat. */
  readonly answers: JsonObject;
}

/** The position of a flow. */
export interface Position {
  /** The question to ask; `undefined` if all have been answered. */
  readonly pending: PendingQuestion | undefined;
  /** The applicable question before it. */
  readonly previous: Passed | undefined;
  /** Whether a finished round is before it, from which no way leads back. */
  readonly isClosed: boolean;
  /** A round that is finished, for which `after` has not run. */
  readonly finished: FinishedRound | undefined;
  /** Every answer to an applicable question. */
  readonly answers: JsonObject;
}

/** A pending question of `ask`. */
export type PendingAsk = Extract<PendingQuestion, { readonly kind: 'ask' }>;
