/** A question of a flow: its prompt, its accepted input, its checks and its condition. */

import type { Duration } from '../../base/clock.ts';
import { length, oneOf, type Rule } from '../../base/rules.ts';
import type { Awaitable, Simplify } from '../../base/type-tools.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { Stream } from '../../conversation/stream.ts';
import type { SessionAskTurn, SessionTurn } from '../../conversation/turn.ts';
import type { Address } from '../../update/address.ts';
import type { Accept, UserInput } from '../../update/input.ts';
import type { InterruptRule } from '../../update/interrupt.ts';
import type { PageRequest } from '../rows/page.ts';
import type { Rows } from '../rows/rows.ts';
import type { Widgets } from '../rows/widget-types.ts';
import type { Change, Transition } from '../transition.ts';
import { noteVerdict } from './dropped-verdict.ts';

export type { Choice, Choices, Label, Shareable, ShareButton } from './question-types.ts';

import type {
  AnswerOf,
  Checked,
  Choices,
  Fits,
  Keeps,
  Label,
  Picks,
  RawOf,
  ShareOf,
  TimeoutFits,
  Unset,
} from './question-types.ts';

/**
 * Says what to ask: static, or from the answers so far and the turn.
 *
 * It is evaluated before the commit and sent after it, so it must not send anything itself.
 */
export type Prompt<Answers, Services extends object, Se extends object = {}> =
  | OutgoingMessage
  | ((answers: Answers, turn: SessionAskTurn<Services, Se>) => Awaitable<OutgoingMessage | Stream>);

/** Whether a question is asked. */
export type Condition<Answers, Services extends object, Se extends object = {}> = (
  answers: Simplify<Answers>,
  turn: SessionAskTurn<Services, Se>,
) => Awaitable<boolean>;

/** Deletes an answer and asks that step again; made by {@link redo}. */
export interface Redo<Name extends string = string> {
  readonly '~redo': Name;
}

/**
 * Deletes an answer and asks that step again; return it from `validate` or `done`.
 *
 * Later answers stay. There is no jump forward: to omit questions, use `when` or `branch`.
 */
export function redo<const Name extends string>(step: Name): Redo<Name> {
  noteVerdict('redo');
  return { '~redo': step };
}

/** Rejects an answer; made by {@link invalid}. */
export interface Invalid {
  readonly '~invalid': OutgoingMessage;
}

/**
 * Rejects an answer; return it from `validate`. The user reads the message, and the question stays.
 *
 * A `validate` that calls it and returns something else throws `INVALID_TRANSITION`: the `return` is missing.
 */
export function invalid(message: OutgoingMessage): Invalid {
  noteVerdict('invalid');
  return { '~invalid': message };
}

/**
 * The effect of a message that was sent before the question was asked, for example during a slow check of the previous answer. It
 * answers the question, the question is asked again, or the message is ignored.
 */
export type Early = 'answer' | 'ask' | 'ignore';

/** The rule of an {@link Early}. */
export const earlyRule: Rule = oneOf('answer', 'ask', 'ignore');

/** Where somebody else is asked. */
type Elsewhere = Pick<Address, 'chat' | 'user' | 'thread'>;

/** The rule of a flow's `timeout`. */
export const timeoutRule: Rule = {
  expected: 'a duration longer than 0, or false',
  fits: (found) => found === false || length.fits(found),
};

/**
 * The moves of a question's buttons as values, and the widgets, which are bound to the parameters of the flow (`P`). `Raw` is the
 * accepted input.
 */
export interface QuestionTurn<
  P extends object,
  Services extends object,
  Se extends object,
  Names extends string,
  Raw,
> extends SessionAskTurn<Services, Se>,
    Widgets<P, SessionTurn<Services, Se>> {
  /** Answers the question. */
  readonly answer: (value: Raw) => Transition;
  /** Changes parameters of the flow and shows the question again; answers stay. */
  readonly again: (change?: Change<P>) => Transition;
  /** Asks that step again; its answer is deleted. */
  readonly redo: (step: Names) => Transition;
  readonly back: () => Transition;
  readonly cancel: () => Transition;
}

