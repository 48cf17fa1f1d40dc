/** A tree as tools of a language model: each command by name, with a JSON Schema of its options. */

import type { Awaitable, Turn } from '@telefsm/core';
import { andThen, isPromise } from '@telefsm/core/scene-kit';
import { isCommandError } from './errors.ts';
import { explained, mistakes } from './mistakes.ts';
import { type CommandNode, nameOf, type OptionNode, pathOf, type TreeNode } from './nodes.ts';
import type { Outcome } from './perform.ts';
import { allowing, everything, type Test } from './permissions.ts';
import type { Position } from './position.ts';
import { runCommand } from './run.ts';
import type { Allowed, Explain, Permissions } from './turn.ts';

/** The options of a tool call, by name. */
export interface ToolInput {
  readonly [option: string]: string;
}

/** A Standard Schema that also gives its JSON Schema, as the AI SDK takes it. */
export interface ToolSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: ToolInput }
      | { readonly issues: readonly { readonly message: string }[] };
    readonly types?: { readonly input: unknown; readonly output: ToolInput } | undefined;
    readonly jsonSchema: Readonly<
      Record<'input' | 'output', (options: { readonly target: string }) => Record<string, unknown>>
    >;
  };
}

/** One command as a tool. */
export interface CommandTool {
  /** The description of the command, or else its name. */
  readonly description: string;
  /** JSON Schema of the options, as OpenAI-style calls take it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The same, as the AI SDK takes it. */
  readonly inputSchema: ToolSchema;
  /**
   * Runs the command, with the same checks, permissions and questions as if the user had typed it. Calls that are made at the same time run one after the
   * other.
   *
   * @param input - the options, as `JSON.parse` gives what a model has written; they are checked again
   * @returns what the command says. A mistake, such as an unknown option, is said as well, so that the model can mend it
   * @throws CommandError what is no mistake of the caller's, such as `COMMAND_ERROR`
   */
  readonly execute: (
    input: ToolInput,
    options?: { readonly abortSignal?: AbortSignal | undefined },
  ) => Promise<string>;
}

/** Tools by name: `buy`, or `account_open` for the command `open` of the state `account`. */
export interface CommandTools {
  readonly [name: string]: CommandTool;
}

/** Runs one command. */
type Execute = (
  command: CommandNode,
  input: ToolInput,
  signal: AbortSignal | undefined,
) => Promise<string>;

/**
 * Makes the tools of a tree for one turn. They share a position, which begins at the root: a command that leads to a state makes the commands of
 * that state available to the calls that follow.
 */
export function toolsOfTurn(
  tree: TreeNode,
  parts: { readonly permissions: Permissions | undefined; readonly explain: Explain | undefined },
  turn: Turn<object>,
): CommandTools {
  const { permissions, explain } = parts;
  const { chat, user } = turn.subject;
  const who = {
    ...(chat !== undefined && { chat }),
    ...(user !== undefined && { user }),
  };
  const allows: Awaitable<Test> =
    permissions === undefined
      ? everything
      : andThen(permissions(who), (allowed) => allowing(tree, allowed));
  // a call reports it; there may be none
  if (isPromise(allows)) allows.then(undefined, () => {});
  let position: Position | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const { services } = turn;
  const one: Execute = async (command, input, signal) => {
    const outcome = await runCommand(tree, position, command, input, {
      services,
      allows: await allows,
      signal: signal === undefined ? turn.signal : AbortSignal.any([turn.signal, signal]),
    });
    if (outcome.kind !== 'failed') position = outcome.position;
    return outcomeText(outcome, explain, services);
  };
  // a model may call several tools at the same time; each begins at the position that the one before has led to
  const execute: Execute = (...call) => {
    const result = last.then(() => one(...call));
    last = result.catch(() => {});
    return result;
  };
  // permissions that are still being looked up are checked by the call
  return toolsOf(tree, isPromise(allows) ? everything : allows, execute);
}

/** Makes the tools of a headless chat. */
export function toolsOfChat(
  tree: TreeNode,
  commands: Allowed | undefined,
  execute: Execute,
): CommandTools {
  return toolsOf(tree, commands === undefined ? everything : allowing(tree, commands), execute);
}

/** Returns the result of a tool call: the messages, or the error. */
export function outcomeText(
  outcome: Outcome,
  explain: Explain | undefined,
  services: unknown,
): string {
  if (outcome.kind !== 'failed') return outcome.output;
  const { error, output } = outcome;
  if (!isCommandError(error) || !mistakes.has(error.code)) throw error;
  const why = explained(error, explain, services);
  return output === '' ? why : `${output}\n${why}`;
}

function toolsOf(tree: TreeNode, allows: Test, execute: Execute): CommandTools {
  const tools = new Map<string, CommandTool>();
  for (const command of tree.commands.values()) {
    if (!allows(command)) continue;
    const name = toolName(tree, command);
    tools.set(tools.has(name) ? `${name}_${tools.size}` : name, toolOf(command, execute));
  }
  return Object.fromEntries(tools);
}

/** A name that models take: letters, digits, `_` and `-`, 64 at most. */
function toolName(tree: TreeNode, command: CommandNode): string {
  const states = command.state === undefined ? [] : pathOf(command.state);
  const path = states.filter((state) => state !== tree.root).reverse();
  const words = [...path.map(({ id }) => id.split(/[:./]/).at(-1)), nameOf(command)];
  const name = words.join('_').replace(/[^\w-]/g, '_');
  return name.slice(0, 60);
}

function toolOf(command: CommandNode, execute: Execute): CommandTool {
  const parameters = schemaOf(command);
  return {
    description: command.description ?? nameOf(command),
    parameters,
    inputSchema: {
      '~standard': {
        version: 1,
        vendor: 'telefsm',
        validate: (value) => validate(command, value),
        jsonSchema: { input: () => ({ ...parameters }), output: () => ({ ...parameters }) },
      },
    },
    execute: async (input, { abortSignal } = {}) => {
      const checked = validate(command, input);
      if ('value' in checked) return execute(command, checked.value, abortSignal);
      return checked.issues.map(({ message }) => message).join('\n');
    },
  };
}

function schemaOf({ options }: CommandNode): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(
    options.map(({ name, description }) => [
      name,
      { type: 'string', ...(description !== undefined && { description }) },
    ]),
  );
  const required = options.filter(isRequired).map(({ name }) => name);
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An option without a default and without a question that asks for it. */
function isRequired({ fallback, prompt }: OptionNode): boolean {
  return fallback === undefined && prompt === undefined;
}

function validate(
  { options, keys }: CommandNode,
  value: unknown,
): ReturnType<ToolSchema['~standard']['validate']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issues: [{ message: 'Expected an object of options.' }] };
  }
  const given = new Map<string, string>();
  for (const [name, found] of Object.entries(value)) {
    if (found === undefined || found === null) continue;
    // models write numbers as numbers
    const isPlain =
      typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
    if (!isPlain) return { issues: [{ message: `Option "${name}" must be a text.` }] };
    given.set(name, String(found));
  }
  const named = new Set([...given.keys()].map((name) => keys.get(name)));
  const missing = options.filter((option) => isRequired(option) && !named.has(option));
  if (missing.length > 0) {
    return { issues: missing.map(({ name }) => ({ message: `Option "${name}" is missing.` })) };
  }
  return { value: Object.fromEntries(given) };
}
