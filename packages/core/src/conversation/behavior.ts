/**
 * What the engine asks of a scene. Nodes, flows, command trees and the frameworks' own scenes are all made of this one
 * contract; it is public so that others can build theirs.
 */

import type { JsonObject } from '../base/json.ts';
import { oneOf, type Rule } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { ParsedCommand } from '../update/command.ts';
import type { UserInput } from '../update/input.ts';
import type { InterruptRule } from '../update/interrupt.ts';
import type { ApiCall, Say, Sent } from './say.ts';
import type { AnyScene } from './scene.ts';
import type { State } from './states.ts';
import type { Stream } from './stream.ts';
import type { Texts } from './texts.ts';
import type { LeaveReason, SessionTurn, Turn } from './turn.ts';

/** Speaks after the commit: what it returns is said, or it speaks by itself. */
export type Speech = () => Awaitable<Say | Stream | Sent | undefined | void>;

/** What a bot's command does while a scene is active; see `FlowOptions.otherCommands`. */
export type CommandPolicy = 'pass' | 'passAndAsk' | 'answer' | 'block';

/** Takes a {@link CommandPolicy}. */
export const commandPolicies: Rule = oneOf('pass', 'passAndAsk', 'answer', 'block');

/** One run of a scene's code, on one frame of one conversation. */
export interface SceneRun {
  /** The turn; its services are there already. */
  readonly turn: SessionTurn<object>;
  /** The framework's context; `undefined` outside an update. */
  readonly ctx: unknown;
  /** What the user sent; `undefined` outside an update, and for updates that are no input. */
  readonly input: UserInput | undefined;
  /** The command, if the input is one that is meant for this bot. */
  readonly command: ParsedCommand | undefined;
  /** What stood behind this scene's own trigger; `undefined` for other commands, also for the deep link of another scene. */
  readonly trigger: string | undefined;
  /** Id of the scene that the command starts, if it is a trigger of one; starting it takes this scene's place. */
  readonly starts: string | undefined;
  /** State of this frame. */
  readonly state: string | null;
  /** Data of this frame, frozen. */
  readonly data: JsonObject;
  /** What the scene keeps for itself beside the data, frozen. */
  readonly memo: JsonObject;
  /** Number of this visit: another one at each entry, never used twice in a conversation. */
  readonly visit: number;
  /** Whether the user sent the input before the pending question was asked; then it may be no answer to it. */
  readonly early: boolean;
  /** Short text that tells this conversation from others; for buttons. */
  readonly tag: string;
  /** What the machine says and does where the scene itself does not choose. */
  readonly defaults: SceneDefaults;
  /** Changes this frame. */
  keep(change: {
    readonly state?: string | null;
    readonly data?: object;
    readonly memo?: object;
  }): void;
  /** Asks: {@link SceneBehavior.ask} is called before the commit, with these parameters. */
  ask(params?: object): void;
  /** Takes this frame off. */
  leave(reason: LeaveReason, result?: unknown): void;
  /** Says something after the commit, in the order of the calls, before the question. */
  say(say: Say | Stream | Sent): void;
  /**
   * Calls the Bot API after the commit, in the order of what is said. For what changes or answers something that is there already: a failure
   * is reported to observers only.
   */
  call(call: ApiCall): void;
  /** Reports to observers that something could not be sent. */
  report(error: unknown): void;
  /** Reports to observers that the bot's code has made of the input what is no answer (`inputRefused`). */
  refused(error: unknown): void;
  /** Answers the callback query of this update after the commit; the last call wins. */
  answer(text?: string, alert?: boolean): void;
  /**
   * Runs a hook of a leaving: if it throws, what the hook changed is undone and the leaving stands; its error is thrown after the commit.
   *
   * @returns whether it did not throw
   */
  attempt(hook: () => unknown): Promise<boolean>;
  /** Sets or removes a timer of this frame, in ms; {@link SceneBehavior.timeout} hears of it. */
  arm(timer: string, after: number | null): void;
  /** Ms until a timer of this frame passes. */
  timer(name: string): number | undefined;
}

/** Choices of a machine that hold for every scene which makes none of its own. */
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
 * The timer after which collected messages are answered. They stand in the member `burst` of the scene's memo, and an update that interrupts
 * their turn removes them.
 */
export const burstTimer = 'burst';

/** Timers after which collected messages are answered, and the members of the scene's memo in which the messages are. */
export const collections: { readonly [timer: string]: readonly string[] } = {
  [burstTimer]: ['burst'],
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
  /** Makes start data from what stood behind the command, which may be nothing; `null` does not start the scene. */
  from?(argument: string, turn: Turn<object>): Awaitable<object | null | undefined>;
}

