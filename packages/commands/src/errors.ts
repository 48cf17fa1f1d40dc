/** The error class of command trees, with a code and a sentence for each error. The page of errors is made from it. */

/** The details of each error; the keys are all codes. The first block is thrown by an input, the second by a definition. */
export interface CommandErrorArgs {
  UNKNOWN_COMMAND: { readonly input: string; readonly known: readonly string[] };
  UNKNOWN_OPTION: {
    readonly command: string;
    readonly key: string;
    readonly value: string;
    readonly known: readonly string[];
  };
  DUPLICATE_GIVEN_OPTION: {
    readonly command: string;
    readonly key: string;
    readonly value: string;
  };
  OPTIONS_NOT_FULFILLED: { readonly command: string; readonly missing: readonly string[] };
  OPTION_PROCESS_ERROR: {
    readonly command: string;
    readonly key: string;
    readonly value: unknown;
    readonly error: unknown;
  };
  OPTION_TIMEOUT: { readonly command: string; readonly key: string; readonly ms: number };
  COMMAND_FINDER_ERROR: {
    readonly state: string;
    readonly input: string;
    readonly error: unknown;
  };
  INVALID_RETURN_COMMAND: { readonly state: string; readonly found: string };
  COMMAND_ERROR: { readonly command: string; readonly error: unknown };
  COMMAND_TIMEOUT: { readonly command: string; readonly ms: number };
  FLAG_NOT_DEFINED: {
    readonly state: string;
    readonly flag: string;
    readonly known: readonly string[];
  };
  INVALID_RETURN_STATE: { readonly command: string; readonly found: string };
  STATE_UNREACHABLE: {
    readonly command: string;
    readonly state: string;
    readonly target: string;
    readonly reachable: readonly string[];
  };
  LOCK_FAIL: { readonly id: string; readonly error: unknown };

  DUPLICATE_COMMAND: { readonly name: string; readonly where: string };
  DUPLICATE_OPTION: { readonly command: string; readonly option: string };
  DUPLICATE_FLAG: { readonly state: string; readonly flag: string; readonly owner: string };
  DUPLICATE_STATE: { readonly command: string; readonly state: string };
  INVALID_COMMAND_NAME: { readonly name: string };
  INVALID_STATE_NAME: { readonly name: string };
  INVALID_OPTION_NAME: { readonly command: string; readonly name: string };
  INVALID_FLAG_NAME: { readonly state: string; readonly name: string };
  INVALID_SETTER: { readonly command: string; readonly option: string; readonly found: string };
  NON_DEFAULT_OPTION_FOLLOWS_DEFAULT: {
    readonly command: string;
    readonly option: string;
    readonly after: string;
  };
  NOT_FOR_GLOBAL_COMMAND: { readonly command: string; readonly member: string };
  ALREADY_DEFINED: { readonly where: string; readonly what: string };
  UNKNOWN_PERMISSION: { readonly entry: string; readonly known: readonly string[] };
}

/** Every code of a {@link CommandError}. */
export type CommandErrorCode = keyof CommandErrorArgs;

/** Names for a message; as many as anybody reads. */
const list = (names: readonly string[]) => {
  const more = names.length - 20;
  return `${names.slice(0, 20).join(', ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`;
};
/** The sentence around it brings the full stop. */
const reason = (error: unknown) =>
  (error instanceof Error ? error.message : shown(error)).replace(/\.$/, '');
const nameRule =
  'a word of letters, digits, emoji, - and _, beginning with a letter, a digit, an emoji or _';

