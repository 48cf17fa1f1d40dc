/** What a machine can be told, and what it offers, as types. */

import type { Clock, Duration } from '../base/clock.ts';
import type { Awaitable, UnionToIntersection } from '../base/type-tools.ts';
import type { Say } from '../conversation/say.ts';
import type { AnyScene, SceneTypes } from '../conversation/scene.ts';
import type { AnyGroup, AnyState, NoState, State, StatesIn } from '../conversation/states.ts';
import type { Texts } from '../conversation/texts.ts';
import type { LeaveReason, Turn } from '../conversation/turn.ts';
import type { BotCommand, CommandPolicy, OwnCommands } from '../scene/behaviour.ts';
import type { FsmStorage, StoredConversation } from '../storage/storage.ts';
import type { Migrations, UnknownState, UnknownStatePolicy } from '../unit/policy.ts';
import type { Cause, ServiceTurn } from '../unit/unit.ts';
import type { Strategy } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { Address, Subject } from '../update/subject.ts';

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

/** What an update does when its conversation is busy. */
export interface WaitingOptions {
  /**
   * `queue` waits (the default); `refuse` throws `BUSY`; `drop` leaves the update unhandled, silently; `busy` says that the bot is busy.
   */
  readonly policy?: 'queue' | 'refuse' | 'drop' | 'busy';
  /** How many updates of one conversation may wait; beyond it `QUEUE_FULL` is thrown. Default 5,000. */
  readonly limit?: number;
  /** A callback query that has waited this long is answered, so that the button stops turning. Default 1 s. */
  readonly answerCallbacksAfter?: Duration;
}

/** How long things may take. */
export interface TurnOptions {
  /** The longest turn: after it the conversation is given on, and the late commit is refused. Default 10 min. */
  readonly max?: Duration;
}

/** How deadlines are fired. */
export interface SweepOptions {
  /** The longest time between two looks: so late a deadline may be. Default 1 s. */
  readonly every?: Duration;
  /** How many handlers run at once. Default 32. */
  readonly parallel?: number;
}

/** What `fsm()` and `createMachine()` can be told. Everything is optional. */
export interface MachineOptions<
  States extends readonly (AnyGroup | State)[],
  Scenes extends readonly AnyScene[],
  Context,
  Property extends string = string,
> {
  /**
   * Everything a conversation may be in: groups, nodes, flows, command trees. The same list types the flavor.
   *
   * Without it states are not checked, and an unknown state cannot be told.
   */
  readonly states?: States;
  /** Further scenes: those of the framework, whose type needs the flavor. */
  readonly scenes?: Scenes;
  /** The scene of a user who has none, and what it starts with. */
  readonly initial?:
    | AnyScene
    | readonly [
        AnyScene,
        (turn: ServiceTurn<Context>) => { readonly data?: object; readonly params?: object },
      ];
  /** Where conversations are kept. Default: the memory of this process, where they are lost when it ends. */
  readonly storage?: FsmStorage;
  /** Who shares a conversation. Default `"userInChat"`. */
  readonly strategy?: Strategy;
  /** Separates machines that share a storage. Default `"telefsm"`. */
  readonly namespace?: string;
  /** Name of the context property, for a second machine. A name that the framework's context has is refused. */
  readonly property?: Property;
  /** Which updates have conversations at all; the others cost nothing. Default: every one. */
  readonly when?: (subject: Subject) => boolean;
  /** Idle conversations are forgotten after this long. Default: never. */
  readonly ttl?: Duration;
  /** What an update does when its conversation is busy. */
  readonly waiting?: WaitingOptions;
  /** How long a process holds a conversation without a sign of life. Default 15 s. */
  readonly lease?: Duration;
  /** How long a turn may take. */
  readonly turn?: TurnOptions;
  /** How many steps `back()` can go. Default 10. */
  readonly history?: number;
  /** The largest record, in bytes. Default 262,144. */
  readonly maxRecordBytes?: number;
  /** An update that failed this often in one process is given up, so that its chat goes on. Default 5. */
  readonly attempts?: number;
  /** A stored state, or data, that the code does not know. Default `"reset"`. */
  readonly unknownState?: UnknownStatePolicy;
  /** Steps from one version of the stored data to the next; the highest number is this machine's version. */
  readonly migrations?: Migrations;
  /** A conversation without a record: take over what an earlier system kept. Runs inside the unit. */
  readonly adopt?: (turn: Turn & { readonly ctx: Context | undefined }) => Awaitable<void>;
  /** The deadline of a plain state has passed. Default: clear. */
  readonly onTimeout?: (turn: Turn) => Awaitable<Say | undefined | void>;
  /** Accepts that deadlines fire only with the next update, on a storage that cannot fire them. */
  readonly deadlines?: 'on-update';
  /** How deadlines are fired. */
  readonly sweep?: SweepOptions;
  /** Commands that every active scene takes. Default: `cancel`, `back` and `skip` of flows. */
  readonly commands?: OwnCommands;
  /** What other commands do while a scene is active. Default `"pass"`. */
  readonly otherCommands?: CommandPolicy;
  /** What telefsm itself says. */
  readonly texts?: Texts;
  /** What tells the time and sets timers; a virtual one in tests. */
  readonly clock?: Clock;
}

