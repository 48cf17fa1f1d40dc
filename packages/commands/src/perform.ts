/** One command on its way: condition, options, action, `catch`, next state. */

import type { Awaitable } from '@telefsm/core';
import { andThen, isPromise } from '@telefsm/core/scene-kit';
import { type CommandError, type CommandErrorArgs, describeFound } from './errors.ts';
import type { WorkingFlags } from './flags.ts';
import { type CommandNode, nameOf, pathOf, type StateNode, type TreeNode } from './nodes.ts';
import { type Given, readOptions } from './options.ts';
import type { Output } from './output.ts';
import { type FoundPosition, type Position, positionOf } from './position.ts';
import { type Limited, type Settled, within } from './time-limit.ts';
import { recovering } from './values.ts';

/** The options of one run of a tree: its services, the permissions of its user, and a signal. */
export interface RunOptions {
  readonly services: unknown;
  /** Whether this user may use a command; without it every command. */
  readonly allows?: ((command: CommandNode) => boolean) | undefined;
  /** Aborted when the result is no longer wanted; handed on to actions. */
  readonly signal?: AbortSignal | undefined;
  /** User name of this bot: `/buy@other` is then for somebody else. */
  readonly bot?: string | undefined;
}

/**
 * The result of an input.
 *
 * `done`: a command has run. `hint`: its condition did not hold. `asked`: an option was missing and was asked for. `help`: /help.
 * `foreign`: a command for another bot. `left`: the tree has ended. `failed`: an error; the position is the one before.
 */
export type Outcome =
  | {
      readonly kind: 'done' | 'hint' | 'asked' | 'help' | 'foreign';
      readonly output: string;
      readonly position: Position;
    }
  | {
      readonly kind: 'left';
      readonly output: string;
      readonly position: Position;
      readonly result: string;
    }
  | {
      readonly kind: 'failed';
      readonly output: string;
      readonly position: Position;
      readonly error: CommandError;
    };

/** One input on its way. */
export interface Run {
  readonly tree: TreeNode;
  readonly position: FoundPosition;
  readonly options: RunOptions;
  readonly messages: Output;
  readonly flags: WorkingFlags;
  fail<Code extends keyof CommandErrorArgs>(
    code: Code,
    args: CommandErrorArgs[Code],
    cause?: { readonly cause: unknown },
  ): CommandError<Code>;
}

/** Condition, options, action, next state. */
export async function perform(
  current: Run,
  command: CommandNode,
  give: () => Given,
): Promise<Outcome> {
  const { position: found, messages, flags } = current;
  const { condition } = command;
  if (condition !== undefined && !(await holds(current, command, condition))) {
    const pending = found.pending?.node === command ? undefined : found.pending;
    return outcome(current, 'hint', positionOf(found.state, found.flags, pending));
  }
  const reading = readOptions(command, give(), {
    turn: (own, key) => common(current, own, { key }),
    fail: current.fail,
    outer: current.options,
  });
  const read = isPromise(reading) ? await reading : reading;
  if (read.kind === 'ask') {
    messages.say(read.question);
    return outcome(current, 'asked', positionOf(found.state, found.flags, read.pending));
  }
  const acting = act(current, command, read.options, read.rest);
  const returned = isPromise(acting) ? await acting : acting;
  const result = slotOf<string>(returned, '~leave');
  if (result !== undefined) {
    const position = positionOf(current.tree.root, {});
    return { kind: 'left', output: messages.output(), position, result };
  }
  const target = targetOf(current, command, returned);
  return outcome(current, 'done', positionOf(target, flags.stored(target)));
}

function outcome({ messages }: Run, kind: 'done' | 'hint' | 'asked', position: Position): Outcome {
  return { kind, output: messages.output(), position };
}

async function holds(
  current: Run,
  command: CommandNode,
  condition: NonNullable<CommandNode['condition']>,
): Promise<boolean> {
  const settled = await limited(current, (own) => condition(common(current, own)));
  return Boolean(conclude(current, command, settled));
}

/** Runs the action; if it fails, `catch` runs on the flags as they were before. */
function act(
  current: Run,
  command: CommandNode,
  options: Readonly<Record<string, unknown>>,
  rest: readonly string[],
): Awaitable<unknown> {
  const { flags } = current;
  const { action, failure } = command;
  const settling = limited(current, (own) => {
    const turn = common(current, own, {
      options,
      rest,
      state: current.position.state.shown,
      setFlag: flags.set,
      leave: (result = '') => ({ '~leave': String(result) }),
    });
    const withFlags = (returned: unknown) => andThen(flags.settled(), () => returned);
    return recovering<unknown>(
      () => andThen(action?.(turn), withFlags),
      async (error) => {
        // what a hook throws now is not the first failure
        await flags.settled()?.catch(() => {});
        flags.reset();
        if (!failure || own.signal.aborted) throw error;
        return withFlags(await failure(error, turn));
      },
    );
  });
  return andThen(settling, (settled) => conclude(current, command, settled));
}

function conclude(
  { tree, fail }: Run,
  command: CommandNode,
  settled: Awaited<ReturnType<typeof limited>>,
): unknown {
  if (settled.kind === 'done') return settled.value;
  const name = nameOf(command);
  if (settled.kind === 'late') {
    throw fail('COMMAND_TIMEOUT', { command: name, ms: tree.actionTimeout });
  }
  const { error } = settled;
  throw fail('COMMAND_ERROR', { command: name, error }, { cause: error });
}

/** The state that an action's return value means. */
function targetOf(current: Run, command: CommandNode, returned: unknown): StateNode {
  const { tree, position, fail } = current;
  if (returned === undefined) return tree.root;
  const found = slotOf<StateNode>(returned, '~tree-state');
  const name = nameOf(command);
  if (!found) {
    throw fail('INVALID_RETURN_STATE', { command: name, found: describeFound(returned) });
  }
  const path = pathOf(position.state);
  if (path.includes(found) || command.edges.has(found)) return found;
  if ([...command.states.values()].includes(found)) return found;
  const reach = [...path, ...command.states.values(), ...command.edges];
  throw fail('STATE_UNREACHABLE', {
    command: name,
    state: position.state.id,
    target: found.id,
    reachable: reach.map(({ id }) => id),
  });
}

/** Builds the turn of conditions, setters, finders and actions, with members that only some of them have. */
export function common<More extends object>(run: Run, own: Limited, more?: More): object & More {
  return Object.assign(new SharedTurn(run, own), more);
}

/** A class for its getter: the engine would keep one of an object literal, and the whole turn with it, long after the turn has ended. */
class SharedTurn {
  readonly flags: WorkingFlags['view'];
  readonly say: Output['say'];
  readonly services: unknown;
  readonly #own: Limited;

  constructor({ flags, messages, options }: Run, own: Limited) {
    this.flags = flags.view;
    this.say = messages.say;
    this.services = options.services;
    this.#own = own;
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }
}

/** Runs a function of the author's within the time limit of actions. */
export function limited<T>(
  current: Run,
  work: (own: Limited) => Awaitable<T>,
): Awaitable<Settled<T>> {
  const { clock, actionTimeout: ms } = current.tree;
  return within({ clock, ms, outer: current.options }, work);
}

/** Returns the internals of a public object of this package. */
export function slotOf<T>(
  value: unknown,
  slot: '~command' | '~tree-state' | '~leave',
): T | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  return (value as { readonly [name: string]: unknown })[slot] as T | undefined;
}