/** One question. */
export interface Question<
  Answers extends object,
  Services extends object,
  A,
  Ch,
  M,
  S,
  V,
  W,
  O,
  P extends object = {},
  T = Unset,
  Se extends object = {},
> {
  readonly prompt: Prompt<Answers, Services, Se>;
  /** The accepted input. Default: text; with `choices`, a button. */
  readonly accept?: A & Picks<A, S, V>;
  /**
   * Buttons; the answer is the value. A function makes them, and may return only the page that it is asked for, as `{ items, total }`.
   * Values of its result are known to the compiler too.
   */
  readonly choices?:
    | Ch
    | ((answers: Answers, turn: SessionAskTurn<Services, Se>, page: PageRequest) => Awaitable<Ch>);
  /** Several choices, with a button that ends the selection. */
  readonly multiple?: M;
  /** Where `choices` are shown: below the message, or as a reply keyboard. Default `"inline"`. */
  readonly buttons?: 'inline' | 'reply';
  /** The number of choices in a row. Default: as many as fit. */
  readonly columns?: number;
  /**
   * Further buttons, above the choices: they act, and the question stays. Its message is edited when they have changed something.
   *
   * It must be pure: it runs when the question is shown and for each press.
   */
  readonly rows?: (
    answers: Answers,
    turn: QuestionTurn<P, Services, Se, keyof Answers & string, RawOf<A, Ch, M>>,
  ) => Awaitable<Rows>;
  /**
   * The label of a button that shares the accepted kind of input. A contact must be the user's own. It is shown on a reply keyboard, in private chats
   * only (Bot API, KeyboardButton), which the next message of the flow removes.
   */
  readonly share?: ShareOf<A>;
  /** Checks and converts; its issues are shown. */
  readonly schema?: S & Fits<NoInfer<S>, RawOf<A, Ch, M>, A>;
  /** Checks and converts the answer, after `schema`. Return the value or `invalid("why")`. A boolean, `NaN` or `undefined` is an invalid answer. */
  readonly validate?: ((
    value: Checked<RawOf<A, Ch, M>, S>,
    answers: Answers,
    turn: SessionTurn<Services, Se>,
  ) => Awaitable<V | Invalid | Redo<keyof Answers & string>>) &
    Keeps<V>;
  /** Asked only if this holds; afterwards its answer is optional. */
  readonly when?: W;
  /** Lets the user skip the question with /skip or a button. The answer is then optional. */
  readonly optional?: O;
  /** Whether one may go back from here. Default: as the flow says. */
  readonly back?: boolean;
  /** How many invalid answers end the flow. */
  readonly attempts?: number;
  /** The longest text that it takes, in characters as users see them: an emoji is one. Default 4,096, the length of a message. */
  readonly maxLength?: number;
  /** Time for this answer. */
  readonly timeout?: Duration;
  /**
   * The step's time is over: give an answer, or end the flow. Default `"end"`. The answer `undefined` leaves the question out; afterwards its
   * answer is optional.
   */
  readonly onTimeout?: ((
    answers: Answers,
    turn: SessionTurn<Services, Se>,
  ) => Awaitable<{ readonly answer: T } | 'end'>) &
    TimeoutFits<NoInfer<T>, AnswerOf<A, Ch, M, S, V> | undefined>;
  /** The message for invalid answers, instead of the schema's messages, and for input of another kind. */
  readonly otherwise?:
    | OutgoingMessage
    | ((answers: Answers, turn: SessionAskTurn<Services, Se>) => Awaitable<OutgoingMessage>);
  /** The effect of a message that was sent before the question was asked. Default: that of the flow. */
  readonly early?: Early;
  /**
   * The input that ends a slow `validate` of this question, such as `interruptBy('commands')`. `turn.signal` is aborted, nothing of the
   * answer is
   * kept, and the input is handled next. Default: as the flow says.
   */
  readonly interrupt?: InterruptRule;
  /** For `payment` steps: answers the `pre_checkout_query`. Return `true`, or the reason for declining. Default: `true`. */
  readonly checkout?: (
    query: { readonly invoice_payload: string; readonly total_amount: number },
    answers: Answers,
    turn: SessionTurn<Services, Se>,
  ) => Awaitable<true | string>;
  /**
   * Asks somebody else: in another chat, or another user in private. Needs `choices`. The conversation waits, and its user may cancel.
   *
   * It must be a chat in which the bot may write. The conversation that asks is one of the bot itself (no business account), found by chat, user and topic.
   */
  readonly to?:
    | Elsewhere
    | ((answers: Answers, turn: SessionAskTurn<Services, Se>) => Awaitable<Elsewhere>);
  /** With `to`: who may answer, by user id. A function that returns nobody is an error. Default: everybody who can press the buttons there. */
  readonly by?:
    | readonly number[]
    | ((answers: Answers, turn: SessionAskTurn<Services, Se>) => Awaitable<readonly number[]>);
  /** With `to`: what the user of this conversation reads while somebody else is asked. */
  readonly meanwhile?:
    | OutgoingMessage
    | ((answers: Answers, turn: SessionAskTurn<Services, Se>) => Awaitable<OutgoingMessage>);
  /**
   * With `to`: what the question's message becomes when it is answered; `turn.from` is who has answered. Default: the question without
   * buttons.
   */
  readonly answered?: (
    value: NoInfer<AnswerOf<A, Ch, M, S, V>>,
    turn: SessionAskTurn<Services, Se>,
    answers: Answers,
  ) => Awaitable<OutgoingMessage>;
  /** Former names of the step. */
  readonly was?: string | readonly string[];
}

