/** Shared by the turns of a machine: its options, resolved once, and its live parts. */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { BotCommand, EngineFactory } from '../conversation/behavior.ts';
import type { ApiCall, OutgoingMessage, Sent } from '../conversation/outgoing.ts';
import type { Stream } from '../conversation/stream.ts';
import type { SessionTurn, Turn } from '../conversation/turn.ts';
import type { Interruption, Lease, Leases } from '../lease/lease.ts';
import type { LocalQueues } from '../lease/queue.ts';
import type { Reentry } from '../lease/reentry.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { TurnId } from '../record/ids.ts';
import type { LogEntry } from '../record/log.ts';
import type { RecentIds } from '../record/recent.ts';
import type { ContextHost, SceneVerbs } from '../state/context.ts';
import type { Registry } from '../state/registry.ts';
import type { CopyRules, WorkingCopy } from '../state/working-copy.ts';
import type { StoredText } from '../storage/statements.ts';
import type { Asker } from '../update/elsewhere.ts';
import type { UserInput } from '../update/input.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { Subject } from '../update/subject.ts';
import type { EarlyUpdates } from './early.ts';
import type { CallbackAnswer, Effects } from './effects.ts';
import type { Observers, WatchedEvents } from './events.ts';
import type { ConversationAddress, TurnFacts } from './facts.ts';
import type { Interrupts } from './interrupts.ts';
import type { Settings } from './settings.ts';
import type { Stopping } from './stopping.ts';

/** The handler of an update that no scene handles. */
export type Rest = ((turn: Turn) => Awaitable<unknown>) | undefined;

/** Runs scenes; a scene brings it. */
export interface Engine {
  /** The verbs of `ctx.state` for scenes. */
  readonly sceneVerbs: SceneVerbs;
  /** The session of the turn's conversation, which handlers change in place. */
  sessionOf(turn: OpenTurn): object;
  /** Reads what the user sent. */
  inputOf(update: RawUpdate, username: string | undefined): UserInput | undefined;
  /** Offers an update to scenes; what none of them takes goes to `rest`. */
  dispatch(turn: OpenTurn, rest: Rest): Awaitable<unknown>;
  /** Notifies scenes of what has happened to their frames, and finds the question to ask. */
  runHooks(turn: OpenTurn): Promise<void>;
  /** Whether the user has the question before them that is to be asked again, and it may wait until the update is handled. */
  isSeen(turn: OpenTurn): boolean;
  /** Gives an answer to the active scene; `false` if that state is not pending. */
  answer(turn: OpenTurn, state: string, value: unknown): Promise<boolean>;
  /** Fires a timer of the active scene, and returns whether there is one. */
  passTimer(turn: OpenTurn, timer: string): Promise<boolean>;
  /** Sends a message of a handler. It also removes a reply keyboard whose question is over. */
  reply(turn: OpenTurn, say: OutgoingMessage): Promise<Sent>;
  /** Adds to the recent messages. */
  noteLog(turn: OpenTurn, role: LogEntry['role'], text: string): void;
  /** The conversation that has asked somebody who answers by this update in another chat, and its tag. */
  askerOf(update: RawUpdate, subject: Subject): Asker | undefined;
  /** The commands of all scenes of a machine, as `setMyCommands` takes them. */
  botCommands(registry: Registry): readonly BotCommand[];
  /** Discards messages that the active scene has collected to answer them together, as a part of the turn. */
  forgetBurst(turn: OpenTurn, timer: string): void;
}

/** The engine that a scene brings, as the kernel sees it. */
export interface EngineOf extends EngineFactory {
  (rt: Runtime): Engine;
}

/** Makes the engine of a machine. */
export function engineOf(factory: EngineFactory, rt: Runtime): Engine {
  return (factory as EngineOf)(rt);
}

