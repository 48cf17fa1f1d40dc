/** The permissions of a user: a list of commands or names, or a predicate. */

import { FsmError } from '@telefsm/core';
import { CommandError, describeFound } from './errors.ts';
import { fold } from './names.ts';
import type { CommandNode, TreeNode } from './nodes.ts';
import type { Allowed } from './turn.ts';

/**
 * Makes one test of several permissions; a command must pass all of them. Global commands are always allowed: they are the way out.
 *
 * @throws CommandError `UNKNOWN_PERMISSION` for an entry that is no command of this tree
 * @throws FsmError `INVALID_OPTION` for what is neither a list nor a function
 */
export function allowing(
  tree: TreeNode,
  permissions: readonly (Allowed | undefined)[],
): (command: CommandNode) => boolean {
  const tests = permissions.flatMap((allowed) =>
    allowed === undefined ? [] : [testOf(tree, allowed)],
  );
  return (command) => command.state === undefined || tests.every((test) => test(command));
}

function testOf(tree: TreeNode, allowed: Allowed): (command: CommandNode) => boolean {
  if (typeof allowed === 'function') {
    return ({ handle }) => allowed(handle as Parameters<typeof allowed>[0]);
  }
  if (!Array.isArray(allowed)) {
    const expected =
      'a list of commands or names, or a function of a command; omit it to allow all';
    const found = describeFound(allowed);
    throw new FsmError('INVALID_OPTION', { option: `${tree.id} permissions`, expected, found });
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