/** The limits of {@link UnfinishedFlow.repeat}. */
export interface RepeatLimits {
  /** At least so many rounds; with 0 the first one is offered too. Default 1. */
  readonly min?: number;
  /** At most so many rounds. Default 100. */
  readonly max?: number;
}

/**
 * A question that is made while the flow runs. Answers are stored by its name, so a question keeps its name over deploys.
 *
 * Its answer is a text, with `multiple` and a burst a list of texts, unless the step says otherwise by `{ value }`.
 */
export interface RuntimeQuestion {
  /** Differs from those of the other questions of the step; without `.` and `:`. */
  readonly name: string;
  readonly prompt: OutgoingMessage;
  /** The accepted input. Default: text; with `choices`, a button. */
  readonly accept?: Exclude<Accept, (input: UserInput) => unknown>;
  readonly choices?: Choices<{}>;
  readonly multiple?: boolean;
  readonly columns?: number;
  /** May be left out, by /skip or a button. */
  readonly optional?: boolean;
  readonly maxLength?: number;
  readonly otherwise?: OutgoingMessage;
  /** Checks and converts: returns the answer, or `invalid("why")`; not a boolean and not nothing. */
  readonly validate?: (value: unknown) => Awaitable<string | number | object | null>;
}

/** Labels of the buttons that correct answers; none without answers, where an empty object would take any name. */
type EditLabels<Answers extends object, Services extends object> = keyof Answers extends never
  ? never
  : { readonly [Name in keyof Answers & string]?: Label<Services> };

/** A summary that the user accepts, rejects or corrects. */
export interface Confirmation<
  Name extends string,
  Answers extends object,
  Services extends object,
  Se extends object = {},
> {
  /** Default `"confirm"`. */
  readonly name?: Name;
  readonly prompt: Prompt<Answers, Services, Se>;
  /** Label of the button that accepts the summary. */
  readonly yes?: Label<Services>;
  /** Label of the button that cancels the flow. */
  readonly no?: Label<Services>;
  /** Which answers the user may correct: `true` for all, a list of names, or an object with the label of each button. */
  readonly edit?: boolean | readonly (keyof Answers & string)[] | EditLabels<Answers, Services>;
}
