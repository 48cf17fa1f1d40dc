/** A tree without a bot: text in, text out. */

import type { CommandNode, TreeNode } from './definition.ts';
import { allowing } from './permissions.ts';
import type { Position } from './position.ts';
import { run } from './run.ts';
import type { Allowed, Permissions } from './turn.ts';

/** One user's conversation with a tree. */
export interface Chat {
  /**
   * Takes one line and resolves to what is said.
   *
   * @throws CommandError whatever goes wrong with the input, its `output` being what was said before; the position is as before
   */
  input(text: string): Promise<string>;
}

/** Where chats keep positions: one input of a user at a time. */
export interface ChatStore {
  unit<Result>(id: string, work: (unit: ChatUnit) => Promise<Result>): Promise<Result>;
}

/** One unit of work on one user's position. */
export interface ChatUnit {
  readonly position: unknown;
  readonly signal: AbortSignal;
  keep(position: Position): void;
}

/** What a chat is made of. */
export interface ChatParts {
  readonly id: string;
  readonly store: ChatStore;
  readonly services: unknown;
  readonly commands: Allowed | undefined;
  readonly permissions: Permissions | undefined;
}

/**
 * Makes a chat.
 *
 * @throws CommandError `UNKNOWN_PERMISSION` for a command that the tree does not have
 */
export function makeChat(tree: TreeNode, parts: ChatParts): Chat {
  const { id, store, services, commands, permissions } = parts;
  const always = allowing(tree, [commands]);
  return {
    input: (text) =>
      store.unit(id, async ({ position, signal, keep }) => {
        const now = allowing(tree, [await permissions?.({ id })]);
        const allows = (command: CommandNode) => always(command) && now(command);
        const outcome = await run(tree, position, text, { services, allows, signal });
        if (outcome.kind === 'failed') throw outcome.error;
        keep(outcome.position);
        return outcome.output;
      }),
  };
}