/** A turn as the kernel and its engine see it: what handlers get, the working copy, and the effects. */
export interface OpenTurn extends SessionTurn<object>, ContextHost {
  readonly rt: Runtime;
  readonly facts: TurnFacts;
  /** Absent where the update has no conversation. */
  readonly lease: Lease | undefined;
  /** Everything about the conversation that this turn may change. */
  readonly copy: WorkingCopy;
  /** Everything that this turn will send and notify. */
  readonly effects: Effects;
  /** The same; `undefined` while nothing was added, as in most turns. */
  readonly used: Effects | undefined;
  /** The framework's context. */
  readonly ctx: unknown;
  /** The input of the user, as scenes get it; `undefined` without scenes. */
  readonly input: UserInput | undefined;
  /** Identifies this conversation, and by two letters this machine of the bot; short, for buttons. */
  readonly tag: string;
  /** `over` rejects reads as well as changes; what a failed turn left may be read. */
  phase: 'open' | 'over' | 'failed';
  /** Whether its update was sent before the pending question was asked. */
  isEarly: boolean;
  /** The fence of the turn of another process that this turn has waited for first. */
  behind: number | undefined;
  /** The stored record, as this turn has read or written it last. */
  stored: StoredText | undefined;
  /** The commits that `ctx.state.commit()` has begun; the first failure fails all later ones. */
  writing: Promise<void> | undefined;
  /** The statement that writes the record now; the next one waits for it, since it spends the fence. */
  sending: Promise<void> | undefined;
  /** How many loops run hooks or questions of scenes now: a commit within one of them cannot wait for it. */
  hooks: number;
  /** Ends the turn before its handlers have ended; absent where nothing may. */
  interruption: Interruption | undefined;
  /** Each call of the turn is first passed to this function, which returns the payload to send. */
  intercept: ((method: string, payload: object) => object) | undefined;
  /** Sends a message now, to where the conversation lives; of a stream that is interrupted what there is. */
  send(say: OutgoingMessage | Stream): Promise<Sent>;
  /** Sends what a scene or telefsm itself says; an empty text is nothing. */
  sendOwn(say: OutgoingMessage | Stream): Awaitable<unknown>;
  /** Answers the callback query, unless a handler has done so. */
  answerCallback(answer: CallbackAnswer): Awaitable<unknown>;
  /** Makes the services of this turn, once. */
  loadServices(): Promise<void>;
}

/** A turn whose conversation has been read. */
export interface Opened {
  readonly turn: OpenTurn;
  /** Handled before. */
  readonly isDuplicate: boolean;
  /** Handled before, and no question is pending: nothing is to be done. */
  readonly isOver: boolean;
  /** Whether the conversation can be worked on as it was read. */
  readonly isCurrent: boolean;
  /** How long the turn has waited, in ms: what passed meanwhile is after it. */
  readonly waited: number;
  /** Why the stored value is not a record. */
  readonly unreadable: string | undefined;
}

/** A limit of Telegram (429): for a while, it takes no message of a conversation to its own chat, or to other chats. */
export interface Limit {
  /** Of the conversation. */
  readonly key: string;
  /** When it is over, by the monotonic clock. */
  readonly until: number;
  /** Resolves when it is over and what it kept back was sent, or another limit has begun. */
  readonly over: Promise<void>;
  /** The messages that are sent then, in their order. A question is not among them: it is pending in the record. */
  readonly postponed: Postponed[];
  /** The rejection of Telegram. */
  readonly error: unknown;
}

/** A message that waits, with its address, which may be of one update alone. */
export interface Postponed {
  readonly call: ApiCall;
  readonly isQuiet: boolean;
}

/** The runtime that all turns of a machine share. */
export interface Runtime {
  readonly options: Settings;
  readonly clock: Clock;
  readonly storage: FsmStorage;
  readonly registry: Registry;
  /** Absent while the machine has no scene. */
  readonly engine: Engine | undefined;
  readonly leases: Leases;
  readonly queues: LocalQueues;
  readonly reentry: Reentry;
  readonly recent: RecentIds;
  /** Absent unless updates may interrupt others. */
  readonly interrupts: Interrupts | undefined;
  readonly early: EarlyUpdates;
  /** Whether votes may be for another conversation: one of the scenes may take votes, or the option says so. */
  readonly followsPolls: boolean;
  readonly stopping: Stopping;
  /** Limits by conversation and whether they are of other chats; those that are over may still be there. */
  readonly limits: Map<string, Limit>;
  /** Does work in a turn without an update, once this one has ended. */
  readonly later: (
    address: ConversationAddress,
    id: TurnId,
    work: (turn: OpenTurn) => void,
  ) => Promise<unknown>;
  /** The events that somebody observes. */
  readonly watched: { has(event: string): boolean };
  /** Notifies the observers of an event. */
  readonly notify: Observers<WatchedEvents>['notify'];
  /** Reports a message that could not be sent where no handler waits for it. */
  sendFailed(key: string | undefined, error: unknown): void;
  /** Reports an input whose result cannot be stored: observers are notified, else the console prints it. */
  inputRejected(key: string | undefined, current: string | null, error: unknown): void;
  readonly rules: CopyRules;
  /** Called with each turn that has a framework's context, before any code of the bot runs. */
  readonly opened: ((turn: Turn, ctx: unknown) => void) | undefined;
}
