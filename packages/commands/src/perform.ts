/** One command on its way: condition, options, action, `catch`, next state. */

import type { Awaitable } from '@telefsm/core';
import { andThen, isPromise } from '@telefsm/core/scene-kit';
import { type CommandError, describeFound } from './errors.ts';
import { common, limited, type Run } from './input.ts';
import { type CommandNode, isWithin, nameOf, pathOf, type StateNode } from './nodes.ts';
import { type Given, readOptions } from './options.ts';
import { type Position, positionOf } from './position.ts';
import { recovering } from './values.ts';

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
  const reading = readOptions(command, give(), current);
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
      setFlag: (name: string, value: unknown) => flags.set(name, value),
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
  current: Run,
  command: CommandNode,
  settled: Awaited<ReturnType<typeof limited>>,
): unknown {
  if (settled.kind === 'done') return settled.value;
  const name = nameOf(command);
  if (settled.kind === 'late') {
    throw current.fail('COMMAND_TIMEOUT', { command: name, ms: current.tree.actionTimeout });
  }
  const { error } = settled;
  throw current.fail('COMMAND_ERROR', { command: name, error }, { cause: error });
}

/** The state that an action's return value means. */
function targetOf(current: Run, command: CommandNode, returned: unknown): StateNode {
  const { state } = current.position;
  if (returned === undefined) return current.tree.root;
  const found = slotOf<StateNode>(returned, '~tree-state');
  const name = nameOf(command);
  if (!found) {
    throw current.fail('INVALID_RETURN_STATE', { command: name, found: describeFound(returned) });
  }
  if (isWithin(state, found) || command.edges.has(found)) return found;
  const own = [...command.states.values()];
  if (own.includes(found)) return found;
  const reach = [...pathOf(state), ...own, ...command.edges];
  throw current.fail('STATE_UNREACHABLE', {
    command: name,
    state: state.id,
    target: found.id,
    reachable: reach.map(({ id }) => id),
  });
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
