/** The types of a machine: conversations from outside, events, its description. */

import type { Awaitable, DeepReadonly } from '../base/type-tools.ts';
import type { BotCommand, OwnCommands } from '../conversation/behavior.ts';
import type { HistoryEntry } from '../conversation/context.ts';
import type { AnyState } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { LogEntry } from '../record/log.ts';
import type { StoredConversation } from '../storage/statements.ts';
import type { Committed, MachineEvents } from '../transaction/events.ts';
import type { BotPort } from '../transaction/facts.ts';
import type { Runtime } from '../transaction/runtime.ts';
import type { UnknownState } from '../transaction/unknown-state.ts';
import type { Address } from '../update/address.ts';
import type { Scope } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';

/** A stored conversation, under the names that `ctx.state` uses. */
export interface Snapshot {
  /** Id of the state, or `null`. */
  readonly current: string | null;
  /** Id of the active scene, or `null`. */
  readonly scene: string | null;
  readonly data: object;
  /** Where `back()` leads, newest first. */
  readonly history: readonly HistoryEntry[];
  /** The recent messages, with `fsm({ log })`. */
  readonly log?: readonly LogEntry[];
  /** Ms until the deadline. */
  readonly deadlineIn?: number;
}

/** One conversation, from outside an update. */
export interface Conversation<out All extends AnyState = AnyState> {
  /** Its key in the storage. */
  readonly key: string;
  /**
   * Runs a turn: waits for the conversation, commits once, then sends the messages.
   *
   * @param options - `id` makes the run idempotent: a run with a known id resolves to `undefined`
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
  /**
   * Answers the pending question on behalf of the user. Resolves to `false` if another question is pending.
   *
   * @throws FsmError `INVALID_OPTION` for `undefined`, in plain JavaScript, if the question must be answered; what `run` throws passes
   */
  answer<V>(
    step: { readonly id: string; readonly '~value': V },
    value: DeepReadonly<NoInfer<V>>,
  ): Promise<boolean>;
  /**
   * Shows the view of this conversation again, and edits its message if something has changed; for news from outside, such as a live score.
   *
   * It does nothing where no view is shown. Within a second, several calls of this process are one.
   *
   * @throws FsmError as `run` does; what the view throws passes
   */
  render(): Promise<void>;
  /**
   * Reads the last committed record, without waiting for a running turn.
   *
   * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`, `RECORD_UNREADABLE`
   */
  peek(): Promise<Snapshot | undefined>;
}

/** A machine: conversations under one strategy in one storage. */
export interface Machine<out All extends AnyState = AnyState, Bot = BotPort> {
  /** Any conversation, without an update. */
  at(address: Address): Conversation<All>;
  /** Notifies `listener` of every change that this process commits. Returns a function that stops it. */
  observe(listener: (change: Committed) => void): () => void;
  /** Notifies `listener` of one kind of event. */
  observe<Name extends keyof MachineEvents>(
    event: Name,
    listener: (event: MachineEvents[Name]) => void,
  ): () => void;
  /** Sets the bots that send messages outside updates. The middleware connects its own bot. */
  connect(...bots: readonly Bot[]): this;
  /** Fires deadlines until `stop`. */
  start(...bots: readonly Bot[]): this;
  /**
   * Begins no new turn, waits up to 25 seconds for those that run and for messages that a limit of Telegram keeps back, and releases
   * everything. Observers of `sendFailed` get each message that is still kept back then.
   *
   * The clock of the machine counts these seconds: a test with a virtual clock that has limited a message advances it before it awaits `stop`.
   */
  stop(): Promise<void>;
  /** Fires due deadlines once and returns their number. Call it from a schedule, for example on serverless. */
  sweep(limit?: number): Promise<number>;
  /** Triggers and descriptions, as `setMyCommands` takes them. */
  botCommands(): readonly BotCommand[];
  /**
   * Finds the unknown state of a stored conversation, as the next update would find it; `undefined` if everything is known.
   *
   * It changes nothing: use it to check the storage before a deploy. Answers of flows are checked when the flow continues, not here.
   *
   * @param conversation - one of `storage.list`
   * @throws FsmError `RECORD_NEWER`; what a migration or a schema throws passes
   */
  inspect(
    conversation: Pick<StoredConversation, 'key' | 'stored'>,
  ): Promise<UnknownState | undefined>;
  /** Its parts, for `describeMachine` and `lookAt` of `@telefsm/core/tools`; opaque. */
  readonly '~runtime': Runtime;
  /** The storage of the conversations. */
  readonly storage: FsmStorage;
}

/** A machine as JSON, for diagrams and checks. */
export interface MachineDescription {
  readonly namespace: string;
  readonly version: number;
  /** Whether a list of states was given; without one every state is accepted. */
  readonly strict: boolean;
  /** Id of the scene of a user who has none. */
  readonly initial: string | null;
  /** The commands of active scenes, as `fsm({ commands })` names them. */
  readonly commands: OwnCommands;
  /** Every state with the groups around it, innermost first, and its former ids. */
  readonly states: readonly {
    readonly id: string;
    readonly groups: readonly string[];
    readonly was: readonly string[];
  }[];
  /** Every scene with its former ids, its states and its own description. */
  readonly scenes: readonly {
    readonly id: string;
    readonly was: readonly string[];
    readonly states: readonly string[];
    readonly details: object;
  }[];
}

/** Any machine, for providers and helpers that need only `at`, `sweep` and `stop`. */
export type AnyMachine = Machine<AnyState, never>;

/** A machine that handles raw updates; adapters use it. */
export interface UpdateMachine<out All extends AnyState = AnyState, Bot = BotPort>
  extends Machine<All, Bot> {
  /**
   * Handles one update as one turn.
   *
   * @param bot - calls the Bot API for this update
   * @param rest - handles the update if no scene does
   * @param ctx - the framework's context, for services and for the framework's own scenes
   * @param scope - the parts of the key, where the strategy and `when` do not decide; the update then waits for no votes and no moves of groups
   * @throws whatever a handler throws, and FsmError for what the storage could not do
   */
  handle(
    update: RawUpdate,
    bot: BotPort,
    rest?: (turn: Turn<object, All>) => Awaitable<unknown>,
    ctx?: unknown,
    scope?: Scope,
  ): Promise<void>;
}
