/** Types that the compiler derives from the options of a question: accepted input, stored answer, contradictions. */

import type { Schema } from '../../base/schema.ts';
import type {
  Complaint,
  IsUnanswered,
  LeftOut,
  NotStorable,
  Storable,
} from '../../base/type-tools.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import type { Accept, Accepted, PickerFits } from '../../update/input.ts';
import type { Page } from '../rows/page.ts';

/** A button's text, or how it is made for the user. */
export type Label<Services extends object> = string | ((turn: AskTurn<Services>) => string);

/** One choice of a list: a value that is its own label, or a value with its label. */
export type Choice<Services extends object> =
  | string
  | readonly [value: string, label: Label<Services>];

/**
 * Choices: a list in its order, one page of a longer list, or an object of values with labels.
 *
 * JavaScript puts whole numbers among the keys of an object first, so use a list where the order matters.
 */
export type Choices<Services extends object> =
  | readonly Choice<Services>[]
  | Page<Choice<Services>>
  | { readonly [value: string]: Label<Services> };

/** Kinds of input that a button of the reply keyboard can share. */
export type Shareable = 'contact' | 'own_contact' | 'location' | 'users_shared' | 'chat_shared';

/** A button that shares, with what Telegram lets the user choose from. */
export interface ShareButton {
  readonly label: string;
  /**
   * Conditions of the button (Bot API, KeyboardButtonRequestUsers and KeyboardButtonRequestChat), such as `{ max_quantity: 3 }` or
   * `{ chat_is_channel: true }`.
   */
  readonly request?: object;
}

declare const unset: unique symbol;
/** Stands for a type that nothing was inferred for. */
export type Unset = typeof unset;

type ChoiceValue<Ch> = Ch extends readonly (infer One)[]
  ? ValueOf<One>
  : Ch extends Page<infer One>
    ? ValueOf<One>
    : `${keyof Ch & (string | number)}`;
type ValueOf<One> = One extends readonly [infer Value extends string, unknown]
  ? Value
  : One & string;

/** The type of `share`, or a sentence of the compiler if no button can share the accepted input. */
export type ShareOf<A> = [SharedBy<A>] extends [never]
  ? Complaint<"`share` needs accept: 'contact', 'location', 'users_shared' or 'chat_shared'.">
  : string | ShareButton;
type SharedBy<A> =
  LeftOut<A, Accept> extends true
    ? never
    : Extract<A extends readonly unknown[] ? A[number] : A, Shareable>;

/** The raw answer of the user, before `schema` and `validate`. */
export type RawOf<A, Ch, M> =
  LeftOut<Ch, Choices<object>> extends true
    ? LeftOut<A, Accept> extends true
      ? string
      : Accepted<A>
    :
        | (M extends true ? readonly ChoiceValue<Ch>[] : ChoiceValue<Ch>)
        | (LeftOut<A, Accept> extends true ? never : Accepted<A>);

/** The answer after `schema`. */
export type Checked<Raw, S> = [S] extends [undefined]
  ? Raw
  : // biome-ignore lint/suspicious/noExplicitAny: whatever a schema takes; only what it gives matters
    S extends Schema<any, infer Out>
    ? Out
    : Raw;

/**
 * Rejects, with a sentence, a schema that does not accept the raw answer.
 *
 * A picker whose parameter has no type looks like no `accept` here: the compiler reads `schema` before such a function. So the sentence
 * names that case too.
 */
export type Fits<S, Raw, A> = [S] extends [undefined]
  ? unknown
  : S extends Schema<infer In, infer Out>
    ? [Raw] extends [In]
      ? [Out] extends [Storable<Out>]
        ? unknown
        : Storable<Out>
      : LeftOut<A, Accept> extends true
        ? Complaint<'This schema does not fit a text or a choice: use a coercing schema, or set `accept`. If `accept` is a function, declare its parameter: (input: UserInput) => ….'>
        : Complaint<'This schema does not fit the accepted input: use a coercing schema, or change `accept` or `choices`.'>
    : unknown;

/** Rejects, with a sentence, an answer that cannot be stored. Names `V` in its tests only, so that nothing is inferred from here. */
export type Keeps<V> = [V] extends [Unset]
  ? unknown
  : IsUnanswered<V> extends true
    ? Complaint<'`validate` must return the answer or invalid("why"), not a boolean and not nothing.'>
    : [V] extends [Storable<V>]
      ? unknown
      : NotStorable;

/** Rejects, with a sentence, a picker whose value is the answer and cannot be one. With `schema` or `validate` it is their input. */
export type Picks<A, S, V> = [S] extends [undefined]
  ? [V] extends [Unset]
    ? PickerFits<A>
    : unknown
  : unknown;

/** The answer that is kept. */
export type AnswerOf<A, Ch, M, S, V> = [V] extends [Unset] ? Checked<RawOf<A, Ch, M>, S> : V;

/** Whether a question may be left out: by the user, or when its time is over. */
export type MayPass<O, T> = [T] extends [Unset] ? O : undefined extends T ? true : O;

/** Rejects, with a sentence, an answer of `onTimeout` that the question does not have. */
export type TimeoutFits<T, V> = [T] extends [Unset]
  ? unknown
  : [T] extends [V]
    ? unknown
    : Complaint<'onTimeout returns an answer that this question does not accept.'>;
