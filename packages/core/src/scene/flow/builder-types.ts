/** How each call of the builder changes the types of a flow. */

import type { In, Obj, Out } from '../../base/schema.ts';
import type { Awaitable, Complaint, DeepReadonly, Simplify } from '../../base/type-tools.ts';
import type { SessionTurn } from '../../conversation/turn.ts';
import type { Beginning, FlowHooks, StepState } from './flow.ts';

/** Rejects, with a sentence, the name of a step that is taken or would make ids ambiguous. */
export type NewName<Name extends string, Answers, Steps> = Name extends keyof Answers | keyof Steps
  ? Complaint<`This flow already has a step or a parameter '${Name}'.`>
  : Name extends `${string}${'.' | ':'}${string}`
    ? Complaint<`The name of a step cannot contain '.' or ':': '${Name}'.`>
    : unknown;

/** The answers with one more; it is optional where its question has a condition (`W`) or may be skipped (`O`). */
export type With<Answers, Name extends string, V, W, O> = Answers &
  (undefined extends W
    ? [O] extends [true]
      ? { readonly [K in Name]?: DeepReadonly<V> }
      : { readonly [K in Name]: DeepReadonly<V> }
    : { readonly [K in Name]?: DeepReadonly<V> });

/** The steps of an included flow, as steps of this one. */
export type Rebase<
  Steps,
  FromId extends string,
  ToId extends string,
  FlowId extends string,
  Answers,
  Name extends string,
> = {
  readonly [K in keyof Steps]: Steps[K] extends StepState<infer Id, infer Data, infer V, string>
    ? Id extends `${FromId}${infer Rest}`
      ? StepState<`${ToId}${Rest}`, Simplify<Answers & { readonly [N in Name]: Data }>, V, FlowId>
      : never
    : Rebase<Steps[K], FromId, ToId, FlowId, Answers, Name>;
};

/** The steps of a round, as steps of the flow: the data there is the flow's, with the rounds so far. */
export type InRounds<Steps, FlowId extends string, Data extends object> = {
  readonly [K in keyof Steps]: Steps[K] extends StepState<infer Id, object, infer V, string>
    ? StepState<Id, Data, V, FlowId>
    : InRounds<Steps[K], FlowId, Data>;
};

/**
 * The answers after a branch, discriminated by the answer that it is on. Each member of a union is checked by itself, so what an
 * earlier branch, or one inside a case, distinguishes stays so.
 */
export type Branched<Answers, K extends keyof Answers, Cases> = Answers extends unknown
  ? Answers[K] extends infer V
    ? V extends string
      ? Simplify<
          Omit<Answers, K> & { readonly [P in K]: V } & (V extends keyof Cases
              ? Cases[V] extends (builder: never) => { readonly '~answers': infer Inner }
                ? Added<Extract<Inner, Added<Answers, K>>, keyof Answers>
                : {}
              : {})
        >
      : // without that answer no case is asked
        Simplify<Omit<Answers, K> & { readonly [P in K]?: never }>
    : never
  : never;

/** The answers that a case adds, for each member of a union. */
type Added<Inner, Known> = Inner extends unknown ? Omit<Inner, Known & keyof Inner> : never;

/** The answers of a block that is asked under a condition, for each member of a union. */
export type Maybe<Then, Answers> = Then extends unknown
  ? Partial<Omit<Then, keyof Answers>>
  : never;

/** How a flow without parameters begins. */
export interface NoParameters extends Beginning {
  readonly data: {};
  readonly start: {};
  readonly needsFrom: false;
  readonly session: {};
}

/** The parameters that a schema makes. */
export type Parameters<D> = Readonly<Obj<Out<D, {}>>>;

/** How a flow with this schema, trigger and deep link begins. */
export interface BeginningOf<D, Tr, Dl, S = undefined> {
  readonly session: Obj<Out<S, {}>>;
  readonly data: Parameters<D>;
  readonly start: Obj<In<D, {}>>;
  readonly needsFrom: {} extends Obj<In<D, {}>>
    ? false
    : [Tr, Dl] extends [undefined, undefined]
      ? false
      : true;
}

/** The hooks that `done` takes: `from` is required where a trigger cannot provide the parameters. */
export type HooksFor<
  Start extends Beginning,
  Answers extends object,
  Services extends object,
> = Start['needsFrom'] extends true
  ? [hooks: HooksWithFrom<Start['start'], Answers, Services, Start['session']>]
  : [hooks?: FlowHooks<Answers, Services, Start['session']>];

interface HooksWithFrom<Start, Answers extends object, Services extends object, Se extends object>
  extends Omit<FlowHooks<Answers, Services, Se>, 'from'> {
  /**
   * Makes the parameters, and answers if it can, from the trigger's argument or the deep link's payload; the argument may be empty.
   * `undefined` does not start the flow: the update continues to the bot.
   */
  readonly from: (
    argument: string,
    turn: SessionTurn<Services, Se>,
  ) => Awaitable<(Start & Partial<Answers>) | undefined>;
}

/** The last argument of `include`: a function that returns the parameters of the flow. */
export type IncludedData<F, Answers> =
  BeginningIn<F> extends infer Start extends Beginning
    ? {} extends Start['data']
      ? [data?: (answers: Answers) => Start['data']]
      : [data: (answers: Answers) => Start['data']]
    : [];
type BeginningIn<F> = F extends { readonly '~beginning'?: infer Start }
  ? Exclude<Start, undefined>
  : never;
type ServicesOf<F> = F extends { readonly '~scene': { readonly types?: infer T } }
  ? Exclude<T, undefined> extends { readonly services: infer Services }
    ? Services
    : never
  : never;
/** Rejects, with a sentence, a flow whose services this one does not have. */
export type NeedsMet<Services, F> =
  Services extends ServicesOf<F>
    ? unknown
    : Complaint<'The included flow needs services that this flow does not declare: add them to `services`.'>;
/** The keys of every member of a union. */
export type KeysOf<U> = U extends unknown ? keyof U & string : never;
