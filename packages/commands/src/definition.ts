/** Defining a tree: each addition, and the rules that it must keep. */

import type { State } from '@telefsm/core';
import { checkOptions, isSchema, makeState } from '@telefsm/core/scene-kit';
import { CommandError, describeFound } from './errors.ts';
import { fold, isName } from './names.ts';
import {
  type CommandNode,
  type FlagNode,
  nameOf,
  type OptionNode,
  pathOf,
  type StateNode,
  type TreeNode,
} from './nodes.ts';
import { copyValue, freezeJson } from './values.ts';

/** Options of {@link addOption}; the typed form is `OptionConfig`. */
export interface LooseOptionConfig {
  readonly alias?: readonly string[];
  readonly default?: unknown;
  readonly schema?: unknown;
  readonly set?: unknown;
  readonly prompt?: unknown;
  readonly description?: string;
}

/** Makes a state without commands. */
export function makeStateNode(id: string, parent?: StateNode): StateNode {
  const state: StateNode = {
    id,
    parent,
    commands: new Map(),
    flags: new Map(),
    below: new Set(),
    find: undefined,
    get shown() {
      return shown;
    },
  };
  const shown = Object.freeze({ id, parent: parent?.shown, '~tree-state': state });
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
  if (names.length === 0) throw new CommandError('INVALID_COMMAND_NAME', { name: '' });
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
 * @throws FsmError `INVALID_OPTION` for a misspelled one
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
  checkOptions(`${label} ${name} `, config, {}, 'alias default schema set prompt description');
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
  const state = makeStateNode(`${command.id}:${name}`, command.state);
  command.states.set(name, state);
  register(command.tree, state);
  return state;
}

/** Adds a state to its tree and its machine. */
export function register(tree: TreeNode, state: StateNode): void {
  tree.states.set(state.id, state);
  const facts = { schema: undefined, was: [], groups: [tree.id], siblings: tree.members };
  (tree.members as State[]).push(makeState(state.id, facts));
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

function belowOf(state: StateNode): readonly StateNode[] {
  return [...state.below].flatMap((child) => [child, ...belowOf(child)]);
}

function flawOf(schema: unknown, set: unknown): string | undefined {
  if (set !== undefined && typeof set !== 'function') return `${describeFound(set)} as "set"`;
  if (schema === undefined) return undefined;
  if (!isSchema(schema)) return `${describeFound(schema)} as "schema"`;
  return set === undefined ? undefined : 'both "set" and "schema"';
}

function fallbackOf(value: unknown): OptionNode['fallback'] {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as OptionNode['fallback'];
  return () => copyValue(value);
}
