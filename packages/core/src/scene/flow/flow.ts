/** Flows: the questions of a conversation with their checks and conditions, declared in one place. Their public types. */

import type { Duration } from '../../base/clock.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { CommandPolicy, OwnCommands } from '../../conversation/behavior.ts';
import type { OutgoingMessage, Sent } from '../../conversation/outgoing.ts';
import type { AnyScene, ResultOf } from '../../conversation/scene.ts';
import type { AnyGroup, State } from '../../conversation/states.ts';
import type { Texts } from '../../conversation/texts.ts';
import type { LeaveReason, SessionTurn } from '../../conversation/turn.ts';
import type { InterruptRule } from '../../update/interrupt.ts';
import type { Early } from './question.ts';

/** How a flow begins: its parameters, and whether a trigger starts it without knowing them. */
export interface Beginning {
  /** The parameters, as they are stored. */
  readonly data: object;
  /** The parameters, as `enter` takes them. */
  readonly start: object;
  readonly needsFrom: boolean;
  /** The type of the conversation's session. */
  readonly session: object;
}

/** A step of a flow as a state; its data is what has been answered before it. */
export interface StepState<Id extends string, Data extends object, Value, FlowId extends string>
  extends State<Id, Data> {
  readonly '~step': FlowId;
  readonly '~value': Value;
}

type StatesOfSteps<T> = {
  [K in keyof T]: T[K] extends State ? T[K] : StatesOfSteps<T[K]>;
}[keyof T];

/** Options of any flow. */
export type AnyFlowOptions = FlowOptions<unknown, unknown, string | undefined, string | undefined>;

/** Options of a flow. */
export interface FlowOptions<
  Services,
  Data = undefined,
  Tr extends string | undefined = string | undefined,
  Dl extends string | undefined = string | undefined,
  S = unknown,
> {
  /** Command that starts it, with or without the slash. With required parameters, `done` requires the hook `from`. */
  readonly trigger?: Tr;
  /** Beginning of the payload of `/start` that starts it too. */
  readonly deepLink?: Dl;
  /**
   * Its parameters: answers that are known from the start and never asked, with their type or a schema that checks them. `enter` and `call`
   * require them; prompts, conditions, `validate` and `done` see them beside the answers.
   */
  readonly data?: Data;
  /** For `setMyCommands` and /help. */
  readonly description?: string;
  /** The services that it needs from `fsm({ services })`. */
  readonly services?: Services;
  /**
   * The type of the conversation's session, which all its scenes share and `ctx.session` shows: `typed<T>()`. It stays after `clear()`,
   * and is not checked.
   */
  readonly session?: S;
  /**
   * Without progress for this long it ends with `timedOut`. Invalid answers don't renew it; a machine's `ttl` deletes silently. Default:
   * `fsm({ flowTimeout })`, which `false` switches off for this flow.
   */
  readonly timeout?: Duration | false;
  /** Whether users may go back at every question. Default: `false`. */
  readonly back?: boolean;
  /**
   * Buttons below every question that go back or cancel, for users who would not type a command. `back` is shown where there is an
   * earlier question, and allows /back. Default: none.
   */
  readonly controls?: readonly ('back' | 'cancel')[];
  /** Names of its commands; `false` switches one off. Default `cancel`, `back`, `skip`. */
  readonly commands?: OwnCommands;
  /** The effect of its own trigger while it runs. Default `"restart"`. */
  readonly onTrigger?: 'restart' | 'continue' | 'ask' | 'reject';
  /** The effect of the bot's commands while it runs. Default `"pass"`; `"passAndAsk"` repeats the question after them. */
  readonly otherCommands?: CommandPolicy;
  /** Input of another kind than the step accepts. Default `"hint"`. */
  readonly otherInput?: 'hint' | 'pass' | 'ignore';
  /**
   * Which messages answer in groups. `"only"`: replies to the bot's messages, so that other talk passes on to the bot; buttons and commands
   * always count. Default `"any"`.
   */
  readonly replies?: 'any' | 'only';
  /** Whether an edited message changes the answer that it gave. Default `"ignore"`. */
  readonly editedMessages?: 'ignore' | 'update';
  /**
   * The treatment of an answered prompt. `"edit"`: the next question takes its message, what is wrong with an answer is shown
   * below the question, and answers are deleted where the bot may. Default `"keep"`.
   */
  readonly prompts?: 'keep' | 'removeKeyboards' | 'delete' | 'edit';
  /** The effect of a message that was sent before the question was asked. Default `"ask"`: the question is asked again. */
  readonly early?: Early;
  /**
   * The input that ends a slow `validate` or `done` of this flow, such as `interruptBy(['cancel'])`, beside the machine's
   * `waiting.interrupt`. Default: nothing.
   */
  readonly interrupt?: InterruptRule;
  /** How many invalid answers to one question end the flow. */
  readonly attempts?: number;
  /** The texts that replace the machine's texts. */
  readonly texts?: Texts;
  /** Former ids of the flow. */
  readonly was?: string | readonly string[];
}

/** The turn of an ending, with the name of the step that was pending; after `done`, of the last one that was asked. */
export type EndingTurn<Services extends object, Se extends object = {}> = SessionTurn<
  Services,
  Se
> & { readonly step: string };

/** Hooks for endings other than `done`. Each gets the answers so far, and its result is sent as a message. */
export interface FlowHooks<
  Answers extends object,
  Services extends object,
  Se extends object = {},
> {
  readonly canceled?: (
    answers: Partial<Answers>,
    turn: EndingTurn<Services, Se>,
  ) => Awaitable<OutgoingMessage | Sent | void>;
  readonly timedOut?: (
    answers: Partial<Answers>,
    turn: EndingTurn<Services, Se>,
  ) => Awaitable<OutgoingMessage | Sent | void>;
  /** Runs after every ending and replacement, for metrics and locks. Its result is not sent. */
  readonly left?: (
    reason: LeaveReason,
    answers: Partial<Answers>,
    turn: EndingTurn<Services, Se>,
  ) => Awaitable<void>;
  /**
   * Answers from the trigger's argument or the deep link's payload; each is checked as if the user had sent it. Of a flow with parameters,
   * those too; `undefined` then does not start it.
   */
  readonly from?: (
    argument: string,
    turn: SessionTurn<Services, Se>,
  ) => Awaitable<Partial<Answers> | undefined>;
}

/** A finished flow: a scene, and a group whose states are its steps. */
export interface Flow<
  Id extends string = string,
  Services extends object = {},
  Answers extends object = object,
  Steps = {},
  Start extends Beginning = Beginning,
> extends AnyScene<
      Id,
      {
        data: Partial<Answers>;
        start: Start['start'] & Partial<Omit<Answers, keyof Start['data']>>;
        params: {};
        result: Answers;
        services: Services;
        session: Start['session'];
      }
    >,
    AnyGroup<Extract<StatesOfSteps<Steps>, State>> {
  /** The states of its steps, by name: for `inState`, `is`, `machine.at().answer()`. */
  readonly steps: Steps;
  /** Types only. */
  readonly '~beginning'?: Start;
}

/** Any finished flow. */
export interface AnyFlow extends AnyScene {
  readonly steps: unknown;
}

/** Everything that a flow asks for. */
export type AnswersOf<F> = ResultOf<F>;

/** The states of a flow's steps. */
export type StepsOf<F> = F extends { readonly steps: infer T } ? T : never;