/** All states that a machine may hold. */
export type StatesOfMachine<
  States extends readonly unknown[],
  Scenes extends readonly unknown[],
> = [...States, ...Scenes] extends readonly []
  ? AnyState
  : Literal<StatesIn<States[number]> | StatesIn<Scenes[number]>> | NoState;
/** Leaves out states whose id is not known to the compiler (a framework's `Scene`). */
type Literal<S> = S extends { readonly id: infer Id } ? (string extends Id ? never : S) : never;

/** A committed change. */
export interface Committed {
  readonly key: string;
  readonly subject: Subject;
  readonly from: CommittedState;
  readonly to: CommittedState;
  readonly cause: Cause;
  readonly updateId?: number;
  /** Scenes that ended by it, in their order. */
  readonly left: readonly SceneLeft[];
}

/** A scene that ended by a {@link Committed} change. */
export interface SceneLeft {
  readonly scene: string;
  /** Where it was left. */
  readonly state: string | null;
  /** As its hooks have heard it; `cleared` is silent: no hook hears of `clear()`, nor of a repair. */
  readonly reason: LeaveReason | 'cleared';
}

/** One side of a {@link Committed} change. */
export interface CommittedState {
  readonly state: string | null;
  readonly scene: string | null;
  readonly data: object;
}

/** What a machine does beside committing, by name. */
export interface MachineEvents {
  /** An update that had been handled before was skipped. */
  readonly duplicate: { readonly key: string; readonly updateId: number };
  /** An update failed so often that it was given up. */
  readonly poisoned: { readonly key: string; readonly updateId: number; readonly error: unknown };
  /** The handler of a deadline failed; without `retryIn` (ms) it was removed. */
  readonly deadlineFailed: {
    readonly key: string;
    readonly error: unknown;
    readonly retryIn?: number;
  };
  /** A stored conversation that the code did not know was repaired. */
  readonly repaired: { readonly key: string; readonly stored: string; readonly reason: string };
  /** The storage failed where nothing was lost by it: letting go, renewing, listening, sweeping. */
  readonly storageFailed: { readonly operation: string; readonly error: unknown };
  /** A message could not be sent where nobody waits for it. */
  readonly speechFailed: { readonly key: string; readonly error: unknown };
}

/** What is stored, without taking the conversation. */
export interface Snapshot {
  readonly state: string | null;
  readonly scene: string | null;
  readonly data: object;
  /** Ms until the deadline. */
  readonly deadlineIn?: number;
}

/** One conversation, from outside an update. */
export interface Conversation<out All extends AnyState = AnyState> {
  /** Its key in the storage. */
  readonly key: string;
  /**
   * One unit of work: waits for its turn, commits once, then speaks.
   *
   * @param options - `id` makes the run idempotent like an update: one that was done before resolves to `undefined`
   * @throws FsmError `WAIT_TIMEOUT`, `REENTERED`, `LEASE_LOST`, `COMMIT_UNKNOWN`, `STORAGE_FAILED`, `STOPPED`; what `work` throws passes
   */
  run<R>(
    work: (turn: Turn<object, All>) => Awaitable<R>,
    options?: { readonly id?: undefined },
  ): Promise<R>;
  run<R>(
    work: (turn: Turn<object, All>) => Awaitable<R>,
    options: { readonly id?: string | undefined },
  ): Promise<R | undefined>;
  /** Answers the pending step as if the user had; `false` if that step is not pending. */
  answer<V>(
    step: { readonly id: string; readonly '~value': V },
    value: NoInfer<V>,
  ): Promise<boolean>;
  /**
   * Reads what was last committed; it may be old when it arrives.
   *
   * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`, `RECORD_UNREADABLE`
   */
  peek(): Promise<Snapshot | undefined>;
}

