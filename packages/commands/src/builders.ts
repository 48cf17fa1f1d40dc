/** States and commands as an author defines them; types of options and flags accumulate along the chain. */

import { type Awaitable, type Complaint, FsmError, type Schema } from '@telefsm/core';
import type { Storable } from '@telefsm/core/scene-kit';
import { addCommand, addFlag, addOption, addState, type LooseOptionConfig } from './definition.ts';
import { CommandError, describeFound } from './errors.ts';
import { type CommandNode, nameOf, type StateNode, type TreeNode } from './nodes.ts';
import type {
  ActionTurn,
  AnyCommand,
  AnyTreeState,
  CommandTurn,
  GlobalTurn,
  OptionTurn,
  Say,
  TargetState,
} from './turn.ts';

declare const unset: unique symbol;
type Unset = typeof unset;

/** How one option is read. A mandatory option has neither `default` nor `prompt`. */
export interface OptionConfig<Flags extends object, Services, Default, Checked, Value> {
  /** Other keys for it. */
  readonly alias?: readonly string[];
  /** Its value when it is not given, or a function that makes it; each input gets a fresh one. */
  readonly default?: Default | ((turn: OptionTurn<Flags, Services>) => Awaitable<Default>);
  /** Converts and checks: any Standard Schema. Runs on defaults too. */
  readonly schema?: Checked;
  /** Converts and checks by hand, rejecting by a throw, in place of `schema`. Runs on defaults too. */
  readonly set?: (
    value: string | Exclude<NoInfer<Default>, Unset>,
    turn: OptionTurn<Flags, Services>,
  ) => Awaitable<Value>;
  /** Asked for when it is missing, instead of failing; the next line is the answer. */
  readonly prompt?: string | ((turn: OptionTurn<Flags, Services>) => Awaitable<string>);
  /** For /help. */
  readonly description?: string;
}

type NewOption<Name extends string, Options> = Name extends keyof Options
  ? Complaint<`This command already has an option '${Name}'.`>
  : unknown;
type NewFlag<Name extends string, Flags> = Name extends keyof Flags
  ? Complaint<`This state already has a flag '${Name}'.`>
  : unknown;
/** Rejects, with a sentence, a flag that cannot be stored. */
type Stored<Value> = [Value] extends [Storable<Value>]
  ? unknown
  : Complaint<'Flags are stored as JSON: store a Date as text or number, a Map or Set as an object or array, and no functions.'>;
type OptionValue<Default, Checked, Value> = [Value] extends [Unset]
  ? Checked extends Schema<unknown, infer Output>
    ? Output
    : [Default] extends [Unset]
      ? string
      : string | Default
  : Value;

/** One command. `option` is chained, so that types accumulate; the rest may be statements. */
export interface Command<
  Flags extends object,
  Options extends object,
  Services,
  HasDefault extends boolean = false,
> extends AnyCommand {
  /**
   * Adds an option; a word without `key=` goes to the first option that was not given by key.
   *
   * @throws CommandError `DUPLICATE_OPTION`, `INVALID_OPTION_NAME`, `INVALID_SETTER`, `NON_DEFAULT_OPTION_FOLLOWS_DEFAULT`
   */
  option<const Name extends string>(
    name: Name &
      NewOption<Name, Options> &
      (HasDefault extends true
        ? Complaint<'An option after one with a default needs a default or a prompt too.'>
        : unknown),
  ): Command<Flags, Options & { readonly [K in Name]: string }, Services, HasDefault>;
  option<
    const Name extends string,
    Default = Unset,
    Checked extends Schema<unknown, unknown> | undefined = undefined,
    Value = Unset,
  >(
    name: Name & NewOption<Name, Options>,
    config: OptionConfig<Flags, Services, Default, Checked, Value> &
      (HasDefault extends true
        ? { readonly default: unknown } | { readonly prompt: unknown }
        : unknown),
  ): Command<
    Flags,
    Options & { readonly [K in Name]: OptionValue<Default, Checked, Value> },
    Services,
    [Default] extends [Unset] ? HasDefault : true
  >;
  /** Decides whether the command may run. If not, only the messages of the condition are sent. */
  condition(test: (turn: CommandTurn<Flags, Services>) => Awaitable<boolean>): this;
  /** The action of the command, which returns the next state. */
  action(run: (turn: ActionTurn<Flags, Options, Services>) => Awaitable<TargetState>): this;
  /** Handles an error of the action. Flags are as they were before it; messages that it sent stay sent. */
  catch(
    handle: (error: unknown, turn: ActionTurn<Flags, Options, Services>) => Awaitable<TargetState>,
  ): this;
  /** For /help and `setMyCommands`. */
  describe(text: string): this;
  /**
   * Adds a state below this command; flags of the parents are seen there.
   *
   * @throws CommandError `DUPLICATE_STATE`, `INVALID_STATE_NAME`
   */
  state(name: string): TreeState<Flags, Services>;
  /** Declares further states that its action may lead to. */
  leadsTo(...states: readonly AnyTreeState[]): this;
}

