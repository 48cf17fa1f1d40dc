/** The options of a machine, as types. */

import type { Clock, Duration } from '../base/clock.ts';
import type { SchemaOf } from '../base/schema.ts';
import type { Awaitable, UnionToIntersection } from '../base/type-tools.ts';
import type { CommandPolicy, OwnCommands } from '../conversation/behavior.ts';
import type { OutgoingMessage, Sent } from '../conversation/outgoing.ts';
import type { ReplyKeyboards } from '../conversation/reply-keyboards.ts';
import type { AnyScene, SceneTypes } from '../conversation/scene.ts';
import type { AnyGroup, AnyState, NoState, State } from '../conversation/states.ts';
import type { StatesIn } from '../conversation/targets.ts';
import type { Texts } from '../conversation/texts.ts';
import type { Turn } from '../conversation/turn.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { LanguageTurn, ServiceTurn } from '../transaction/facts.ts';
import type { WaitingPolicy } from '../transaction/settings.ts';
import type { Migrations, UnknownStatePolicy } from '../transaction/unknown-state.ts';
import type { InterruptRule } from '../update/interrupt.ts';
import type { Strategy } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';

type ServicesNeeded<S> = S extends { readonly '~scene': { readonly types?: infer T } }
  ? Exclude<T, undefined> extends infer Types
    ? Types extends SceneTypes
      ? Types['services']
      : object
    : object
  : object;
/** Everything that the scenes of a list need. */
export type ServicesOf<List extends readonly unknown[]> = UnionToIntersection<
  { [I in keyof List]: List[I] extends AnyScene ? ServicesNeeded<List[I]> : unknown }[number]
>;
type Provide<N, C> = N | ((turn: ServiceTurn<C>) => Awaitable<N>);
/** `services` is asked for exactly when a scene needs some. */
export type ServicesOption<List extends readonly unknown[], C> =
  object extends ServicesOf<List>
    ? { readonly services?: Provide<object, C> }
    : { readonly services: Provide<ServicesOf<List>, C> };

/** The options for updates whose conversation is busy. */
export interface WaitingOptions {
  /**
   * `queue` waits (the default); `reject` throws `BUSY`; `drop` leaves the update unhandled, silently; `busy` says that the bot is busy.
   * Updates that come only once, such as payments and changes of members, always wait.
   */
  readonly policy?: WaitingPolicy;
  /** How many updates of one conversation may wait; beyond it `QUEUE_FULL` is thrown. Default 5,000. */
  readonly limit?: number;
  /** A callback query that has waited this long is answered, so that the button's loading spinner disappears. Default 1 s. */
  readonly answerCallbacksAfter?: Duration;
  /**
   * The input that aborts a running turn, such as `/stop`: `interruptBy(['stop'])`. Default: none.
   */
  readonly interrupt?: InterruptRule;
  /**
   * Collects messages that come within this time of each other: a node answers them in one turn, in order (`turn.messages`), when none has
   * come for as long. Default: each message is a turn.
   *
   * `input` has the texts of all messages as one, joined by line breaks; with `answer: 'latest'` it is the last message. Messages are stored as they come, so
   * neither a crash nor a redelivery loses or repeats one. Commands and buttons are handled immediately. Flows collect with `accept: { burst }`.
   */
  readonly burst?: Duration | { readonly quiet: Duration; readonly answer?: 'all' | 'latest' };
}

/** How long things may take. */
export interface TurnOptions {
  /** The longest a turn may last. After that, the lease passes to the next update, and a late commit is rejected. Default: 10 minutes. */
  readonly max?: Duration;
  /**
   * Immediately detects a handler that waits for its own conversation. Default: from the first `machine.at(…).run(…)` on, since it slows every
   * turn a little; before that, such code is found after a second.
   */
  readonly detectReentry?: boolean;
}

/** How deadlines are fired. */
export interface SweepOptions {
  /** The polling interval. A deadline may fire this much late. Default: 1 s. */
  readonly every?: Duration;
  /** How many handlers may run at the same time. Default 32. */
  readonly parallel?: number;
}

/** Options of `fsm()` and `createMachine()`. Everything is optional. */
export interface MachineOptions<
  States extends readonly (AnyGroup | State)[],
  Scenes extends readonly AnyScene[],
  Context,
  Property extends string = string,
