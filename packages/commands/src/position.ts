/** Where a user is in a tree: plain JSON, and its reading when it comes back from a storage. */

import type { CommandNode, StateNode, TreeNode } from './nodes.ts';
import { isPlain } from './values.ts';

/** Values of flags by state id and name; only what differs from a constant initial value has to be there. */
export interface StoredFlags {
  readonly [state: string]: { readonly [flag: string]: unknown };
}

/** A command that waits for one of its options. */
export interface Pending {
  /** Id of the command. */
  readonly command: string;
  /** Name of the option that was asked for. */
  readonly option: string;
  /** The given texts, by name of the option. */
  readonly given: { readonly [option: string]: string };
  readonly rest: readonly string[];
}

/** Where a user is: plain JSON, which the caller of the tree stores. */
export interface Position {
  /** Id of the state. */
  readonly state: string;
  readonly flags: StoredFlags;
  readonly pending?: Pending;
}

/** A {@link Position} that has been found in the tree. */
export interface FoundPosition {
  readonly state: StateNode;
  readonly flags: StoredFlags;
  readonly pending: (Pending & { readonly node: CommandNode }) | undefined;
}

/**
 * Finds a stored position in the tree as it is now.
 *
 * A state that a deploy has removed reads as the root, a question for a removed option as not asked; so does anything that is no
 * position.
 */
export function findPosition(tree: TreeNode, stored: unknown): FoundPosition {
  const { state: id, flags, pending } = isPlain(stored) ? stored : {};
  const state = (typeof id === 'string' && tree.states.get(id)) || tree.root;
  return {
    state,
    flags: flagsOf(state, flags),
    pending: state.id === id ? pendingOf(tree, state, pending) : undefined,
  };
}

/** The position to store for a state and its flags. */
export function positionOf(state: StateNode, flags: StoredFlags, pending?: Pending): Position {
  if (!pending) return { state: state.id, flags };
  const { command, option, given, rest } = pending;
  return { state: state.id, flags, pending: { command, option, given, rest } };
}

function flagsOf(state: StateNode, stored: unknown): StoredFlags {
  const flags: { [state: string]: { readonly [flag: string]: unknown } } = {};
  if (!isPlain(stored)) return flags;
  for (let at: StateNode | undefined = state; at; at = at.parent) {
    const { id } = at;
    const own = Object.hasOwn(stored, id) ? stored[id] : undefined;
    if (isPlain(own)) flags[id] = own;
  }
  return flags;
}

function pendingOf(tree: TreeNode, state: StateNode, stored: unknown): FoundPosition['pending'] {
  if (!isPlain(stored)) return undefined;
  const { command, option, given, rest } = stored;
  const node = typeof command === 'string' ? tree.commands.get(command) : undefined;
  if (node?.state !== state || typeof option !== 'string' || node.keys.get(option)?.name !== option)
    return undefined;
  const texts = isPlain(given) ? Object.entries(given) : [];
  return {
    node,
    command: node.id,
    option,
    given: Object.fromEntries(
      texts.filter(
        (entry): entry is [string, string] =>
          typeof entry[1] === 'string' && node.keys.get(entry[0])?.name === entry[0],
      ),
    ),
    rest: Array.isArray(rest) ? rest.filter((word) => typeof word === 'string') : [],
  };
}
