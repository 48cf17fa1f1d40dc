/** Which command a line means: exactly by name, by the beginning of the line, or by the default finder. */

import { fold, slashForm } from './names.ts';
import type { CommandNode, StateNode, TreeNode } from './nodes.ts';

/** A line as a user sent it, taken apart as far as every tree does it alike. */
export interface Line {
  /** Without white space around it, a leading slash and a bot's name. */
  readonly text: string;
  /** Whether it began with a slash, as commands of Telegram do. */
  readonly slash: boolean;
  /** The bot named in `/command@bot`. */
  readonly bot: string | undefined;
}

/** A command and the text that its options are read from. */
export interface Match {
  readonly command: CommandNode;
  readonly argument: string;
}

/** Takes the slash and the bot's name off a line. */
export function readLine(input: string): Line {
  const text = input.trim();
  const found = /^\/([^\s/@]+)(?:@(\w+))?(?=\s|$)/u.exec(text);
  if (!found) return { text, slash: false, bot: undefined };
  return {
    text: `${found[1]}${text.slice(found[0].length)}`,
    slash: true,
    bot: found[2],
  };
}

/** Finds the command whose name is the first word. */
export function matchExact(tree: TreeNode, state: StateNode, line: Line): Match | undefined {
  const word = /^\S+/u.exec(line.text)?.[0];
  if (word === undefined) return undefined;
  const name = fold(word);
  const command =
    state.commands.get(name) ??
    tree.globals.get(name) ??
    (line.slash ? matchSlash(tree, state, slashForm(word)) : undefined);
  return command && { command, argument: line.text.slice(word.length) };
}

/** Finds the command of the state with the longest name that the line begins with. Global commands have to be written out: they leave the state. */
export function matchPrefix(state: StateNode, line: Line): Match | undefined {
  let best: { readonly command: CommandNode; readonly length: number } | undefined;
  for (const command of new Set(state.commands.values())) {
    for (const name of command.names) {
      const longer = best === undefined || name.length > best.length;
      if (longer && fold(line.text.slice(0, name.length)) === fold(name)) {
        best = { command, length: name.length };
      }
    }
  }
  return best && { command: best.command, argument: line.text.slice(best.length) };
}

/** The commands of a state, then the global ones, each once, in the order of definition. */
export function reachable(tree: TreeNode, state: StateNode): readonly CommandNode[] {
  return [...new Set([...state.commands.values(), ...tree.globals.values()])];
}

/** Whether a command is one of a state's, or a global one. */
export function isReachable(tree: TreeNode, state: StateNode, command: CommandNode): boolean {
  return command.tree === tree && (command.state === undefined || command.state === state);
}

/** A slash command in the form in which the bot offers it. */
function matchSlash(tree: TreeNode, state: StateNode, word: string): CommandNode | undefined {
  return reachable(tree, state).find(({ names }) => names.some((name) => slashForm(name) === word));
}
