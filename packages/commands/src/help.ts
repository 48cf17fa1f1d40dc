/** The text of /help, and the list for `setMyCommands`. */

import type { BotCommand } from '@telefsm/core';
import { reachable } from './match.ts';
import { slashForm } from './names.ts';
import type { CommandNode, OptionNode, StateNode, TreeNode } from './nodes.ts';

/** Lists what can be said in a state, each with its options and description. */
export function helpOf(
  tree: TreeNode,
  state: StateNode,
  allows: (command: CommandNode) => boolean = () => true,
): string {
  const lines = reachable(tree, state).filter(allows).map(usageOf);
  return [...(tree.description === undefined ? [] : [tree.description]), ...lines].join('\n');
}

/**
 * The described commands of the root and the described global ones, for `setMyCommands`.
 *
 * A command is offered under its first name that Telegram takes: 1-32 characters of `a-z`, `0-9` and `_` (Bot API, BotCommand); `-`
 * becomes `_`. One without such a name, such as a Chinese one, can be typed but not offered.
 */
export function botCommandsOf(tree: TreeNode): readonly BotCommand[] {
  return reachable(tree, tree.root).flatMap(({ names, description }) => {
    const command = names.map(slashForm).find((name) => /^[a-z0-9_]{1,32}$/.test(name));
    if (command === undefined || !description) return [];
    return [{ command, description: [...description].slice(0, 256).join('') }];
  });
}

function usageOf({ names, options, description }: CommandNode): string {
  const [name, ...aliases] = names;
  const words = [
    aliases.length === 0 ? name : `${name} (${aliases.join(', ')})`,
    ...options.map(optionUsage),
  ];
  const text = [description, ...options.map(optionText)].filter(Boolean).join('; ');
  return text === '' ? words.join(' ') : `${words.join(' ')} - ${text}`;
}

function optionUsage({ name, fallback, prompt }: OptionNode): string {
  return fallback || prompt !== undefined ? `[${name}]` : `<${name}>`;
}

function optionText({ name, description }: OptionNode): string | undefined {
  return description === undefined ? undefined : `${name}: ${description}`;
}