/** A global command: works in every state; no options, no condition, no states. All words are `rest`. */
export interface GlobalCommand<Services> extends AnyCommand {
  action(run: (turn: GlobalTurn<Services>) => Awaitable<TargetState>): this;
  catch(handle: (error: unknown, turn: GlobalTurn<Services>) => Awaitable<TargetState>): this;
  describe(text: string): this;
}

/** A state, with its commands and flags. */
export interface TreeState<Flags extends object, Services> extends AnyTreeState {
  /**
   * Adds a flag: a value that lives as long as the user is in this state or below it. The root's flags stay forever.
   *
   * @param initial - JSON, or a function that makes it once for each user
   * @param onChange - called and awaited when a command gives it another value
   * @throws CommandError `DUPLICATE_FLAG`, `INVALID_FLAG_NAME`
   * @throws FsmError `DATA_NOT_JSON` for a value that cannot be stored
   */
  flag<const Name extends string, Value>(
    // a wrong value is an error at the name, since a parameter that is more than `Value` would keep `0` from being a number
    name: Name & NewFlag<Name, Flags> & Stored<Value>,
    initial: Value | (() => Value),
    onChange?: (
      value: Value,
      before: Value,
      turn: { readonly say: Say; readonly services: Services },
    ) => Awaitable<void>,
  ): TreeState<Flags & { readonly [K in Name]: Value }, Services>;
  /**
   * Adds a command that works in this state only.
   *
   * @throws CommandError `DUPLICATE_COMMAND`, `INVALID_COMMAND_NAME`
   */
  command(name: string, ...aliases: readonly string[]): Command<Flags, {}, Services>;
  /** Finds the command for input that none matches; that command's options are read from the whole line. */
  default(
    find: (input: string, turn: CommandTurn<Flags, Services>) => Awaitable<AnyCommand | undefined>,
  ): this;
}

type Handler = (...parameters: readonly never[]) => unknown;

/** Makes the public object of a state. */
export function buildState(tree: TreeNode, node: StateNode): AnyTreeState {
  const handle = {
    '~tree-state': node,
    flag(name: string, initial: unknown, onChange?: Handler) {
      addFlag(node, { name, initial, onChange: onChange as never });
      return handle;
    },
    command: (...names: readonly string[]) => buildCommand(tree, node, names),
    default(find: Handler) {
      once(node.id, 'default finder', node.find);
      mustRun(`${node.id} default`, find);
      node.find = find as never;
      return handle;
    },
  };
  return handle;
}

/** Makes the public object of a command; without a state it is a global one. */
export function buildCommand(
  tree: TreeNode,
  state: StateNode | undefined,
  names: readonly string[],
): AnyCommand {
  const handle = {
    condition(test: Handler) {
      forStates(node, 'condition');
      return define('condition', test);
    },
    action: (run: Handler) => define('action', run),
    catch: (run: Handler) => define('failure', run),
    describe(text: string) {
      once(nameOf(node), 'description', node.description);
      node.description = text;
      return handle;
    },
    option(name: string, config: LooseOptionConfig = {}) {
      forStates(node, 'option');
      addOption(node, name, config);
      return handle;
    },
    state(name: string) {
      forStates(node, 'state');
      return buildState(tree, addState(node, name));
    },
    leadsTo(...targets: readonly AnyTreeState[]) {
      for (const target of targets) node.edges.add(stateOf(node, target));
      return handle;
    },
  };
  const node = addCommand(tree, state, names, handle);
  function define(what: 'condition' | 'action' | 'failure', run: Handler) {
    const member = what === 'failure' ? 'catch' : what;
    once(nameOf(node), member, node[what]);
    mustRun(`${nameOf(node)} ${member}`, run);
    node[what] = run as never;
    return handle;
  }
  return Object.assign(handle, { '~command': node });
}

function stateOf(command: CommandNode, target: unknown): StateNode {
  const node = (target as Partial<AnyTreeState> | undefined)?.['~tree-state'];
  const own = node && command.tree.states.get(node.id);
  if (own && own === node) return own;
  throw new CommandError('INVALID_RETURN_STATE', {
    command: nameOf(command),
    found: node ? `the state "${node.id}" of another tree` : describeFound(target),
  });
}

function once(where: string, what: string, before: unknown): void {
  if (before !== undefined) throw new CommandError('ALREADY_DEFINED', { where, what });
}

/** Rejects a value that is not a function: it would fail, or do nothing, when a user sends the command. */
function mustRun(option: string, run: unknown): void {
  if (typeof run === 'function') return;
  throw new FsmError('INVALID_OPTION', {
    option,
    expected: 'a function',
    found: describeFound(run),
  });
}

function forStates(command: CommandNode, member: string): void {
  if (command.state) return;
  throw new CommandError('NOT_FOR_GLOBAL_COMMAND', { command: nameOf(command), member });
}
