/** How each call of the builder changes the types of a flow. */

import type { SchemaOf } from '../../base/schema.ts';
import type { Complaint, DeepReadonly, Simplify } from '../../base/type-tools.ts';
import type { StepState } from './flow.ts';

/** Refuses, with a sentence, the name of a step that is taken or would make ids ambiguous. */
export type NewName<Name extends string, Answers, Steps> = Name extends keyof Answers | keyof Steps
  ? Complaint<`This flow already has a step '${Name}'.`>
  : Name extends `${string}${'.' | ':'}${string}`
    ? Complaint<`A step's name holds no '.' and no ':': '${Name}'.`>
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
 * The answers after a branch: told apart by the answer that it is on. Each member of a union is looked at for itself, so what an
 * earlier branch, or one inside a case, tells apart stays so.
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

/** What a case adds, for each member of a union. */
type Added<Inner, Known> = Inner extends unknown ? Omit<Inner, Known & keyof Inner> : never;

/** The answers of a block that is asked under a condition, for each member of a union. */
export type Maybe<Then, Answers> = Then extends unknown
  ? Partial<Omit<Then, keyof Answers>>
  : never;

/** What a schema makes; `Else` without one. */
export type Out<S, Else> = S extends SchemaOf<infer O> ? (unknown extends O ? Else : O) : Else;
type ServicesOf<F> = F extends { readonly '~scene': { readonly types?: infer T } }
  ? Exclude<T, undefined> extends { readonly services: infer Services }
    ? Services
    : never
  : never;
/** Refuses, with a sentence, a flow whose services this one does not have. */
export type NeedsMet<Services, F> =
  Services extends ServicesOf<F>
    ? unknown
    : Complaint<'The included flow needs services that this flow does not declare.'>;
/** The keys of every member of a union. */
export type KeysOf<U> = U extends unknown ? keyof U & string : never;
