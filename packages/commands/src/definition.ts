/** What a tree consists of at run time, and the rules that its definition must keep. */

import type { Awaitable, Clock, Schema, State } from '@telefsm/core';
import { CommandError, describeFound } from './errors.ts';
import { fold, isName } from './names.ts';
import { copyValue, freezeJson } from './values.ts';

/** A tree with everything that was defined on it. */
export interface TreeNode {
  readonly id: string;
  readonly description: string | undefined;
  readonly nonExactMatch: boolean;
  /** Whether it answers /help itself. */
  readonly help: boolean;
  readonly clock: Clock;
  /** Ms; 0 for no limit. */
  readonly actionTimeout: number;
  /** Ms; 0 for no limit. */
  readonly optionTimeout: number;
  readonly format: (template: string, ...values: readonly unknown[]) => string;
  readonly join: (...messages: readonly string[]) => string;
  readonly root: StateNode;
  /** Global commands by the folded form of each name. */
  readonly globals: Map<string, CommandNode>;
  /** Every state, in the order of definition. */
  readonly states: Map<string, StateNode>;
  /** The same as core knows them. */
  readonly members: readonly State[];
  /** Every command by id, in the order of definition. */
  readonly commands: Map<string, CommandNode>;
}

/** One state: a slot of its public object, and of the runtime states that actions see. */
export interface StateNode {
  readonly id: string;
  readonly parent: StateNode | undefined;
  /** Its commands by the folded form of each name. */
  readonly commands: Map<string, CommandNode>;
  readonly flags: Map<string, FlagNode>;
  /** States one level below. */
  readonly below: Set<StateNode>;
  find: ((input: string, turn: unknown) => unknown) | undefined;
}

/** One flag of a state. */
export interface FlagNode {
  readonly name: string;
  readonly initial: unknown;
  readonly onChange:
    | ((value: unknown, before: unknown, turn: unknown) => Awaitable<void>)
    | undefined;
}

/** One command: the slot of its public object. */
export interface CommandNode {
  readonly id: string;
  readonly names: readonly string[];
  readonly tree: TreeNode;
  /** Where it is defined; `undefined` for a global command. */
  readonly state: StateNode | undefined;
  /** Its public object. */
  readonly handle: object;
  readonly options: OptionNode[];
  /** Options by name and by alias. */
  readonly keys: Map<string, OptionNode>;
  readonly states: Map<string, StateNode>;
  /** States that its action may lead to beside the ordinary ones. */
  readonly edges: Set<StateNode>;
  description: string | undefined;
  condition: ((turn: unknown) => unknown) | undefined;
  action: ((turn: unknown) => unknown) | undefined;
  failure: ((error: unknown, turn: unknown) => unknown) | undefined;
}

/** One option of a command. */
export interface OptionNode {
  readonly name: string;
  readonly description: string | undefined;
  /** Makes the value of an option that was not given; each call gives a fresh one. */
  readonly fallback: ((turn: unknown) => unknown) | undefined;
  readonly schema: Schema | undefined;
  readonly set: ((value: unknown, turn: unknown) => unknown) | undefined;
  readonly prompt: string | ((turn: unknown) => Awaitable<string>) | undefined;
}

/** What {@link addOption} takes; the typed form is `OptionConfig`. */
export interface LooseOptionConfig {
  readonly alias?: readonly string[];
  readonly default?: unknown;
  readonly schema?: unknown;
  readonly set?: unknown;
  readonly prompt?: unknown;
  readonly description?: string;
}

/** Makes a state without commands. */
export function makeState(id: string, parent?: StateNode): StateNode {
  const state: StateNode = {
    id,
    parent,
    commands: new Map(),
    flags: new Map(),
    below: new Set(),
    find: undefined,
  };
  parent?.below.add(state);
  return state;
}

/**
 * Adds a command to a state, or a global one to the tree.
 *
 * @throws CommandError `INVALID_COMMAND_NAME`, `DUPLICATE_COMMAND`
 */
export function addCommand(
  tree: TreeNode,
  state: StateNode | undefined,
  names: readonly string[],
  handle: object,
): CommandNode {
  const where = state?.id ?? tree.id;
  const folded = new Set<string>();
  for (const name of names) {
    if (!isName(name)) throw new CommandError('INVALID_COMMAND_NAME', { name });
    const rivals = state ? [state] : tree.states.values();
    const taken =
      folded.has(fold(name)) ||
      tree.globals.has(fold(name)) ||
      [...rivals].some(({ commands }) => commands.has(fold(name)));
    if (taken) throw new CommandError('DUPLICATE_COMMAND', { name, where });
    folded.add(fold(name));
  }
  const command: CommandNode = {
    id: `${where}/${names[0]}`,
    names: Object.freeze([...names]),
    tree,
    state,
    handle,
    options: [],
    keys: new Map(),
    states: new Map(),
    edges: new Set(),
    description: undefined,
    condition: undefined,
    action: undefined,
    failure: undefined,
  };
  for (const name of folded) (state?.commands ?? tree.globals).set(name, command);
  tree.commands.set(command.id, command);
  return command;
}