/** Runs scenes of every kind; made by telefsm alone, and opaque. */
export interface EngineFactory {
  readonly '~engine': true;
}

/** How a scene behaves. Everything but `leave` acts on the active frame. */
export interface SceneBehavior {
  /** What runs it: `sceneEngine`. */
  readonly engine: EngineFactory;
  /** Ids under which older deploys stored this scene. */
  readonly was: readonly string[];
  /** Every state that a frame of this scene can be in. */
  readonly states: readonly State[];
  /** Whether bots may `set` its states from inside; flows and nodes decide themselves. */
  readonly settable: boolean;
  readonly trigger?: Trigger;
  /** Whether it needs deadlines. */
  readonly timed: boolean;
  /** Whether it needs services. */
  readonly served: boolean;
  /** State of a new frame. */
  first(data: JsonObject): string | null;
  /** Checks and converts start data, or data read back. */
  check?(data: JsonObject, state: string | null): Awaitable<JsonObject>;
  /** Runs inside the unit when it has been entered: may speak, change data, move on. */
  enter?(run: SceneRun, params: object): Awaitable<void>;
  /**
   * Looks after the message that its scenes edit in place: called before a commit, whichever scene is active then. `run` is that of the
   * active frame. The same function for all scenes of its kind.
   *
   * @param isFresh - the active scene was entered to be shown in a new message
   */
  screen?(run: SceneRun, isFresh?: boolean): Awaitable<void>;
  /** Finds what to ask, before the commit; what it returns speaks after the commit. */
  ask?(run: SceneRun, params: object): Awaitable<Speech | undefined>;
  /** A message of `ask` has been sent: what to keep in the memo. */
  asked?(memo: JsonObject, sent: Sent): object;
  /**
   * Whether this input, the first of a user who has no scene, is taken at once where the scene is `initial`; otherwise it only opens the
   * conversation, and the scene's question is asked.
   */
  opens?(input: UserInput): boolean;
  /** Commands for `setMyCommands` beside that of the trigger. */
  botCommands?(): readonly BotCommand[];
  /** Takes one of its own commands (cancel, back, skip, its trigger); `false` if it is none. */
  command?(run: SceneRun, command: ParsedCommand): Awaitable<boolean>;
  /** What it says in place of the machine's texts; `failed` is said by the engine. */
  readonly texts?: Texts | undefined;
  /** What other commands of the bot do while it is active; the machine's default otherwise. `block` is for `command` to do. */
  readonly otherCommands?: CommandPolicy;
  /** Whether an error of its code is left to the bot alone; otherwise the user is told that something failed. */
  readonly quiet?: boolean;
  /** Takes the update, or passes it on by `next`. */
  handle(run: SceneRun, next: () => Promise<void>): Awaitable<void>;
  /** A scene that it called has left with this result. */
  resume?(run: SceneRun, result: unknown, of: string): Awaitable<void>;
  /**
   * It has been left; `run` shows the frame as it was. Returns a truer reason for observers, if it knows one. What it throws does not
   * undo the leaving, except by a time-out, which is tried again.
   */
  leave?(run: SceneRun, reason: LeaveReason): Awaitable<LeaveReason | undefined | void>;
  /** A timer has passed. */
  timeout?(run: SceneRun, timer: string): Awaitable<void>;
  /** Takes an answer that comes from outside an update; `false` if the state is not pending. */
  answer?(run: SceneRun, state: string, value: unknown): Awaitable<boolean>;
  /**
   * What ends a turn before its handlers have ended, by the id of the state in which it does. The turn's `signal` is aborted, what it has
   * changed is rolled back, and the input is handled next.
   */
  readonly interrupts?: ReadonlyMap<string, InterruptRule>;
  /** Whether `handle` gets presses on buttons that this scene has shown in another chat. */
  readonly answersElsewhere?: true;
  /** As JSON, for diagrams and checks; `defaults` are those of its machine. */
  describe?(defaults?: SceneDefaults): object;
}

/**
 * Reads which conversation a button is bound to: {@link SceneRun.tag}.
 *
 * Callback data of buttons that a scene binds to a visit begins with `~`, the tag and a dot; such a button is always answered, also when it
 * is stale or was shown to somebody else. Those of another machine of the bot go on to it.
 *
 * @returns `undefined` for a button of the bot's own
 */
export function boundTo(callbackData: string): string | undefined {
  return /^~([^.]*)\./.exec(callbackData)?.[1];
}

/** The behavior that a scene carries. */
export function behaviorOf(scene: AnyScene): SceneBehavior {
  return scene['~scene'] as unknown as SceneBehavior;
}
