/** The usage of the command line: the commands, their options, and the pages of help. */

/** A command. */
interface CommandUsage {
  /** The arguments after its name, as help shows them. */
  readonly words: string;
  /** How many arguments it accepts. */
  readonly most: number;
  readonly effect: string;
  /** Its own options. */
  readonly options: readonly OptionName[];
}

/** An option. */
interface OptionUsage {
  /** Its value, as help shows it; without one it is a switch. */
  readonly value?: string;
  readonly effect: string;
}

/** Options with a value. */
export type ValueOption =
  | 'config'
  | 'bot'
  | 'direction'
  | 'out'
  | 'state'
  | 'match'
  | 'after'
  | 'limit';

/** Options without a value. */
export type SwitchOption = 'json' | 'progress' | 'help' | 'yes' | 'strict' | 'graph-only' | 'all';

/** The name of an option, without its dashes. */
export type OptionName = ValueOption | SwitchOption;

/** The name of a command. */
export type CommandName = 'diagram' | 'check' | 'list' | 'show' | 'clear' | 'move';

/** Every option by its name. */
export const optionUsage: {
  readonly [Name in OptionName]: Name extends ValueOption
    ? Required<OptionUsage>
    : Omit<OptionUsage, 'value'>;
} = {
  config: { value: 'FILE', effect: 'the configuration; default: telefsm.config.mjs' },
  json: { effect: 'prints JSON: one document, or one line per conversation' },
  progress: { effect: 'shows progress even if no terminal is attached' },
  help: { effect: 'shows this help' },
  yes: { effect: 'does not ask for confirmation' },
  direction: {
    value: 'TB|LR',
    effect: 'draws from top to bottom (default), or from left to right',
  },
  out: { value: 'FILE', effect: 'writes to this file instead of the terminal' },
  strict: { effect: 'fails on warnings too' },
  'graph-only': { effect: 'checks the machine only, not the stored conversations' },
  bot: {
    value: 'ID',
    effect: 'conversations of this bot only; default: `bot` of the configuration, or all bots',
  },
  state: { value: 'ID', effect: 'lists conversations in this state only' },
  match: { value: 'TEXT', effect: 'lists conversations whose key contains this text' },
  after: { value: 'KEY', effect: 'continues after this key' },
  limit: { value: 'COUNT', effect: 'lists this many conversations; default: 50' },
  all: { effect: 'lists all conversations' },
};

/** Options of every command. */
const common: readonly OptionName[] = ['config', 'json', 'progress', 'help'];

/** Every command by its name. */
export const commandUsage: { readonly [Name in CommandName]: CommandUsage } = {
  diagram: {
    words: '[GROUP]',
    most: 1,
    effect: 'prints the machine, or one group or scene of it, as a Mermaid state diagram',
    options: ['direction', 'out'],
  },
  check: {
    words: '',
    most: 0,
    effect: 'finds faults of the machine, and stored conversations that its code cannot continue',
    options: ['bot', 'strict', 'graph-only'],
  },
  list: {
    words: '[TEXT]',
    most: 1,
    effect: 'lists stored conversations whose key contains TEXT',
    options: ['bot', 'state', 'match', 'limit', 'after', 'all'],
  },
  show: { words: 'KEY', most: 1, effect: 'shows one conversation', options: [] },
  clear: {
    words: 'KEY...',
    most: Number.POSITIVE_INFINITY,
    effect: 'deletes conversations',
    options: ['yes'],
  },
  move: {
    words: 'KEY STATE',
    most: 2,
    effect: 'moves a conversation to a state, into a scene or flow, or back to a question',
    options: ['yes'],
  },
};

/** Whether a word names a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commandUsage, word);
}

/** Whether a word names an option. */
export function isOption(word: string): word is OptionName {
  return Object.hasOwn(optionUsage, word);
}

/** The options that a command accepts; without a command, those of every command. */
export function optionsOf(command: CommandName | undefined): readonly OptionName[] {
  return command === undefined ? common : [...commandUsage[command].options, ...common];
}

/** An option with its dashes and value, as the user types it. */
export function typed(name: OptionName): string {
  const { value }: OptionUsage = optionUsage[name];
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** The page of help for all commands. */
export function help(): readonly string[] {
  const commands = Object.entries(commandUsage);
  return [
    'Usage: telefsm COMMAND [ARGUMENTS] [OPTIONS]',
    '',
    'Inspects the machine of a bot and its stored conversations.',
    '',
    'Commands:',
    ...columns(commands.map(([name, { words, effect }]) => [`${name} ${words}`, effect])),
    '',
    'Options of every command:',
    ...optionLines(common),
    '',
    'The configuration exports your machine before it is started, or only its storage:',
    '',
    "  export { machine } from './bot.js';",
    '',
    'telefsm COMMAND --help shows the options of a command.',
    '',
    'Exit codes: 0 success, 1 faults found or nothing done, 2 invalid request, 3 failure.',
  ];
}

/** The page of help for one command. */
export function helpOf(command: CommandName): readonly string[] {
  const { words, effect } = commandUsage[command];
  return [
    `Usage: telefsm ${[command, words].join(' ').trim()} [OPTIONS]`,
    '',
    `${effect[0]?.toUpperCase()}${effect.slice(1)}.`,
    '',
    'Options:',
    ...optionLines(optionsOf(command)),
  ];
}

function optionLines(names: readonly OptionName[]): readonly string[] {
  return columns(names.map((name) => [typed(name), optionUsage[name].effect]));
}

function columns(rows: readonly (readonly [left: string, right: string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.trim().length));
  return rows.map(([left, right]) => `  ${left.trim().padEnd(width)}  ${right}`);
}