/**
 * Adds an option.
 *
 * @throws CommandError `INVALID_OPTION_NAME`, `DUPLICATE_OPTION`, `INVALID_SETTER`, `NON_DEFAULT_OPTION_FOLLOWS_DEFAULT`
 */
export function addOption(command: CommandNode, name: string, config: LooseOptionConfig): void {
  const label = nameOf(command);
  const keys = [name, ...(config.alias ?? [])];
  for (const [index, key] of keys.entries()) {
    if (!isName(key)) throw new CommandError('INVALID_OPTION_NAME', { command: label, name: key });
    if (command.keys.has(key) || keys.indexOf(key) !== index) {
      throw new CommandError('DUPLICATE_OPTION', { command: label, option: key });
    }
  }
  const { schema, set, prompt, description } = config;
  const flaw = flawOf(schema, set);
  if (flaw) throw new CommandError('INVALID_SETTER', { command: label, option: name, found: flaw });
  const defaulted = command.options.find(({ fallback }) => fallback);
  if (defaulted && config.default === undefined && prompt === undefined) {
    throw new CommandError('NON_DEFAULT_OPTION_FOLLOWS_DEFAULT', {
      command: label,
      option: name,
      after: defaulted.name,
    });
  }
  const option: OptionNode = {
    name,
    description,
    fallback: fallbackOf(config.default),
    schema: schema as OptionNode['schema'],
    set: set as OptionNode['set'],
    prompt: prompt as OptionNode['prompt'],
  };
  command.options.push(option);
  for (const key of keys) command.keys.set(key, option);
}

/**
 * Adds a state below a command.
 *
 * @throws CommandError `INVALID_STATE_NAME`, `DUPLICATE_STATE`
 */
export function addState(command: CommandNode, name: string): StateNode {
  if (!isName(name)) throw new CommandError('INVALID_STATE_NAME', { name });
  if (command.states.has(name)) {
    throw new CommandError('DUPLICATE_STATE', { command: nameOf(command), state: name });
  }
  const state = makeState(`${command.id}:${name}`, command.state);
  command.states.set(name, state);
  register(command.tree, state);
  return state;
}

/** Adds a state to what its tree and its machine know. */
export function register(tree: TreeNode, state: StateNode): void {
  tree.states.set(state.id, state);
  const facts = { schema: undefined, was: [], groups: [tree.id], siblings: tree.members };
  const member = { id: state.id, '~data': facts, toString: () => state.id, toJSON: () => state.id };
  (tree.members as State[]).push(Object.freeze(member));
}

/**
 * Adds a flag.
 *
 * @throws CommandError `INVALID_FLAG_NAME`, `DUPLICATE_FLAG`
 * @throws FsmError `DATA_NOT_JSON` for an initial value that could not be stored
 */
export function addFlag(state: StateNode, flag: FlagNode): void {
  const { name } = flag;
  if (!isName(name)) throw new CommandError('INVALID_FLAG_NAME', { state: state.id, name });
  const owner = [...pathOf(state), ...belowOf(state)].find(({ flags }) => flags.has(name));
  if (owner) {
    throw new CommandError('DUPLICATE_FLAG', { state: state.id, flag: name, owner: owner.id });
  }
  const { initial } = flag;
  const fixed = typeof initial === 'function' || initial === undefined;
  state.flags.set(name, fixed ? flag : { ...flag, initial: freezeJson(initial, `flags.${name}`) });
}

/** A state and its parents, the root last. */
export function pathOf(state: StateNode): readonly StateNode[] {
  const path: StateNode[] = [];
  for (let at: StateNode | undefined = state; at; at = at.parent) path.push(at);
  return path;
}

/** The name under which a command is spoken of. */
export function nameOf(command: CommandNode): string {
  return command.names[0] as string;
}

function belowOf(state: StateNode): readonly StateNode[] {
  return [...state.below].flatMap((child) => [child, ...belowOf(child)]);
}

function flawOf(schema: unknown, set: unknown): string | undefined {
  if (set !== undefined && typeof set !== 'function') return `${describeFound(set)} as 'set'`;
  if (schema === undefined) return undefined;
  const isSchema =
    (typeof schema === 'object' || typeof schema === 'function') &&
    schema !== null &&
    '~standard' in schema;
  if (!isSchema) return `${describeFound(schema)} as 'schema'`;
  return set === undefined ? undefined : "both 'set' and 'schema'";
}

function fallbackOf(value: unknown): OptionNode['fallback'] {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as OptionNode['fallback'];
  return () => copyValue(value);
}
