/**
 * The contract between the engine and a scene. Nodes, flows, command trees and the frameworks' own scenes are all made of this one
 * contract; it is public so that others can build theirs.
 */

import type { JsonObject } from '../base/json.ts';
import { oneOf, type Rule } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { ParsedCommand } from '../update/command.ts';
import type { UserInput } from '../update/input.ts';
import type { InterruptRule } from '../update/interrupt.ts';
import type { ApiCall, OutgoingMessage, Sent } from './outgoing.ts';
import type { AnyScene } from './scene.ts';
import type { State } from './states.ts';
import type { Stream } from './stream.ts';
import type { Texts } from './texts.ts';
import type { LeaveReason, SessionTurn, Turn } from './turn.ts';

/** Sends messages after the commit: it returns a text, or sends by itself. */
export type MessageSource = () => Awaitable<OutgoingMessage | Stream | Sent | undefined | void>;

/** The effect of a bot's command while a scene is active; see `FlowOptions.otherCommands`. */
export type CommandPolicy = 'pass' | 'passAndAsk' | 'answer' | 'block';

/** Takes a {@link CommandPolicy}. */
export const commandPolicies: Rule = oneOf('pass', 'passAndAsk', 'answer', 'block');

/** One run of a scene's code, on one frame of one conversation. Call its methods on it: they are not bound. */
export interface SceneRun {
  /** The turn; its services are there already. */
  readonly turn: SessionTurn<object>;
  /** The framework's context; `undefined` outside an update. */
  readonly ctx: unknown;
  /** The input of the user; `undefined` outside an update, and for updates without input. */
  readonly input: UserInput | undefined;
  /** The command, if the input is one that is meant for this bot. */
  readonly command: ParsedCommand | undefined;
  /** The argument of this scene's own trigger; `undefined` for other commands, also for the deep link of another scene. */
  readonly trigger: string | undefined;
  /** Id of the scene that the command starts, if it is a trigger of one; starting it takes this scene's place. */
  readonly starts: string | undefined;
  /** State of this frame. */
  readonly state: string | null;
  /** Data of this frame, frozen. */
  readonly data: JsonObject;
  /** The scene's own data beside the data of the conversation, frozen. */
  readonly memo: JsonObject;
  /** Number of this entry: a new one for each entry, never used twice in a conversation. */
  readonly entry: number;
  /** Whether the user sent the input before the pending question was asked. Then it may not be an answer. */
  readonly early: boolean;
  /** Short text that identifies this conversation on buttons. */
  readonly tag: string;
  /** The texts and policies of the machine, for scenes that set none. */
  readonly defaults: SceneDefaults;
  /** Changes this frame. */
  keep(change: {
    readonly state?: string | null;
    readonly data?: object;
    readonly memo?: object;
  }): void;
  /** Asks: {@link SceneBehavior.ask} is called before the commit, with these parameters. */
  ask(params?: object): void;
  /** Removes this frame. */
  leave(reason: LeaveReason, result?: unknown): void;
  /** Sends a message after the commit, in the order of the calls, before the question. */
  say(say: OutgoingMessage | Stream | Sent): void;
  /**
   * Calls the Bot API after the commit, in the order of the messages. For calls that change or answer an existing message: a failure is
   * only reported to observers.
   */
  call(call: ApiCall): void;
  /** Reports to observers that a message could not be sent. */
  report(error: unknown): void;
  /** Reports to observers that the bot's code turned the input into an invalid answer (`inputRejected`). */
  rejected(error: unknown): void;
  /** Answers the callback query of this update after the commit; the last call wins. */
  answer(text?: string, alert?: boolean): void;
  /**
   * Runs a hook when the scene is left. If the hook throws, its changes are rolled back and the scene is left anyway. Its error is
   * thrown after the commit.
   *
   * @returns whether it did not throw
   */
  attempt(hook: () => unknown): Promise<boolean>;
  /** Sets or removes a timer of this frame, in ms; then {@link SceneBehavior.timeout} is called. */
  arm(timer: string, after: number | null): void;
  /** Ms until a timer of this frame passes. */
  timer(name: string): number | undefined;
}

/** Defaults of a machine for every scene that sets none. */
export interface SceneDefaults {
  readonly texts: Texts;
  readonly commands: OwnCommands;
  readonly otherCommands: CommandPolicy;
  /** The time-out of flows that set none, in ms. */
  readonly flowTimeout?: number | undefined;
  /** Messages of a user that a scene collects before it answers them; absent where each is answered by itself. */
  readonly burst?: { readonly quiet: number; readonly answer: 'all' | 'latest' } | undefined;
}

/**
 * The timer after which collected messages are answered. They are in the member `burst` of the scene's memo. An update that interrupts
 * their turn removes them.
 */
export const burstTimer = 'burst';

/** Timers after which collected messages are answered, and the members of the scene's memo in which the messages are. */
export const collections: { readonly [timer: string]: readonly string[] } = {
  burst: ['burst'],
  album: ['parts', 'numbers'],
};

/** Names of the commands that an active scene takes, without the slash; `false` switches one off. */
export interface OwnCommands {
  readonly cancel?: string | false;
  readonly back?: string | false;
  readonly skip?: string | false;
}

/** A command as `setMyCommands` takes it (Bot API, BotCommand). */
export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