> {
  /**
   * The states, nodes, flows and command trees of this machine. Pass the same list to `FsmFlavor`.
   *
   * Without it states are not checked, and an unknown state cannot be recognized.
   */
  readonly states?: States;
  /**
   * Types only: the context of the bot, as `typed<MyContext>()`. `services`, `language`, `adopt` and `initial` then get it where the machine is a
   * constant; inside `bot.use(fsm(…))` it is inferred.
   */
  readonly context?: SchemaOf<Context>;
  /** Further scenes: those of the framework, whose type needs the flavor. */
  readonly scenes?: Scenes;
  /** The scene of a user who has none, and what it starts with. */
  readonly initial?:
    | AnyScene
    | readonly [
        AnyScene,
        (turn: ServiceTurn<Context>) => { readonly data?: object; readonly params?: object },
      ];
  /** The storage of the conversations. Default: the memory of this process, where they are lost when it ends. */
  readonly storage?: FsmStorage;
  /** The strategy: who shares a conversation. Default `"userInChat"`. */
  readonly strategy?: Strategy;
  /** Separates machines that share a storage. Default `"telefsm"`. */
  readonly namespace?: string;
  /** Name of the context property, for a second machine. A name that the framework's context has is rejected. */
  readonly property?: Property;
  /** Returns whether an update has a conversation. Other updates cost nothing. Default: all updates. */
  readonly when?: (subject: Subject) => boolean;
  /** Deletes conversations that were idle for this long. Default: never. */
  readonly ttl?: Duration;
  /** The `timeout` of flows that set none: without progress for this long they end with `timedOut`. Default: never. */
  readonly flowTimeout?: Duration;
  /** The options for updates whose conversation is busy. */
  readonly waiting?: WaitingOptions;
  /** How long a lease lasts if its process does not renew it: 100 ms to 60 s. Default: 15 s. */
  readonly lease?: Duration;
  /** How long a turn may take. */
  readonly turn?: TurnOptions;
  /** How many steps `back()` can go. Default 10. */
  readonly history?: number;
  /**
   * Stores recent messages for `turn.log`: texts of the user, and of the bot by `reply`, `stream`, prompts and `done`.
   *
   * Deletes the oldest messages beyond `last` messages or `bytes` of text, 16,384 by default; all of them with the conversation. It needs a scene, and the
   * bot's own middleware (`ctx.reply`) is not seen.
   */
  readonly log?: { readonly last: number; readonly bytes?: number };
  /** The largest record, in bytes. Default 262,144. */
  readonly maxRecordBytes?: number;
  /** An update that failed this often in one process is given up, so that its chat continues. Default 5. */
  readonly attempts?: number;
  /** The policy for a stored state or data that the code no longer supports. Default: `"reset"`. */
  readonly unknownState?: UnknownStatePolicy;
  /** Converts stored data to newer versions, by version number. The highest number is this machine's version. */
  readonly migrations?: Migrations;
  /** Imports data from an earlier system, for a conversation without a record. Runs inside the turn. */
  readonly adopt?: (turn: Turn & { readonly ctx: Context | undefined }) => Awaitable<void>;
  /** Handles the deadline of a plain state. Default: clears the conversation. */
  readonly onTimeout?: (turn: Turn) => Awaitable<OutgoingMessage | Sent | undefined | void>;
  /** Accepts that deadlines fire only with the next update, on a storage that cannot fire them. */
  readonly deadlines?: 'on-update';
  /** How deadlines are fired. */
  readonly sweep?: SweepOptions;
  /**
   * Brings votes to the conversation that sent their poll also where no flow and no node accepts votes: for `followPoll`, and for scenes of
   * the framework. Default: if a flow or a node of this machine accepts them; otherwise votes cost no access to the storage.
   */
  readonly polls?: true;
  /** The names of the commands that flows handle themselves. Default: `cancel`, `back` and `skip`. */
  readonly commands?: OwnCommands;
  /**
   * Removes reply keyboards that handlers have shown by their framework, such as `ctx.reply`: `removeReplyKeyboards()`. Default: only those of scenes,
   * flows and `turn.reply` are removed.
   */
  readonly replyKeyboards?: ReplyKeyboards;
  /** The effect of other commands while a scene is active. Default `"pass"`. */
  readonly otherCommands?: CommandPolicy;
  /** The texts of telefsm itself. */
  readonly texts?: Texts;
  /**
   * The language that the user has chosen in the bot, for `turn.language` and all that depends on it. While it is `undefined`, and by default,
   * Telegram's `language_code` counts.
   *
   * It is called often and must be synchronous. `session` is empty at first, and while the conversation is busy with another update.
   */
  readonly language?: (turn: LanguageTurn<Context>) => string | undefined;
  /** The clock, which also sets timers; a virtual one in tests. */
  readonly clock?: Clock;
}

/** A list that was not given. */
export type None = readonly [];

/** The options of `fsm()`: those of a machine, with the services that its scenes need. */
export type FsmOptions<
  States extends readonly (AnyGroup | State)[],
  Scenes extends readonly AnyScene[],
  C,
  P extends string = string,
> = MachineOptions<States, Scenes, C, P> & ServicesOption<[...States, ...Scenes], C>;

/** All states that a machine may have. */
export type StatesOfMachine<
  States extends readonly unknown[],
  Scenes extends readonly unknown[],
> = [...States, ...Scenes] extends readonly []
  ? AnyState
  : Literal<StatesIn<States[number]> | StatesIn<Scenes[number]>> | NoState;
/** Leaves out states whose id is not known to the compiler (a framework's `Scene`). */
type Literal<S> = S extends { readonly id: infer Id } ? (string extends Id ? never : S) : never;