/** What a machine needs of a bot; both frameworks' bots fit through their adapter. */
export interface BotPort {
  readonly id: number;
  readonly username?: string | undefined;
  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown>;
  /**
   * From now on calls of this update that the test picks resolve to `true` unsent.
   *
   * Needed where a callback query was answered early, since answering it again is an error.
   */
  mute?(test: (method: string, payload: object) => boolean): void;
}

/** A machine: conversations under one strategy in one storage. */
export interface Machine<out All extends AnyState = AnyState, Bot = BotPort> {
  /** Any conversation, without an update. */
  at(address: Address): Conversation<All>;
  /** Sees every transition that this process has committed; returns how to stop. */
  observe(listener: (change: Committed) => void): () => void;
  /** Sees what else happens, by name. */
  observe<Name extends keyof MachineEvents>(
    event: Name,
    listener: (event: MachineEvents[Name]) => void,
  ): () => void;
  /** Names the bots whose API work outside updates uses. Middleware connects its own bot by itself. */
  connect(...bots: readonly Bot[]): this;
  /** Fires deadlines until `stop`. */
  start(...bots: readonly Bot[]): this;
  /** Begins no new turn, waits for those that run, and lets everything go. */
  stop(): Promise<void>;
  /** Fires what is due, once, and returns how many: for serverless schedules. */
  sweep(limit?: number): Promise<number>;
  /** Triggers and descriptions, as `setMyCommands` takes them. */
  botCommands(): readonly BotCommand[];
  /** As JSON, for diagrams and checks. */
  describe(): MachineDescription;
  /**
   * Finds what this code does not know in a stored conversation, as the next update would find it; `undefined` if it knows everything.
   *
   * It changes nothing: for a check of the storage before a deploy. Answers of flows are looked at when the flow goes on, not here.
   *
   * @param conversation - one of `storage.list`
   * @throws FsmError `RECORD_NEWER`; what a migration or a schema throws passes
   */
  inspect(
    conversation: Pick<StoredConversation, 'key' | 'stored'>,
  ): Promise<UnknownState | undefined>;
  /** Where conversations are kept. */
  readonly storage: FsmStorage;
}

/** A machine as JSON: what diagrams and checks are made from. */
export interface MachineDescription {
  readonly namespace: string;
  readonly version: number;
  /** Whether a list of states was given; without one every state is accepted. */
  readonly strict: boolean;
  /** Id of the scene of a user who has none. */
  readonly initial: string | null;
  /** Commands that active scenes take, where `fsm({ commands })` chooses them. */
  readonly commands: OwnCommands;
  /** Every state with the groups around it, innermost first, and its former ids. */
  readonly states: readonly {
    readonly id: string;
    readonly groups: readonly string[];
    readonly was: readonly string[];
  }[];
  /** Every scene with its former ids, its states, and what it tells of itself. */
  readonly scenes: readonly {
    readonly id: string;
    readonly was: readonly string[];
    readonly states: readonly string[];
    readonly details: object;
  }[];
}

/** Any machine: for providers and helpers that only need `at`, `sweep`, `stop`. */
export type AnyMachine = Machine<AnyState, never>;

/** A machine that is fed raw updates; adapters are made of it. */
export interface FedMachine<out All extends AnyState = AnyState> extends Machine<All> {
  /**
   * Handles one update as one unit of work.
   *
   * @param bot - calls the Bot API for this update
   * @param rest - what handles the update if no scene takes it
   * @param ctx - the framework's context, for services and for the framework's own scenes
   * @throws whatever a handler throws, and FsmError for what the storage could not do
   */
  handle(
    update: RawUpdate,
    bot: BotPort,
    rest?: (turn: Turn<object, All>) => Awaitable<unknown>,
    ctx?: unknown,
  ): Promise<void>;
}