/** How a scene is started by a command or a deep link. */
export interface Trigger {
  /** Command without the slash, in lower case. */
  readonly command?: string;
  /** Beginning of the payload of `/start`. */
  readonly deepLink?: string;
  /** For `setMyCommands`. */
  readonly description?: string;
  /** Whether a scene that waits below continues, instead of beginning again. */
  readonly continues?: boolean;
  /**
   * Makes start data from the text after the command, which may be empty; `null` does not start the scene. What cannot be kept of it
   * is reported to `rejected`.
   */
  from?(
    argument: string,
    turn: Turn<object>,
    rejected: (error: unknown) => void,
  ): Awaitable<object | null | undefined>;
}

/** Runs scenes of every kind; made by telefsm alone, and opaque. */
export interface EngineFactory {
  readonly '~engine': true;
}

/** How a scene behaves. Everything but `leave` acts on the active frame. */
export interface SceneBehavior {
  /** The engine that runs it: `sceneEngine`. */
  readonly engine: EngineFactory;
  /** Ids under which older deploys stored this scene. */
  readonly was?: readonly string[];
  /** Every state that a frame of this scene can be in. */
  readonly states: readonly State[];
  /** Whether bots may `set` its states from inside. Default: flows and nodes decide themselves. */
  readonly settable?: boolean;
  readonly trigger?: Trigger;
  /** Whether it needs deadlines. */
  readonly timed?: boolean;
  /** Whether it may take votes in polls, or their new states; only then does its machine follow polls, unless `fsm({ polls: true })` is set. */
  readonly votes?: boolean;
  /** State of a new frame. */
  first(data: JsonObject): string | null;
  /** Checks and converts start data, or data read back. */
  check?(data: JsonObject, state: string | null): Awaitable<JsonObject>;
  /** Runs inside the turn when it has been entered: may send messages, change data, move on. */
  enter?(run: SceneRun, params: object): Awaitable<void>;
  /**
   * Retires the message that its scenes edit in place. Called before a commit if the active scene edits none, and when a scene is entered
   * that is shown in a new message. `run` is that of the active frame. The same function for all scenes of its kind.
   */
  screen?(run: SceneRun): Awaitable<void>;
  /** Returns the question, before the commit. It is sent after the commit. */
  ask?(run: SceneRun, params: object): Awaitable<MessageSource | undefined>;
  /** Whether the user has its question before them, although it is to be asked again: then a message is an answer to it. */
  isSeen?(run: SceneRun): boolean;
  /** Called when a message of `ask` was sent; returns the new memo. */
  asked?(memo: JsonObject, sent: Sent): object;
  /**
   * Whether an `initial` scene handles this input, the first of a user without a scene. Otherwise the input only opens the conversation,
   * and the scene's question is asked.
   */
  opens?(input: UserInput): boolean;
  /**
   * Checks whether an `initial` scene rejects one of its own commands, for example because the user may not use it.
   *
   * @param frame - the position of this scene below the active one; `undefined` if it would begin anew
   * @returns the message that says why; then the active scene stays. `undefined` if the command is accepted
   */
  rejection?(
    turn: SessionTurn<object>,
    command: ParsedCommand,
    frame: { readonly state: string | null; readonly memo: JsonObject } | undefined,
  ): Awaitable<OutgoingMessage | undefined>;
  /** Commands for `setMyCommands` beside that of the trigger. */
  botCommands?(): readonly BotCommand[];
  /** Handles one of its own commands (cancel, back, skip, its trigger); `false` for any other. */
  command?(run: SceneRun, command: ParsedCommand): Awaitable<boolean>;
  /** Texts that replace the machine's texts. The engine sends `failed`. */
  readonly texts?: Texts | undefined;
  /** The effect of the bot's other commands while it is active; by default that of the machine. `command` implements `block`. */
  readonly otherCommands?: CommandPolicy;
  /** Whether only the bot gets an error of its code. Otherwise the user also reads the text `failed`. */
  readonly quiet?: boolean;
  /** Handles the update, or passes it on with `next`. */
  handle(run: SceneRun, next: () => Promise<void>): Awaitable<void>;
  /** A scene that it called has left with this result. */
  resume?(run: SceneRun, result: unknown, of: string): Awaitable<void>;
  /**
   * Called when it was left; `run` shows the frame as it was. May return a more precise reason for observers. If it throws, the scene is
   * left anyway, except after a timeout, which is tried again.
   */
  leave?(run: SceneRun, reason: LeaveReason): Awaitable<LeaveReason | undefined | void>;
  /** A timer has passed. */
  timeout?(run: SceneRun, timer: string): Awaitable<void>;
  /** Handles an answer from outside an update; `false` if the state is not pending. */
  answer?(run: SceneRun, state: string, value: unknown): Awaitable<boolean>;
  /**
   * The input that ends a turn before its handlers have ended, by the id of the state. The turn's `signal` is aborted, what it has
   * changed is rolled back, and the input is handled next.
   */
  readonly interrupts?: ReadonlyMap<string, InterruptRule>;
  /** Whether `handle` gets presses on buttons that this scene has shown in another chat. */
  readonly answersElsewhere?: true;
  /** The view of its frames, which tools render. */
  readonly view?: unknown;
  /** As JSON, for diagrams and checks. */
  describe?(): object;
  /** The flow that it runs, which tools describe in place of `describe`. */
  readonly flow?: unknown;
}

/** The behavior that a scene carries. */
export function behaviorOf(scene: AnyScene): SceneBehavior {
  return scene['~scene'] as unknown as SceneBehavior;
}
