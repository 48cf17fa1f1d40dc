/**
 * @module @telefsm/commands
 *
 * Typed text commands for assistants, games and voice bots: a tree of states and commands, headless or as a scene of a bot.
 */

export type { BotCommand } from '@telefsm/core';
// Defining a tree
export type { Command, GlobalCommand, OptionConfig, TreeState } from './builders.ts';
// Running it without a bot
export type { Chat, ChatSettings } from './chat.ts';
export type { ChatsOptions, Waiting } from './chat-machine.ts';
export type { ChatOptions, CommandTree, CommandTreeOptions } from './command-tree.ts';
export { commandTree } from './command-tree.ts';
// Errors
export type { AnyCommandError, CommandErrorArgs, CommandErrorCode } from './errors.ts';
export { CommandError, isCommandError } from './errors.ts';
// Lines
export type { Token, WrittenToken } from './tokens.ts';
export { formatTokens, tokenize } from './tokens.ts';
// As tools of a language model
export type { CommandTool, CommandTools, ToolInput, ToolSchema } from './tools.ts';
// The arguments of its functions
export type {
  ActionTurn,
  Allowed,
  AnyCommand,
  AnyTreeState,
  CommandTurn,
  Explain,
  GlobalTurn,
  LeaveTree,
  OptionTurn,
  Permissions,
  RuntimeState,
  Say,
  TargetState,
  Who,
} from './turn.ts';
