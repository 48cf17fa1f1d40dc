/** The builder of flows: each call adds a step, and its answer to the type. */

import type { Obj, Out, SchemaOf } from '../../base/schema.ts';
import type { Awaitable, Simplify, UnionToIntersection } from '../../base/type-tools.ts';
import type { OutgoingMessage, Sent } from '../../conversation/outgoing.ts';
import type { GoodName } from '../../conversation/states.ts';
import type { Stream } from '../../conversation/stream.ts';
import type { BeginsEmpty, SessionAskTurn, SessionTurn } from '../../conversation/turn.ts';
import type { Accept } from '../../update/input.ts';
import { flowOf } from './behavior.ts';
import type {
  BeginningOf,
  Branched,
  HooksFor,
  IncludedData,
  InRounds,
  KeysOf,
  Maybe,
  NeedsMet,
  NewName,
  NoParameters,
  Parameters,
  Rebase,
  With,
} from './builder-types.ts';
import type {
  AnswersOf,
  AnyFlow,
  AnyFlowOptions,
  Beginning,
  Flow,
  FlowOptions,
  StepState,
  StepsOf,
} from './flow.ts';
import { newOutline } from './outline.ts';
import type {
  Choices,
  Condition,
  Confirmation,
  Prompt,
  Question,
  Redo,
  RepeatLimits,
  RuntimeQuestion,
} from './question.ts';
import type { AnswerOf, MayPass, Unset } from './question-types.ts';

type AnySchema = SchemaOf<unknown>;
type ObjectSchema = SchemaOf<object>;
/** A part whose types are inferred from it. */
interface AnyFragment {
  readonly '~answers': object;
  readonly '~steps': unknown;
}

/**
 * A flow under construction; `done` finishes it. Its name is what the compiler shows when that was forgotten.
 *
 * @typeParam Id - the flow's id
 * @typeParam Services - what it needs from `fsm({ services })`
 * @typeParam Answers - what has been answered
 * @typeParam Steps - its steps
 * @typeParam Start - its parameters
 */
export interface UnfinishedFlow<
  Id extends string,
  Services extends object = {},
  Answers extends object = {},
  Steps = {},
  Start extends Beginning = NoParameters,
