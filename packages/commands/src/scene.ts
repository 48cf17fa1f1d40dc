/** A tree as a scene of a bot: lines are what the user writes, answers are messages. */

import { type Awaitable, isFsmError } from '@telefsm/core';
import {
  andThen,
  type ParsedCommand,
  type SceneBehavior,
  type SceneRun,
  sceneEngine,
} from '@telefsm/core/scene-kit';
import { botCommandsOf } from './help.ts';
import type { RunOptions } from './input.ts';
import { explained, mistakes } from './mistakes.ts';
import type { CommandNode, TreeNode } from './nodes.ts';
import type { Outcome } from './perform.ts';
import { allowing } from './permissions.ts';
import { knows, rejectionOf, run as runLine } from './run.ts';
import type { Explain, Permissions } from './turn.ts';

/** The parts that a tree needs to run as a scene. */
export interface SceneParts {
  readonly permissions: Permissions | undefined;
  readonly explain: Explain | undefined;
}

/**
 * Makes the behavior of a tree as a scene.
 *
 * Text is for the tree. A command with a slash is for the tree if it has it, otherwise for triggers and the rest of the bot, as is
 * every other kind of update.
 */
export function sceneOf(tree: TreeNode, parts: SceneParts): SceneBehavior {
  const take = (run: SceneRun, line: string) =>
    andThen(allowedIn(tree, parts, run.turn), (allows) =>
      handleLine(tree, parts, run, line, allows),
    );
  return {
    engine: sceneEngine,
    states: tree.members,
    first: () => tree.root.id,
    opens(input) {
      if (input.edited) return false;
      if (input.kind !== 'command') return input.kind === 'text';
      return knows(tree, undefined, lineOf(input.value));
    },
    async rejection(turn, command, frame) {
      const allows = await allowedIn(tree, parts, turn);
      const error = rejectionOf(tree, frame && storedOf(frame), lineOf(command), { allows });
      return error && explained(error, parts.explain, turn.services);
    },
    botCommands: () => botCommandsOf(tree),
    enter(run, params) {
      const { line } = params as { readonly line?: unknown };
      return typeof line === 'string' ? take(run, line) : undefined;
    },
    async command(run, command) {
      const line = lineOf(command);
      const allows = await allowedIn(tree, parts, run.turn);
      if (!knows(tree, storedOf(run), line, allows)) return false;
      await handleLine(tree, parts, run, line, allows);
      return true;
    },
    handle(run, next) {
      const { input } = run;
      return input?.kind !== 'text' || input.edited ? next() : take(run, input.text);
    },
    describe: () => ({ kind: 'commands', commands: [...tree.commands.values()].map(describe) }),
  };
}

function lineOf({ command, argument }: Pick<ParsedCommand, 'command' | 'argument'>): string {
  return `/${command} ${argument}`;
}

/** Makes the test of the commands that the user of a turn may use; `undefined` if everybody may use all. */
function allowedIn(
  tree: TreeNode,
  { permissions }: SceneParts,
  turn: SceneRun['turn'],
): Awaitable<RunOptions['allows']> {
  if (permissions === undefined) return undefined;
  const { chat, user } = turn.subject;
  const who = {
    ...(chat === undefined ? {} : { chat }),
    ...(user === undefined ? {} : { user }),
  };
  return andThen(permissions(who), (names) => allowing(tree, names));
}

async function handleLine(
  tree: TreeNode,
  { explain }: SceneParts,
  run: SceneRun,
  line: string,
  allows: RunOptions['allows'],
): Promise<void> {
  const { turn } = run;
  const outcome = await runLine(tree, storedOf(run), line, new SceneOptions(turn, allows));
  if (outcome.kind === 'failed') return rejectInput(run, outcome, explain);
  sendText(run, outcome.output);
  if (outcome.kind === 'left') return run.leave('done', outcome.result);
  const { state, flags, pending } = outcome.position;
  run.keep({ state, memo: pending === undefined ? { flags } : { flags, pending } });
}

/** A class for its getter: the signal is made when it is first read, and the engine would keep the getter of an object literal. */
class SceneOptions implements RunOptions {
  readonly services: unknown;
  readonly allows: RunOptions['allows'];
  private readonly turn: SceneRun['turn'];

  constructor(turn: SceneRun['turn'], allows: RunOptions['allows']) {
    this.services = turn.services;
    this.allows = allows;
    this.turn = turn;
  }

  get signal(): AbortSignal {
    return this.turn.signal;
  }
}

/** Answers a mistake of the user's; what else fails goes to the bot's error handler, after what had been said. */
async function rejectInput(
  run: SceneRun,
  { error, output }: Extract<Outcome, { readonly kind: 'failed' }>,
  explain: Explain | undefined,
): Promise<void> {
  // what a command made of the line cannot be stored: an invalid line, as an invalid answer is
  if (isFsmError(error.cause, 'DATA_NOT_JSON')) throw error.cause;
  if (!mistakes.has(error.code)) {
    if (output.trim() !== '') await run.turn.reply(output);
    throw error;
  }
  const { services } = run.turn;
  const text = explained(error, explain, services);
  sendText(run, output === '' ? text : `${output}\n${text}`);
}

/** Sends a text, unless Telegram would reject it as empty. */
function sendText(run: SceneRun, text: string): void {
  if (text.trim() !== '') run.say(text);
}

function storedOf({ state, memo }: Pick<SceneRun, 'state' | 'memo'>): object {
  return { ...memo, state };
}

function describe({ names, state, states, edges, options, description }: CommandNode): object {
  return {
    names,
    state: state?.id ?? null,
    leadsTo: [...states.values(), ...edges].map(({ id }) => id),
    options: options.map(({ name }) => name),
    ...(description === undefined ? {} : { description }),
  };
}
