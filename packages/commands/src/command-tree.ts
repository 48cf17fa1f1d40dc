/** A tree of commands: its options, its root and its global commands, and the ways to run it. */

import {
  type AnyGroup,
  type AnyScene,
  type BotCommand,
  type Clock,
  type Duration,
  FsmError,
  type Schema,
  type State,
  type Turn,
} from '@telefsm/core';
import { checkOptions, systemClock, toMs } from '@telefsm/core/scene-kit';
import { buildCommand, buildState, type GlobalCommand, type TreeState } from './builders.ts';
import { type Chat, type ChatSettings, chatsOf } from './chat.ts';
import type { ChatsOptions } from './chat-machine.ts';
import { makeStateNode, register } from './definition.ts';
import { botCommandsOf } from './help.ts';
import { isName } from './names.ts';
import type { TreeNode } from './nodes.ts';
import { formatTemplate, joinLines } from './output.ts';
import { sceneOf } from './scene.ts';
import { type CommandTools, toolsOfTurn } from './tools.ts';
import type { Explain, Permissions } from './turn.ts';

/** Options of a tree. */
export interface CommandTreeOptions<Services> {
  /** The services that its functions need from `fsm({ services })`, or from `chat(id, { services })`. */
  readonly services?: Services;
  /** Whether `buyTSLA` is `buy TSLA`: the longest name that the line begins with. For languages without spaces, and for voice. */
  readonly nonExactMatch?: boolean;
  /** Formats each message, for example for translation. Default: printf. */
  readonly format?: (template: string, ...values: readonly unknown[]) => string;
  /** Makes one text of several messages. Default: one below the other. */
  readonly join?: (...messages: readonly string[]) => string;
  /** How long an action with its `catch`, a condition or a finder may take; 0 for no limit. Default 5 s. */
  readonly actionTimeout?: Duration;
  /** How long one option may take; 0 for no limit. Default 5 s. */
  readonly optionTimeout?: Duration;
  /** Whether the tree answers /help itself, where it has no such command. Default: yes. */
  readonly help?: boolean;
  /** The first line of /help. */
  readonly description?: string;
  /** The permissions of users. */
  readonly permissions?: Permissions;
  /** The message for a user who made a mistake; for translation. Default: the message of the error. */
  readonly explain?: Explain;
  /** How headless chats are kept; a bot keeps the tree in its own machine. */
  readonly chats?: ChatsOptions;
  /** For time-outs. Default: the system's clock. */
  readonly clock?: Clock;
}

const knownOptions =
  'chats services nonExactMatch format join actionTimeout optionTimeout help description permissions explain clock';

/** Options of a headless chat; `services` is asked for exactly when the tree needs some. */
export type ChatOptions<Services extends object> = ChatSettings &
  ({} extends Services ? { readonly services?: Services } : { readonly services: Services });

/** A tree of commands. It is a scene: `fsm({ states: [tree], initial: tree })`, or `state.call(tree)` from a flow. */
export interface CommandTree<Id extends string, Services extends object>
  extends AnyScene<
      Id,
      {
        data: {};
        start: {};
        /** A line to handle immediately. */
        params: { readonly line?: string };
        result: string;
        services: Services;
        session: {};
      }
    >,
    AnyGroup<State<`${Id}:${string}`, {}> & { readonly '~node': Id }> {
  /** The initial state of every user. */
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
  /**
   * Makes tools of a language model out of the commands that this user may use.
   *
   * The calls of one turn share a position, which begins at the root; nothing of it is stored. They fit the AI SDK (`tools`) and OpenAI-style calls
   * (`parameters`, `execute`).
   *
   * @param turn - the turn of a node's handler; its services are those of the commands
   */
  tools(turn: Turn<Services>): CommandTools;
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
  checkOptions(`${id} `, options, {}, knownOptions);
  const { permissions, explain, chats } = options;
  checkOptions(`${id} chats.`, Object(chats), {}, 'storage lease turn ttl');
  const chat = chatsOf(tree, permissions, chats);
  const built = {
    id,
    '~scene': sceneOf(tree, { permissions, explain }),
    '~group': { id, states: tree.members },
    root: buildState(tree, tree.root),
    command: (...names: readonly string[]) => buildCommand(tree, undefined, names),
    chat(of: string, settings: ChatSettings & { readonly services?: unknown } = {}) {
      checkOptions(`${id} chat `, settings, {}, 'storage commands waiting services');
      return chat(of, settings.services ?? {}, settings);
    },
    botCommands: () => botCommandsOf(tree),
    tools: (turn: Turn<object>) => toolsOfTurn(tree, { permissions, explain }, turn),
  };
  return Object.freeze(built) as never;
}

function makeTree(id: string, options: CommandTreeOptions<unknown>): TreeNode {
  if (!isName(id)) {
    throw new FsmError('INVALID_NAME', {
      name: String(id),
      of: 'a command tree',
      expected: 'a word of letters, digits, - and _',
    });
  }
  const root = makeStateNode(`${id}:root`);
  const tree: TreeNode = {
    id,
    description: options.description,
    nonExactMatch: options.nonExactMatch ?? false,
    help: options.help ?? true,
    clock: options.clock ?? systemClock,
    actionTimeout: toMs(options.actionTimeout ?? '5s', 'actionTimeout'),
    optionTimeout: toMs(options.optionTimeout ?? '5s', 'optionTimeout'),
    format: options.format ?? formatTemplate,
    join: options.join ?? joinLines,
    root,
    globals: new Map(),
    states: new Map(),
    members: [],
    commands: new Map(),
  };
  register(tree, root);
  return tree;
}
