/** The permissions of a user: a list of commands or names, or a predicate. */

import { FsmError } from '@telefsm/core';
import { isPromise } from '@telefsm/core/scene-kit';
import { CommandError, describeFound } from './errors.ts';
import { fold } from './names.ts';
import type { CommandNode, TreeNode } from './nodes.ts';
import type { Allowed } from './turn.ts';

/** Whether a command may be used. */
export type Test = (command: CommandNode) => boolean;

/** The test where there are no permissions. */
export const everything: Test = () => true;

/**
 * Makes a test of permissions. Global commands are always allowed: they are the way out.
 *
 * @throws CommandError `UNKNOWN_PERMISSION` for an entry that is no command of this tree
 * @throws FsmError `INVALID_OPTION` for what is neither a list nor a function; the test, for a function that decides later
 */
export function allowing(tree: TreeNode, allowed: Allowed): Test {
  const test = testOf(tree, allowed);
  return (command) => command.state === undefined || test(command);
}

function testOf(tree: TreeNode, allowed: Allowed): Test {
  const reject = (expected: string, found: string) =>
    new FsmError('INVALID_OPTION', { option: `${tree.id} permissions`, expected, found });
  if (typeof allowed === 'function') {
    return ({ handle }) => {
      const may: unknown = allowed(handle as Parameters<typeof allowed>[0]);
      // a promise would count as a yes
      if (isPromise(may)) throw reject('a synchronous function of a command', 'a promise');
      return Boolean(may);
    };
  }
  if (!Array.isArray(allowed)) {
    const expected =
      'a list of commands or names, or a function of a command; omit it to allow all';
    throw reject(expected, describeFound(allowed));
  }
  const commands = [...tree.commands.values()];
  const permitted = new Set<CommandNode>();
  for (const entry of allowed as readonly unknown[]) {
    const named =
      typeof entry === 'string'
        ? commands.filter(({ names }) => names.some((name) => fold(name) === fold(entry)))
        : commands.filter(({ handle }) => handle === entry);
    if (named.length === 0) {
      const known = [...new Set(commands.flatMap(({ names }) => names))];
      throw new CommandError('UNKNOWN_PERMISSION', { entry: describeFound(entry), known });
    }
    for (const command of named) permitted.add(command);
  }
  return (command) => permitted.has(command);
}