> {
  /** Types only. */
  readonly '~answers': Answers;
  /** Types only. */
  readonly '~steps': Steps;

  /**
   * Asks one question.
   *
   * @param name - the answer's key; part of the state's id
   * @throws FsmError `STEP_DUPLICATE`, `INVALID_NAME`, or `INVALID_OPTION` for what its options contradict
   */
  ask<
    const Name extends string,
    // `W`, `A` and `Ch` have no default, or their functions' parameters would lose their types; left out they are inferred as
    // their constraint, with `undefined`
    W extends Condition<Answers, Services, Start['session']> | undefined,
    const A extends Accept | undefined,
    const Ch extends Choices<Services> | undefined,
    const M extends boolean = false,
    S extends AnySchema | undefined = undefined,
    V = Unset,
    const O extends boolean = false,
    const T = Unset,
  >(
    name: Name & NewName<Name, Answers, Steps>,
    question: Question<
      Simplify<Answers>,
      Services,
      A,
      Ch,
      M,
      S,
      V,
      W,
      O,
      Start['data'],
      T,
      Start['session']
    >,
  ): UnfinishedFlow<
    Id,
    Services,
    With<Answers, Name, AnswerOf<A, Ch, M, S, V>, W, MayPass<O, T>>,
    // an inline mapped type would be instantiated once more for every step that follows
    Steps &
      Readonly<
        Record<Name, StepState<`${Id}:${Name}`, Simplify<Answers>, AnswerOf<A, Ch, M, S, V>, Id>>
      >,
    Start
  >;

  /** Asks different questions for different answers. Afterwards, that answer discriminates the union. */
  branch<
    const K extends keyof Answers & string,
    Cases extends {
      readonly [V in Answers[K] & string]?: (
        builder: UnfinishedFlow<
          Id,
          Services,
          Simplify<Answers & { readonly [P in K]: V }>,
          {},
          Start
        >,
      ) => AnyFragment;
    },
  >(
    on: K,
    cases: Cases,
  ): UnfinishedFlow<
    Id,
    Services,
    Branched<Answers, K, Cases>,
    Steps &
      UnionToIntersection<
        {
          [V in keyof Cases]: Cases[V] extends (builder: never) => {
            readonly '~steps': infer Inner;
          }
            ? Inner
            : {};
        }[keyof Cases]
      >,
    Start
  >;
  /** Asks a block of questions under a condition: afterwards all its answers are optional. */
  branch<Then extends object, Inner>(
    test: (
      answers: Simplify<Answers>,
      turn: SessionAskTurn<Services, Start['session']>,
    ) => Awaitable<boolean>,
    then: (
      builder: UnfinishedFlow<Id, Services, Answers, {}, Start>,
    ) => UnfinishedFlow<Id, Services, Then, Inner, Start>,
  ): UnfinishedFlow<Id, Services, Answers & Maybe<Then, Answers>, Steps & Inner, Start>;

  /**
   * Asks another flow's questions as one step; its answers are one object, and its own `done` does not run.
   *
   * @param data - makes the parameters of the included flow from the answers so far; required if the flow requires any
   * @throws FsmError `FLOW_CYCLE` for a flow that includes itself
   */
  include<const Name extends string, F extends AnyFlow>(
    name: Name & NewName<Name, Answers, Steps>,
    flow: F & NeedsMet<Services, F>,
    ...data: IncludedData<F, Simplify<Answers>>
  ): UnfinishedFlow<
    Id,
    Services,
    Answers & { readonly [K in Name]: AnswersOf<F> },
    Steps & {
      readonly [K in Name]: Rebase<StepsOf<F>, F['id'], `${Id}.${Name}`, Id, Answers, Name>;
    },
    Start
  >;

  /**
   * Asks the same questions several times; the answer is an array.
   *
   * The second parameter of `each` is for use inside prompts and conditions: it has no answers yet while the flow is defined.
   */
  repeat<const Name extends string, Item extends object, Inner>(
    name: Name & NewName<Name, Answers, Steps>,
    options: RepeatLimits & {
      readonly each: (
        builder: UnfinishedFlow<`${Id}.${Name}`, Services, {}, {}, Start>,
        answers: Simplify<Answers>,
      ) => UnfinishedFlow<`${Id}.${Name}`, Services, Item, Inner, Start>;
      /**
       * Runs once for each finished round, before the commit, when the user continues. Afterwards the round cannot change: /back and
       * `edit` lead to the question for another round. After a crash it runs again with the same `turn.id`.
       */
      readonly after?: (
        item: Simplify<NoInfer<Item>>,
        turn: SessionTurn<Services, Start['session']>,
        answers: Simplify<Answers>,
      ) => Awaitable<void>;
      /** Asks for another round, with buttons for yes and no. */
      readonly again: Prompt<
        { readonly count: number } & Simplify<Answers>,
        Services,
        Start['session']
      >;
    },
  ): UnfinishedFlow<
    Id,
    Services,
    Answers & { readonly [K in Name]: readonly Simplify<Item>[] },
    Steps & {
      readonly [K in Name]: InRounds<
        Inner,
        Id,
        Simplify<Answers & { readonly [N in Name]?: readonly Partial<Item>[] }>
      > & {
        readonly again: StepState<
          `${Id}.${Name}:again`,
          Simplify<Answers & { readonly [N in Name]?: readonly Item[] }>,
          'yes' | 'no',
          Id
        >;
      };
    },
    Start
  >;

  /**
   * Asks questions that are made from data while the flow runs. The answer is an object with an answer by the name of each question.
   *
   * @param make - makes the questions; called for each update while they are asked, so it returns the same list for the same answers
   * @param options - `value`: what each answer is, with its type or a schema that checks it. Default: a text, or a list of texts
   * @throws FsmError `STEP_DUPLICATE`, `INVALID_NAME`, `INVALID_OPTION`; while the flow runs also for the questions that were made
   */
  questions<const Name extends string, V = string | readonly string[]>(
    name: Name & NewName<Name, Answers, Steps>,
    make: (
      answers: Simplify<Answers>,
      turn: SessionAskTurn<Services, Start['session']>,
    ) => Awaitable<readonly RuntimeQuestion[]>,
    options?: { readonly value?: SchemaOf<V> },
  ): UnfinishedFlow<
    Id,
    Services,
    Answers & { readonly [K in Name]: { readonly [question: string]: V } },
    Steps & Readonly<Record<Name, StepState<`${Id}:${Name}`, Simplify<Answers>, V, Id>>>,
    Start
  >;

  /**
   * Shows a summary; yes continues, no cancels, and with `edit` the user may pick a step to answer again.
   *
   * Stores no answer.
   */
  confirm<const Name extends string = 'confirm'>(
    question: Confirmation<Name, Simplify<Answers>, Services, Start['session']>,
  ): UnfinishedFlow<
    Id,
    Services,
    Answers,
    Steps & {
      readonly [K in Name]: StepState<`${Id}:${Name}`, Simplify<Answers>, true, Id>;
    },
    Start
  >;

  /**
   * Finishes the flow.
   *
   * Not generic, so that flows can refer to each other.
   *
   * @param handler - runs before the commit, once every question is answered; its result is sent after the commit
   * @param hooks - the other endings, and where answers come from; required where a trigger cannot provide the parameters
   * @throws FsmError `FLOW_EMPTY` for a flow without a question, `INVALID_OPTION`, `INVALID_NAME`
   */
  done(
    handler: (
      answers: Simplify<Answers>,
      turn: SessionTurn<Services, Start['session']>,
    ) => Awaitable<OutgoingMessage | Stream | Sent | void | Redo<KeysOf<Answers>>>,
    ...hooks: HooksFor<Start, Simplify<Answers>, Services>
  ): Flow<Id, Services, Simplify<Answers>, Steps, Start>;
}

