/** One input to a tree: from a position and a line to what is said and the next position. Pure: nothing is stored here. */

import type { Awaitable } from '@telefsm/core';
import { andThen } from '@telefsm/core/scene-kit';
import { CommandError, describeFound } from './errors.ts';
import { helpOf } from './help.ts';
import { common, limited, Run, type RunOptions } from './input.ts';
import {
  isReachable,
  type Line,
  type Match,
  matchExact,
  matchPrefix,
  reachable,
  readLine,
} from './match.ts';
import { fold } from './names.ts';
import { type CommandNode, nameOf, type TreeNode } from './nodes.ts';
import { giveAnswer, giveTexts, giveWords } from './options.ts';
import { type Outcome, perform, slotOf } from './perform.ts';
import { type FoundPosition, findPosition, positionOf } from './position.ts';
import type { Settled } from './time-limit.ts';

/**
 * Runs one input.
 *
 * Never rejects because of the input; what a permission predicate or the function of a flag's initial value throws passes through.
 *
 * @param stored - the position, as it came from a storage; `undefined` for a new user
 * @param input - one line of text
 */
export function run(
  tree: TreeNode,
  stored: unknown,
  input: string,
  options: RunOptions,
): Awaitable<Outcome> {
  const line = readLine(input);
  const position = allowedPosition(tree, findPosition(tree, stored), options);
  const before = positionOf(position.state, position.flags, position.pending);
  if (line.bot !== undefined && options.bot !== undefined && fold(line.bot) !== fold(options.bot)) {
    return { kind: 'foreign', output: '', position: before };
  }
  const current = new Run(tree, position, options);
  return outcomeOf(current, before, () => answer(current, line, input.trim()));
}

/** Runs a line or a call. A mistake of the user is an outcome; the messages and changes until then stay. */
async function outcomeOf(
  { messages, flags }: Run,
  position: Outcome['position'],
  work: () => Awaitable<Outcome>,
): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { kind: 'failed', output: error.output, position, error };
  } finally {
    messages.close();
    flags.close();
  }
}

/**
 * A user who may use no command of the state any more is at the root, where there is a way on. A command that the user may not use any more
 * asks for nothing.
 */
function allowedPosition(
  tree: TreeNode,
  position: FoundPosition,
  { allows }: Pick<RunOptions, 'allows'>,
): FoundPosition {
  if (allows === undefined) return position;
  const { state, pending } = position;
  const commands = [...state.commands.values()];
  if (commands.length > 0 && !commands.some(allows)) return findPosition(tree, undefined);
  const isOpen = pending === undefined || allows(pending.node);
  return isOpen ? position : { ...position, pending: undefined };
}

/**
 * Runs one command by its options.
 *
 * @param stored - the position, as {@link run} takes it
 * @param given - texts by name or alias of the option
 */
export async function runCommand(
  tree: TreeNode,
  stored: unknown,
  command: CommandNode,
  given: Readonly<Record<string, string>>,
  options: RunOptions,
): Promise<Outcome> {
  const position = allowedPosition(tree, findPosition(tree, stored), options);
  const before = positionOf(position.state, position.flags, position.pending);
  const current = new Run(tree, position, options);
  return outcomeOf(current, before, async () => {
    if (!isReachable(tree, position.state, command)) throw unknown(current, nameOf(command));
    permit(current, command, nameOf(command));
    return perform(current, command, () => giveTexts(command, given, current));
  });
}

function answer(current: Run, line: Line, whole: string): Awaitable<Outcome> {
  const { tree, position } = current;
  const { pending, state } = position;
  const exact = matchExact(tree, state, line);
  // While a command asks, only a slash, or a global command alone on its line, is not the answer.
  const interrupts = line.slash || (exact?.argument === '' && !exact.command.state);
  if (pending && !interrupts) return performAnswered(current, pending, whole);
  const match = exact ?? matchNearly(current, line);
  if (match) return performMatched(current, match, line);
  if (tree.help && isHelp(line)) return help(current);
  return andThen(find(current, line), (found) => performMatched(current, found, line));
}

