/** Reading the options of a command: words to names, texts to values. */

import type { Awaitable, Schema } from '@telefsm/core';
import { check } from '@telefsm/core/scene-kit';
import type { CommandError, CommandErrorArgs } from './errors.ts';
import { type CommandNode, nameOf, type OptionNode } from './nodes.ts';
import type { Pending } from './position.ts';
import { type Limit, type Limited, within } from './time-limit.ts';
import { tokenize } from './tokens.ts';

/** The options of a command, as the text that was given. */
export interface Given {
  readonly texts: ReadonlyMap<OptionNode, string>;
  /** Words that no option takes. */
  readonly rest: readonly string[];
}

/** Values for the action, or the question that is to be asked first. */
export type Read =
  | {
      readonly kind: 'ready';
      readonly options: Readonly<Record<string, unknown>>;
      readonly rest: readonly string[];
    }
  | { readonly kind: 'ask'; readonly question: string; readonly pending: Pending };

/** The functions that reading options needs from its input. */
export interface OptionsPort {
  /** Makes the turn of a setter, a default or a prompt. */
  turn(limited: Limited, key: string): object;
  fail<Code extends keyof CommandErrorArgs>(
    code: Code,
    args: CommandErrorArgs[Code],
    cause?: { readonly cause: unknown },
  ): CommandError<Code>;
  /** Holds the signal of the machine, or of the caller that runs the tree. */
  readonly outer: Limit['outer'];
}

/**
 * Gives each word to an option: `key=value` by name or alias, the others in the order of definition.
 *
 * @throws CommandError `UNKNOWN_OPTION`, `DUPLICATE_GIVEN_OPTION`
 */
export function giveWords(
  command: CommandNode,
  argument: string,
  port: Pick<OptionsPort, 'fail'>,
): Given {
  const texts = new Map<OptionNode, string>();
  const words: string[] = [];
  for (const { key, text } of tokenize(argument)) {
    if (key === undefined || command.state === undefined) {
      words.push(key === undefined ? text : `${key}=${text}`);
      continue;
    }
    give(texts, command, key, text, port);
  }
  for (const option of command.options) {
    const word = texts.has(option) ? undefined : words.shift();
    if (word !== undefined) texts.set(option, word);
  }
  return { texts, rest: words };
}

/**
 * Gives texts to options by name or alias.
 *
 * @throws CommandError `UNKNOWN_OPTION`, `DUPLICATE_GIVEN_OPTION`
 */
export function giveTexts(
  command: CommandNode,
  given: Readonly<Record<string, string>>,
  port: Pick<OptionsPort, 'fail'>,
): Given {
  const texts = new Map<OptionNode, string>();
  for (const [key, value] of Object.entries(given)) give(texts, command, key, String(value), port);
  return { texts, rest: [] };
}

/** Gives a text to the option of a name or alias. */
function give(
  texts: Map<OptionNode, string>,
  command: CommandNode,
  key: string,
  value: string,
  port: Pick<OptionsPort, 'fail'>,
): void {
  const option = command.keys.get(key);
  if (!option) {
    const known = command.options.map(({ name }) => name);
    throw port.fail('UNKNOWN_OPTION', { command: nameOf(command), key, value, known });
  }
  if (texts.has(option)) {
    throw port.fail('DUPLICATE_GIVEN_OPTION', { command: nameOf(command), key, value });
  }
  texts.set(option, value);
}

/** Returns the options of a command that asked: those given before, and the answer. */
export function giveAnswer(pending: Pending, command: CommandNode, line: string): Given {
  const texts = new Map<OptionNode, string>();
  for (const option of command.options) {
    const text = option.name === pending.option ? answerOf(line) : pending.given[option.name];
    if (text !== undefined) texts.set(option, text);
  }
  return { texts, rest: pending.rest };
}

/**
 * Converts texts into values: first the given ones, so that a wrong value is reported before a missing one, then the defaults.
 *
 * At once if no function of the author's is called.
 *
 * @throws CommandError `OPTION_PROCESS_ERROR`, `OPTION_TIMEOUT`, `OPTIONS_NOT_FULFILLED`
 */
export function readOptions(
  command: CommandNode,
  given: Given,
  port: OptionsPort,
): Awaitable<Read> {
  for (const option of given.texts.keys()) {
    if (isConverted(option)) return convert(command, given, port);
  }
  return withDefaults(command, given, given.texts, port);
}