/**
 * Starts the definition of a flow: a wizard whose one definition runs on every framework.
 *
 * A flow keeps no program counter: the pending question is the first applicable one without an answer.
 *
 * @param id - the beginning of its states' ids, which are stored
 *
 * @example
 * ```ts
 * import { flow, invalid } from '@telefsm/core';
 *
 * const order = flow('order', { trigger: '/order', timeout: '10m' })
 *   .ask('product', { prompt: 'What would you like?', choices: { phone: 'Phone', laptop: 'Laptop' } })
 *   .ask('count', {
 *     prompt: ({ product }) => `How many ${product}s?`,
 *     validate: (text) => (Number(text) > 0 ? Number(text) : invalid('A number, please.')),
 *   })
 *   .done(({ product, count }) => `Ordered ${count} × ${product}.`);
 * ```
 */
export function flow<
  const Id extends string,
  N = undefined,
  D = undefined,
  const Tr extends string | undefined = undefined,
  const Dl extends string | undefined = undefined,
  S = undefined,
>(
  id: Id & GoodName<Id>,
  options: FlowOptions<
    (N & ObjectSchema) | undefined,
    (D & ObjectSchema) | undefined,
    Tr,
    Dl,
    (S & ObjectSchema) | undefined
  > & { readonly session?: BeginsEmpty<NoInfer<S>> | undefined } = {},
): UnfinishedFlow<Id, Obj<Out<N, {}>>, Parameters<D>, {}, BeginningOf<D, Tr, Dl, S>> {
  const outline = newOutline(id, options.data !== undefined, (definition, handler, hooks) =>
    flowOf(definition, options as AnyFlowOptions, handler as never, hooks as never),
  );
  return outline as never;
}