const sentences: { readonly [Code in CommandErrorCode]: (a: CommandErrorArgs[Code]) => string } = {
  UNKNOWN_COMMAND: (a) =>
    `There is no command for "${shown(a.input)}" here. Commands: ${list(a.known)}.`,
  UNKNOWN_OPTION: (a) =>
    `"${a.command}" has no option "${shown(a.key)}". Options: ${list(a.known)}. If you mean the text itself, put it in quotes: "${shown(a.key)}=${shown(a.value)}".`,
  DUPLICATE_GIVEN_OPTION: (a) =>
    `The option "${a.key}" of "${a.command}" was given again with "${shown(a.value)}". Give it once.`,
  OPTIONS_NOT_FULFILLED: (a) =>
    `"${a.command}" needs ${a.missing.join(' and ')}: ${a.command} ${a.missing.map((name) => `${name}=…`).join(' ')}.`,
  OPTION_PROCESS_ERROR: (a) =>
    `The option "${a.key}" of "${a.command}" cannot be used: ${reason(a.error)}.`,
  OPTION_TIMEOUT: (a) =>
    `The option "${a.key}" of "${a.command}" was not ready within ${a.ms} ms. Try again.`,
  COMMAND_FINDER_ERROR: (a) =>
    `The default finder of "${a.state}" failed on "${shown(a.input)}": ${reason(a.error)}.`,
  INVALID_RETURN_COMMAND: (a) =>
    `The default finder of "${a.state}" returned ${a.found}. Return a command of that state, a global command, or nothing.`,
  COMMAND_ERROR: (a) => `The command "${a.command}" failed: ${reason(a.error)}.`,
  COMMAND_TIMEOUT: (a) => `"${a.command}" did not finish within ${a.ms} ms; nothing was changed.`,
  FLAG_NOT_DEFINED: (a) =>
    `The state "${a.state}" has no flag "${shown(a.flag)}". Flags: ${list(a.known)}. Define it with state.flag(name, initial).`,
  INVALID_RETURN_STATE: (a) =>
    `The command "${a.command}" was given ${a.found} as a state. Return a state of this tree, turn.state or one of its parents, or nothing for the root.`,
  STATE_UNREACHABLE: (a) =>
    `"${a.command}" cannot lead from "${a.state}" to "${a.target}". It can lead to: ${list(a.reachable)}. Declare a further edge with command.leadsTo(state).`,
  LOCK_FAIL: (a) =>
    `The chat "${shown(a.id)}" cannot take this input now: ${reason(a.error)}. Try again.`,

  DUPLICATE_COMMAND: (a) => `"${a.where}" already has a command named "${a.name}". Rename one.`,
  DUPLICATE_OPTION: (a) =>
    `The command "${a.command}" already has an option named "${a.option}". Rename one.`,
  DUPLICATE_FLAG: (a) =>
    `The flag "${a.flag}" of "${a.state}" is already defined by "${a.owner}", which shares its path. Rename one.`,
  DUPLICATE_STATE: (a) =>
    `The command "${a.command}" already has a state named "${a.state}". Rename one.`,
  INVALID_COMMAND_NAME: (a) => `${quoted(a.name)} cannot name a command: expected ${nameRule}.`,
  INVALID_STATE_NAME: (a) => `${quoted(a.name)} cannot name a state: expected ${nameRule}.`,
  INVALID_OPTION_NAME: (a) =>
    `${quoted(a.name)} cannot name an option of "${a.command}": expected ${nameRule}.`,
  INVALID_FLAG_NAME: (a) =>
    `${quoted(a.name)} cannot name a flag of "${a.state}": expected ${nameRule}.`,
  INVALID_SETTER: (a) =>
    `The option "${a.option}" of "${a.command}" has ${a.found}. Give it a function as "set", or a Standard Schema as "schema", not both.`,
  NON_DEFAULT_OPTION_FOLLOWS_DEFAULT: (a) =>
    `The option "${a.option}" of "${a.command}" is mandatory but follows "${a.after}", which has a default. Give it a default or a prompt, or put it first.`,
  NOT_FOR_GLOBAL_COMMAND: (a) =>
    `The global command "${a.command}" cannot have "${a.member}": it works in every state. Define it on a state instead.`,
  ALREADY_DEFINED: (a) => `"${a.where}" already has its ${a.what}. Define it once.`,
  UNKNOWN_PERMISSION: (a) =>
    `A permission names ${a.entry}, which this tree does not have. Commands: ${list(a.known)}.`,
};

const brand = Symbol.for('telefsm.command-error');

/**
 * An error of a command tree, or of an input to it; `code` says which.
 *
 * An error that an action, a setter, a finder or a hook threw is in `cause` and in `args.error`, unchanged.
 */
export class CommandError<Code extends CommandErrorCode = CommandErrorCode> extends Error {
  override readonly name = 'CommandError';
  /** Which error it is. */
  readonly code: Code;
  /** The facts. */
  readonly args: Readonly<CommandErrorArgs[Code]>;
  /** The messages before it failed. */
  readonly output: string;

  constructor(
    code: Code,
    args: CommandErrorArgs[Code],
    options: { readonly cause?: unknown; readonly output?: string } = {},
  ) {
    super(sentences[code](args), 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.args = args;
    this.output = options.output ?? '';
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Any {@link CommandError}, distinguished by `code`. */
export type AnyCommandError = { [Code in CommandErrorCode]: CommandError<Code> }[CommandErrorCode];

/**
 * Recognizes a {@link CommandError}, also one from another copy of the package, and narrows its `args`.
 *
 * @param error - anything that was thrown
 * @param code - the one code to recognize; without it any
 */
export function isCommandError<const Code extends CommandErrorCode = CommandErrorCode>(
  error: unknown,
  code?: Code,
): error is Extract<AnyCommandError, { readonly code: Code }> {
  return (
    error instanceof Error &&
    brand in error &&
    (code === undefined || (error as unknown as CommandError).code === code)
  );
}

/** Names what was found where something else was expected, for a message. */
export function describeFound(found: unknown): string {
  if (found === null || found === undefined) return String(found);
  if (typeof found === 'string') return `the text '${shown(found)}'`;
  if (typeof found === 'object') return Array.isArray(found) ? 'an array' : 'an object';
  return typeof found === 'function' ? 'a function' : `the ${typeof found} ${String(found)}`;
}

function quoted(name: unknown): string {
  return typeof name === 'string' ? `"${shown(name)}"` : describeFound(name);
}

/** Text of a user, shortened to one line for a message. */
function shown(value: unknown): string {
  let text: string;
  try {
    text = String(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  // A lone half of a surrogate pair would be rejected by whatever sends the message.
  const cut = [...text.slice(0, 65)];
  const short = text.length > 64 ? `${cut.slice(0, -1).join('')}…` : cut.join('');
  return short.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
}
