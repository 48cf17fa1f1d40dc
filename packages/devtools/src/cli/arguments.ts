/** The arguments of a command line, read and checked: an error names what the command accepts. */

import { parseArgs } from 'node:util';
import { suggestion } from '@telefsm/core/tools';
import { Rejected } from '../conversations/rejected.ts';
import {
  type CommandName,
  commandUsage,
  isCommand,
  isOption,
  optionsOf,
  optionUsage,
  type SwitchOption,
  typed,
  type ValueOption,
} from './usage.ts';

/** The values of options: a text, or `true` for a switch. */
export type OptionValues = { readonly [Name in ValueOption]?: string } & {
  readonly [Name in SwitchOption]?: true;
};

/** A command line that makes sense. */
export interface Arguments {
  /** `undefined` for the help of all commands. */
  readonly command: CommandName | undefined;
  /** The arguments after the command. */
  readonly words: readonly string[];
  readonly options: OptionValues;
}

const parsed = Object.fromEntries(
  Object.entries(optionUsage).map(([name, usage]) => [
    name,
    { type: 'value' in usage ? ('string' as const) : ('boolean' as const) },
  ]),
);

/**
 * Reads the arguments.
 *
 * @throws Rejected for an unknown command or option, a missing or surplus value, and surplus arguments
 */
export function readArguments(args: readonly string[]): Arguments {
  const read = { args: [...args], options: parsed, allowPositionals: true, strict: false };
  const { tokens } = parseArgs({ ...read, tokens: true });
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const isHelp = words[0] === 'help';
  if (isHelp) words.shift();
  const [name] = words;
  if (name !== undefined && !isCommand(name)) {
    throw new Rejected(`Unknown command "${name}".${suggestion(name, Object.keys(commandUsage))}`);
  }
  const options: Record<string, string | true> = isHelp ? { help: true } : {};
  for (const token of tokens) {
    if (token.kind === 'option') options[token.name] = checkedValue(token, name);
  }
  const rest = words.slice(1);
  if (name !== undefined && rest.length > commandUsage[name].most) {
    const usage = `telefsm ${name} ${commandUsage[name].words}`.trim();
    const surplus = rest[commandUsage[name].most];
    throw new Rejected(`Unexpected argument "${surplus}". Usage: ${usage}`);
  }
  return { command: name, words: rest, options };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkedValue(token: OptionToken, command: CommandName | undefined): string | true {
  const { name, rawName, value, inlineValue } = token;
  const own = optionsOf(command);
  const where = command === undefined ? '' : ` for "${command}"`;
  if (!isOption(name) || !own.includes(name)) {
    const known = own.map((each) => `--${each}`);
    throw new Rejected(`Unknown option "${rawName}"${where}.${suggestion(rawName, known)}`);
  }
  if (!('value' in optionUsage[name])) {
    if (value === undefined) return true;
    throw new Rejected(`Option --${name} has no value: found "${value}".`);
  }
  // a value that begins with a dash has to be written as --name=-value
  if (value === undefined || value === '' || (inlineValue === false && value.startsWith('-'))) {
    throw new Rejected(`Option --${name} needs a value: ${typed(name)}.`);
  }
  return value;
}