function performAnswered(
  current: Run,
  pending: NonNullable<FoundPosition['pending']>,
  whole: string,
): Promise<Outcome> {
  permit(current, pending.node, whole);
  return perform(current, pending.node, () => giveAnswer(pending, pending.node, whole));
}

function performMatched(current: Run, { command, argument }: Match, line: Line): Promise<Outcome> {
  permit(current, command, line.text);
  return perform(current, command, () => giveWords(command, argument, current));
}

/** Whether a command with a slash is one of the tree's where this user is, so that it is not for the rest of the bot. */
export function knows(
  tree: TreeNode,
  stored: unknown,
  input: string,
  allows?: RunOptions['allows'],
): boolean {
  const line = readLine(input);
  const found = findPosition(tree, stored);
  const { state } = allowedPosition(tree, found, { allows });
  return matchExact(tree, state, line) !== undefined || (tree.help && isHelp(line));
}

/**
 * Why a command with a slash does not run where this user is: the user may not use it, or it belongs to another state.
 *
 * @returns `UNKNOWN_COMMAND`; `undefined` if the command runs
 */
export function rejectionOf(
  tree: TreeNode,
  stored: unknown,
  input: string,
  options: Pick<RunOptions, 'allows'>,
): CommandError | undefined {
  const line = readLine(input);
  const position = allowedPosition(tree, findPosition(tree, stored), options);
  const match = matchExact(tree, position.state, line);
  if (match !== undefined && options.allows?.(match.command) !== false) return undefined;
  const fail: Run['fail'] = (code, args) => new CommandError(code, args);
  return unknown({ tree, position, options, fail }, line.text);
}

function isHelp(line: Line): boolean {
  return line.slash && fold(line.text) === 'help';
}

function help({ tree, position, options }: Run): Outcome {
  const { state, pending, flags } = position;
  return {
    kind: 'help',
    output: helpOf(tree, state, options.allows),
    position: positionOf(state, flags, pending),
  };
}

function matchNearly({ tree, position }: Run, line: Line): Match | undefined {
  return tree.nonExactMatch && !line.slash ? matchPrefix(position.state, line) : undefined;
}

/** Asks the default finder of the state. */
function find(current: Run, { slash, text }: Line): Awaitable<Match> {
  const finder = slash || text === '' ? undefined : current.position.state.find;
  if (!finder) throw unknown(current, text);
  const finding = limited(current, (own) => finder(text, common(current, own)));
  return andThen(finding, (settled) => foundBy(current, text, settled));
}

function foundBy(current: Run, text: string, settled: Settled<unknown>): Match {
  const { tree, position } = current;
  const { state } = position;
  if (settled.kind === 'late') {
    throw current.fail('COMMAND_TIMEOUT', { command: state.id, ms: tree.actionTimeout });
  }
  if (settled.kind === 'failed') {
    const { error } = settled;
    const where = { state: state.id, input: text, error };
    throw current.fail('COMMAND_FINDER_ERROR', where, { cause: error });
  }
  if (settled.value === undefined) throw unknown(current, text);
  const found = slotOf<CommandNode>(settled.value, '~command');
  if (found && isReachable(tree, state, found)) return { command: found, argument: text };
  throw current.fail('INVALID_RETURN_COMMAND', {
    state: state.id,
    found: found ? `the command "${found.id}"` : describeFound(settled.value),
  });
}

function permit(current: Run, command: CommandNode, input: string): void {
  if (current.options.allows?.(command) === false) throw unknown(current, input);
}

function unknown(
  current: Pick<Run, 'tree' | 'position' | 'fail'> & {
    readonly options: Pick<RunOptions, 'allows'>;
  },
  input: string,
): CommandError {
  const { tree, position, options } = current;
  const known = reachable(tree, position.state).filter(
    (command) => options.allows?.(command) ?? true,
  );
  return current.fail('UNKNOWN_COMMAND', { input, known: known.map(nameOf) });
}
