/** The turns of a command's functions, while one input is handled. */

import type { Awaitable, Complaint } from '@telefsm/core';
import type { Simplify } from '@telefsm/core/scene-kit';
import type { AnyCommandError } from './errors.ts';

/**
 * Says something to the user.
 *
 * The template and its values go through the tree's `format` (by default `%s`, `%d`, `%j`, as in printf); everything said during one
 * input becomes one text by the tree's `join`. What is said after the input has ended, or after a time-out, is dropped.
 */
export type Say = (template: string, ...values: readonly unknown[]) => void;

/** The turn of conditions, defaults, setters, prompts and finders. */
export interface CommandTurn<Flags extends object, Services> {
  /** Flags of the current state and its parents, as they are at the moment of reading. */
  readonly flags: Readonly<Flags>;
  readonly say: Say;
  /** The services from `fsm({ services })` or `chat(id, { services })`. */
  readonly services: Services;
  /** Aborted by the time-out, and when the conversation is lost or the machine stops. */
  readonly signal: AbortSignal;
}

/** The turn of an option's functions: a {@link CommandTurn} with the option's name. */
export interface OptionTurn<Flags extends object, Services> extends CommandTurn<Flags, Services> {
  /** Name of the option, also if an alias was given. */
  readonly key: string;
}

/** The turn of an action and of its `catch`. */
export interface ActionTurn<Flags extends object, Options extends object, Services>
  extends CommandTurn<Flags, Services> {
  /** Values of the options. */
  readonly options: Simplify<Options>;
  /** Surplus words. */
  readonly rest: readonly string[];
  /** Where the user is, with its parents. */
  readonly state: RuntimeState;
  /**
   * Changes a flag and calls its hook; committed only if the command succeeds.
   *
   * @throws CommandError `FLAG_NOT_DEFINED`
   */
  setFlag<Name extends FlagName<Flags>>(name: Name, value: Flags[Name & keyof Flags]): void;
  /**
   * Ends the tree, when it is returned: as a scene it is left, and a flow or node that called it continues with the result. Headless, the
   * user is at the root again and every flag is as at first.
   */
  leave(result?: string): LeaveTree;
}

/** The names of flags that a command can change, or a sentence of the compiler if there are none. */
type FlagName<Flags extends object> = [keyof Flags] extends [never]
  ? string &
      Complaint<'No flag is declared for this command: call state.flag(name, initial) and define the command on what it returns.'>
  : keyof Flags & string;

/** The value of `turn.leave()`, which the action returns. */
export interface LeaveTree {
  readonly '~leave': string;
}

/** The turn of a global command's action: it has no options and no flags of its own. */
export type GlobalTurn<Services> = Omit<ActionTurn<{}, {}, Services>, 'options' | 'setFlag'>;

/** A state as a turn shows it. */
export interface RuntimeState {
  readonly id: string;
  /** `undefined` at the root. */
  readonly parent: RuntimeState | undefined;
}

/**
 * Where a command leads: a state of the command, the current state or one of its parents, or the root.
 *
 * Nothing means the root, so `return state.parent` at the root stays there.
 */
export type TargetState = AnyTreeState | RuntimeState | LeaveTree | undefined | void;

/** Any state of any tree. */
export interface AnyTreeState {
  readonly '~tree-state': { readonly id: string };
}

/** Any command of any tree. */
export interface AnyCommand {
  readonly '~command': { readonly names: readonly string[] };
}

/** Commands that a user may use: their objects, their names, or a predicate. Anything else is an unknown command for the user. */
export type Allowed = readonly (AnyCommand | string)[] | ((command: AnyCommand) => boolean);

/** The author of an input: chat and user in a bot, an id without one. */
export interface Who {
  readonly chat?: number;
  readonly user?: number;
  readonly id?: string;
}

/** Decides for each user what is allowed. */
export type Permissions = (who: Who) => Awaitable<Allowed>;

/** Words for a mistake of the user's in a bot; `undefined` for the error's own message. */
export type Explain = (
  error: AnyCommandError,
  turn: { readonly services: unknown },
) => string | undefined;