function isConverted({ schema, set }: OptionNode): boolean {
  return schema !== undefined || set !== undefined;
}

async function convert(command: CommandNode, given: Given, port: OptionsPort): Promise<Read> {
  const values = new Map<OptionNode, unknown>(given.texts);
  for (const [option, text] of given.texts) {
    if (!isConverted(option)) continue;
    values.set(option, await readOne(command, option, text, port, () => text));
  }
  return withDefaults(command, given, values, port);
}

/** Fills in the options that were not given, or asks for the first one that has no default. */
function withDefaults(
  command: CommandNode,
  given: Given,
  values: ReadonlyMap<OptionNode, unknown>,
  port: OptionsPort,
): Awaitable<Read> {
  const isComplete = command.options.every((option) => values.has(option));
  return isComplete ? ready(command, given, values) : fill(command, given, values, port);
}

function ready(
  command: CommandNode,
  { rest }: Given,
  values: ReadonlyMap<OptionNode, unknown>,
): Read {
  const options: Record<string, unknown> = {};
  for (const option of command.options) options[option.name] = values.get(option);
  return { kind: 'ready', options: Object.freeze(options), rest };
}

async function fill(
  command: CommandNode,
  given: Given,
  values: ReadonlyMap<OptionNode, unknown>,
  port: OptionsPort,
): Promise<Read> {
  const open = command.options.filter((option) => !values.has(option));
  const needed = open.filter(({ fallback }) => fallback === undefined);
  const missing = needed.filter(({ prompt }) => prompt === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    throw port.fail('OPTIONS_NOT_FULFILLED', { command: nameOf(command), missing });
  }
  const [asked] = needed;
  if (asked !== undefined) {
    const question = await questionOf(command, asked, port);
    const texts = Object.fromEntries([...given.texts].map(([{ name }, text]) => [name, text]));
    const { id } = command;
    const pending = { command: id, option: asked.name, given: texts, rest: given.rest };
    return { kind: 'ask', question, pending };
  }
  const filled = new Map(values);
  for (const option of open) {
    filled.set(option, await readOne(command, option, undefined, port, option.fallback));
  }
  return ready(command, given, filled);
}

/** An answer is the whole line; quotes around it take away the meaning of words such as `cancel`. */
function answerOf(line: string): string {
  const [first, ...others] = tokenize(line);
  return first?.quoted && first.key === undefined && others.length === 0 ? first.text : line;
}

async function questionOf(
  command: CommandNode,
  option: OptionNode,
  port: OptionsPort,
): Promise<string> {
  const { prompt } = option;
  if (typeof prompt !== 'function') return prompt as string;
  return limited(command, option, undefined, port, (turn) => prompt(turn));
}

/** Finds the raw value, then converts and checks it; both within one time limit. */
function readOne(
  command: CommandNode,
  option: OptionNode,
  text: string | undefined,
  port: OptionsPort,
  raw: OptionNode['fallback'],
): Promise<unknown> {
  return limited(command, option, text, port, async (turn) => {
    const value = await raw?.(turn);
    if (option.schema) return checked(option.schema, value);
    if (!option.set) return value;
    const made: unknown = await option.set(value, turn);
    // a conversion that failed, and a forgotten return
    if (text !== undefined && (made === undefined || Number.isNaN(made)))
      throw new Error('this is not a valid value');
    return made;
  });
}

async function limited<T>(
  command: CommandNode,
  option: OptionNode,
  value: string | undefined,
  port: OptionsPort,
  work: (turn: object) => T | PromiseLike<T>,
): Promise<T> {
  const { clock, optionTimeout: ms } = command.tree;
  const { name: key } = option;
  const settled = await within({ clock, ms, outer: port.outer }, (own) =>
    work(port.turn(own, key)),
  );
  if (settled.kind === 'done') return settled.value;
  const where = { command: nameOf(command), key };
  if (settled.kind === 'late') throw port.fail('OPTION_TIMEOUT', { ...where, ms });
  const { error } = settled;
  throw port.fail('OPTION_PROCESS_ERROR', { ...where, value, error }, { cause: error });
}

async function checked(schema: Schema, value: unknown): Promise<unknown> {
  const result = await check(schema, value);
  if (result.issues) throw new Error(result.issues.map(({ message }) => message).join('; '));
  return result.value;
}
