/** A tree of commands: its options, its root and its global commands, and the ways to run it. */

import { type Clock, type Duration, FsmError, type Schema, systemClock, toMs } from '@telefsm/core';
import { buildCommand, buildState, type GlobalCommand, type TreeState } from './builders.ts';
import { type Chat, type ChatStore, makeChat } from './chat.ts';
import { makeState, type TreeNode } from './definition.ts';
import { type BotCommand, botCommandsOf } from './help.ts';
import { isName } from './names.ts';
import type { Position } from './position.ts';
import type { Allowed, Permissions } from './turn.ts';
import { formatTemplate, joinLines } from './voice.ts';

/** Options of a tree. */
export interface CommandTreeOptions<Services> {
  /** What its functions need from `fsm({ services })`, or from `chat(id, { services })`. */
  readonly services?: Services;
  /** Whether `buyTSLA` is `buy TSLA`: the longest name that the line begins with. For languages without spaces, and for voice. */
  readonly nonExactMatch?: boolean;
  /** Makes a message of what is said; for translation. Default: printf. */
  readonly format?: (template: string, ...values: readonly unknown[]) => string;
  /** Makes one text of several messages. Default: one below the other. */
  readonly join?: (...messages: readonly string[]) => string;
  /** How long an action with its `catch`, a condition or a finder may take; 0 for no limit. Default 5 s. */
  readonly actionTimeout?: Duration;
  /** How long one option may take; 0 for no limit. Default 5 s. */
  readonly optionTimeout?: Duration;
  /** The first line of /help. */
  readonly description?: string;
  /** Who may use what. */
  readonly permissions?: Permissions;
  /** For time-outs. Default: the system's clock. */
  readonly clock?: Clock;
}

/** Options of a headless chat; `services` is asked for exactly when the tree needs some. */
export type ChatOptions<Services extends object> = {
  /** Commands that this user may use. */
  readonly commands?: Allowed;
} & ({} extends Services ? { readonly services?: Services } : { readonly services: Services });

/** A tree of commands. */
export interface CommandTree<Id extends string, Services extends object> {
  readonly id: Id;
  /** The state of a user who has said nothing yet. */
  readonly root: TreeState<{}, Services>;
  /**
   * Adds a global command: one that works in every state.
   *
   * @throws CommandError `DUPLICATE_COMMAND`, `INVALID_COMMAND_NAME`
   */
  command(name: string, ...aliases: readonly string[]): GlobalCommand<Services>;
  /**
   * Opens a headless chat. Chats of one id share their position and take turns.
   *
   * @throws CommandError `UNKNOWN_PERMISSION`
   */
  chat(
    id: string,
    ...options: {} extends Services
      ? [options?: ChatOptions<Services>]
      : [options: ChatOptions<Services>]
  ): Chat;
  /** Described commands of the root and global ones, for `setMyCommands`. */
  botCommands(): readonly BotCommand[];
}

type Needs<Services> =
  Services extends Schema<unknown, infer Output extends object>
    ? unknown extends Output
      ? {}
      : Output
    : {};

/**
 * Starts a tree of commands.
 *
 * @param id - the first part of the ids of its states; holds no `.`, `:` and `/`
 * @throws FsmError `INVALID_NAME`, `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { commandTree } from '@telefsm/commands';
 *
 * const turnstile = commandTree('turnstile');
 * const coin = turnstile.root.command('coin');
 * const unlocked = coin.state('unlocked');
 * coin.action(() => unlocked);
 * unlocked.command('push').action(() => turnstile.root);
 * await turnstile.chat('Bob').input('coin');
 * ```
 */
export function commandTree<const Id extends string, Services = undefined>(
  id: Id,
  options: CommandTreeOptions<(Services & Schema<unknown, object>) | undefined> = {},
): CommandTree<Id, Needs<Services>> {
  const tree = makeTree(id, options);
  const store = memoryStore();
  const built = {
    id,
    root: buildState(tree, tree.root),
    command: (...names: readonly string[]) => buildCommand(tree, undefined, names),
    chat: (chat: string, { services, commands }: Partial<ChatOptions<object>> = {}) =>
      makeChat(tree, {
        id: chat,
        store,
        services: services ?? {},
        commands,
        permissions: options.permissions,
      }),
    botCommands: () => botCommandsOf(tree),
  };
  return built as never;
}

function makeTree(id: string, options: CommandTreeOptions<unknown>): TreeNode {
  if (!isName(id)) {
    throw new FsmError('INVALID_NAME', {
      name: String(id),
      of: 'a command tree',
      expected: 'a word of letters, digits, - and _',
    });
  }
  const root = makeState(`${id}:root`, undefined);
  return {
    id,
    description: options.description,
    nonExactMatch: options.nonExactMatch ?? false,
    clock: options.clock ?? systemClock,
    actionTimeout: toMs(options.actionTimeout ?? '5s', 'actionTimeout'),
    optionTimeout: toMs(options.optionTimeout ?? '5s', 'optionTimeout'),
    format: options.format ?? formatTemplate,
    join: options.join ?? joinLines,
    root,
    globals: new Map(),
    states: new Map([[root.id, root]]),
    commands: new Map(),
  };
}

function memoryStore(): ChatStore {
  const positions = new Map<string, Position>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    unit(id, work) {
      const before = queues.get(id) ?? Promise.resolve();
      const signal = new AbortController().signal;
      const result = before.then(() =>
        work({
          position: positions.get(id),
          signal,
          keep: (position) => positions.set(id, JSON.parse(JSON.stringify(position))),
        }),
      );
      queues.set(
        id,
        result.catch(() => {}),
      );
      return result;
    },
  };
}
