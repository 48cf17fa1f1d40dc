/** The types of a machine: conversations from outside, events, its description. */

import type { Awaitable, DeepReadonly } from '../base/type-tools.ts';
import type { BotCommand, OwnCommands } from '../conversation/behavior.ts';
import type { HistoryEntry } from '../conversation/context.ts';
import type { AnyState } from '../conversation/states.ts';
import type { LeaveReason, Turn } from '../conversation/turn.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { LogEntry } from '../record/log.ts';
import type { StoredConversation } from '../storage/statements.ts';
import type { UnknownState } from '../transaction/evolve.ts';
import type { Cause } from '../transaction/facts.ts';
import type { Runtime, TurnEnded } from '../transaction/runtime.ts';
import type { Address } from '../update/address.ts';
import type { UnmatchedPayment } from '../update/invoice.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { Subject } from '../update/subject.ts';

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

/** A scene that ended by a `Committed` change. */
export interface SceneLeft {
  readonly scene: string;
  /** Where it was left. */
  readonly state: string | null;
  /** The reason that its hooks got. For `cleared` no hook ran: neither `clear()` nor a repair runs hooks. */
  readonly reason: LeaveReason | 'cleared';
}

/** One side of a `Committed` change. */
export interface CommittedState {
  /** Id of the state, or `null`. */
  readonly current: string | null;
  readonly scene: string | null;
  readonly data: object;
}

/** The events of a machine, by name. */
export interface MachineEvents {
  /**
   * A turn has ended, well or badly: for metrics and traces. Listeners run in the async context of the turn's caller.
   *
   * A skipped update is not a turn: a duplicate, or an update that the waiting policy drops.
   */
  readonly turn: TurnEnded;
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
  /** A stored conversation with an unknown state was repaired. */
  readonly repaired: { readonly key: string; readonly stored: string; readonly reason: string };
  /** The storage failed without a loss: at a release, a renewal, a subscription or a sweep. */
  readonly storageFailed: { readonly operation: string; readonly error: unknown };
  /**
   * A payment arrived for an invoice that no pending question has sent, so it is not an answer.
   *
   * The update continues to the bot's middleware. It is reported again if the update is redelivered; compare the charge id.
   */
  readonly paymentUnmatched: {
    readonly key: string;
    readonly subject: Subject;
    /** The payer: `user_id` of `refundStarPayment`. */
    readonly user: number | undefined;
    readonly payment: UnmatchedPayment;
  };
  /**
   * The result of an input cannot be stored. The record would be too large (`RECORD_TOO_LARGE`), the value is not JSON
   * (`DATA_NOT_JSON`), or `validate` returned no answer, such as `NaN` (`INVALID_OPTION`). Nothing was committed, and the user read a
   * text.
   */
  readonly inputRefused: { readonly key: string; readonly error: unknown };
  /**
   * A message could not be sent, and no handler waits for it: a prompt that Telegram rejects, an edit of an old message, the answer to a
   * callback query.
   */
  readonly speechFailed: { readonly key: string; readonly error: unknown };
}

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
  /** Answers the pending step as if the user had; `false` if that step is not pending. */
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
   * Reads what was last committed; it may be old when it arrives.
   *
   * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`, `RECORD_UNREADABLE`
   */
  peek(): Promise<Snapshot | undefined>;
}

/** A bot as a machine needs it; the adapters make one of both frameworks' bots. */
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
  /** Its parts, for `lookAt` of `@telefsm/core/tools`; opaque. */
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
export interface FedMachine<out All extends AnyState = AnyState> extends Machine<All> {
  /**
   * Handles one update as one turn.
   *
   * @param bot - calls the Bot API for this update
   * @param rest - handles the update if no scene does
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
