/** The commands of the command line. */

import { writeFile } from 'node:fs/promises';
import { describeMachine } from '@telefsm/core/tools';
import { pageOf, walk } from '../conversations/listing.ts';
import { clear, type Found, find, move } from '../conversations/operator.ts';
import { Rejected } from '../conversations/rejected.ts';
import { checkStored, prefixOf, type StoredFault } from '../conversations/stored-check.ts';
import { check } from '../graph/check.ts';
import { readableTime } from '../graph/durations.ts';
import type { Fault } from '../graph/fault.ts';
import { graph } from '../graph/machine-graph.ts';
import { mermaid } from '../graph/mermaid.ts';
import type { OptionValues } from './arguments.ts';
import { type CliConfig, machineIn, storageIn } from './config.ts';
import type { Terminal } from './terminal.ts';
import type { CommandName } from './usage.ts';

/** The argument of a command. */
export interface Call {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  /** The arguments after the command's name. */
  readonly words: readonly string[];
  readonly options: OptionValues;
}

/** A command; resolves to the exit code. */
export type Command = (call: Call) => Promise<number>;

/** Every command by its name. */
export const commands: { readonly [Name in CommandName]: Command } = {
  diagram,
  check: checkAll,
  list,
  show,
  clear: clearSome,
  move: moveOne,
};

async function diagram({ config, terminal, words, options }: Call): Promise<number> {
  const { direction = 'TB', json, out } = options;
  if (direction !== 'TB' && direction !== 'LR')
    throw new Rejected(`Invalid --direction "${direction}". Use TB or LR.`);
  const made = graph(machineIn(config), config);
  const [only] = words;
  if (json && only !== undefined)
    throw new Rejected(
      `--json prints the whole machine. Leave out '${only}', or leave out --json.`,
    );
  const text = json
    ? `${JSON.stringify(made, null, 2)}\n`
    : mermaid(made, { direction, ...(only !== undefined && { only }) });
  if (out === undefined) await terminal.print(...text.trimEnd().split('\n'));
  else await writeFile(out, text);
  return 0;
}

async function checkAll({ config, terminal, options }: Call): Promise<number> {
  const machine = machineIn(config);
  const { json, strict } = options;
  const faults: (Fault | StoredFault)[] = [...check(graph(machine, config))];
  let looked = 0;
  let bots: readonly number[] = [];
  if (!options['graph-only']) {
    const { progress } = terminal;
    const stored = await checkStored(storageIn(config), machine, {
      bot: botIn(config, options),
      progress,
    });
    terminal.settled();
    ({ looked, bots } = stored);
    faults.push(...stored.faults);
  }
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  const warnings = faults.length - errors;
  if (json) await terminal.print(...documentOf({ errors, warnings, looked, bots, faults }));
  else {
    for (const { severity, code, where, message, ...more } of faults) {
      await terminal.print(`${severity} ${code} ${where}`, `  ${message}`);
      if ('examples' in more) await terminal.print(`  Such as: ${more.examples.join(', ')}`);
    }
    await terminal.print(
      `${numbered(errors, 'error')}, ${numbered(warnings, 'warning')}; checked ${numbered(looked, 'stored conversation')}.`,
    );
    if (bots.length > 1)
      await terminal.print(
        `They belong to ${bots.length} bots: ${bots.join(', ')}. Check one with --bot ID.`,
      );
  }
  return errors > 0 || (strict && warnings > 0) ? 1 : 0;
}

async function list({ config, terminal, words, options }: Call): Promise<number> {
  const { json, all, state, after } = options;
  const match = options.match ?? words[0];
  const limit = all ? Number.POSITIVE_INFINITY : wholeNumber(options.limit ?? '50', '--limit');
  const storage = storageIn(config);
  const bot = botIn(config, options);
  const query = {
    ...((config.machine ?? bot) !== undefined && {
      prefix: prefixOf(describeMachine(machineIn(config)), bot),
    }),
    ...(state !== undefined && { state }),
    ...(after !== undefined && { after }),
  };
  const write = ({
    key,
    state: at,
    stored,
  }: Awaited<ReturnType<typeof pageOf>>['conversations'][number]) => {
    const { deadlineIn } = stored;
    const known = { key, state: at, ...(deadlineIn !== undefined && { deadlineIn }) };
    if (json) return terminal.print(JSON.stringify(known));
    const due = deadlineIn === undefined ? '' : `  ${dueIn(deadlineIn)}`;
    return terminal.print(`${key}  ${at ?? '(no state)'}${due}`);
  };
  if (all) {
    let count = 0;
    for await (const each of walk(storage, query)) {
      terminal.progress(++count);
      if (match === undefined || each.key.includes(match)) await write(each);
    }
    terminal.settled();
    return 0;
  }
  const { conversations, next } = await pageOf(storage, {
    ...query,
    ...(match !== undefined && { match }),
    limit,
  });
  for (const each of conversations) await write(each);
  if (conversations.length === 0) terminal.writeError('No conversation found.');
  if (next !== undefined)
    terminal.writeError(`There are more. Continue with --after '${next}', or list all with --all.`);
  return 0;
}

async function show({ config, terminal, words, options }: Call): Promise<number> {
  const key = wordAt(words, 0, 'the key of a conversation');
  const found = await find(storageIn(config), config.machine, key);
  if (found === undefined) throw nothingAt(key);
  if (options.json) await terminal.print(...documentOf(found));
  else await terminal.print(...described(found));
  return 0;
}

function described({ key, snapshot, unreadable, text, deadlineIn }: Found): readonly string[] {
  const lines = [`key       ${key}`];
  if (snapshot === undefined) lines.push(`record    ${text}`);
  else {
    lines.push(
      `state     ${snapshot.current ?? '(no state)'}`,
      `scene     ${snapshot.scene ?? '(none)'}`,
    );
    const data = documentOf(snapshot.data);
    lines.push(...data.map((line, at) => `${at === 0 ? 'data      ' : '          '}${line}`));
  }
  if (unreadable !== undefined) lines.push(`problem   ${unreadable}`);
  if (deadlineIn !== undefined) lines.push(`deadline  ${dueIn(deadlineIn)}`);
  lines.push(`size      ${Buffer.byteLength(text)} bytes`);
  return lines;
}

/** A JSON document by its lines. */
function documentOf(value: unknown): readonly string[] {
  return JSON.stringify(value, null, 2).split('\n');
}

async function clearSome({ config, terminal, words, options }: Call): Promise<number> {
  wordAt(words, 0, 'the key of a conversation');
  const storage = storageIn(config);
  const what = words.length === 1 ? `'${words[0]}'` : `${words.length} conversations`;
  if (!(await agreed(terminal, options.yes, `Delete ${what}?`))) return 1;
  const results: { readonly key: string; readonly cleared: boolean }[] = [];
  for (const key of words)
    results.push({ key, cleared: await clear(storage, config.machine, key) });
  for (const { key, cleared } of results) {
    if (options.json) await terminal.print(JSON.stringify({ key, cleared }));
    else await terminal.print(cleared ? `Deleted ${key}` : `Nothing is stored at ${key}`);
  }
  return results.every(({ cleared }) => cleared) ? 0 : 1;
}

async function moveOne({ config, terminal, words, options }: Call): Promise<number> {
  const key = wordAt(words, 0, 'the key of a conversation');
  const target = wordAt(words, 1, 'the state or scene to move to');
  const machine = machineIn(config);
  const before = await find(storageIn(config), machine, key);
  if (before === undefined) throw nothingAt(key);
  const from = before.snapshot?.current ?? null;
  if (
    !(await agreed(terminal, options.yes, `Move '${key}' from ${from ?? 'no state'} to ${target}?`))
  )
    return 1;
  if (!(await move(machine, key, target))) {
    terminal.writeError(
      'No bot is connected here. The question is sent with the next update of the conversation.',
    );
  }
  const to = (await find(storageIn(config), machine, key))?.snapshot?.current ?? null;
  if (options.json) await terminal.print(JSON.stringify({ key, from, to }));
  else await terminal.print(`Moved ${key} from ${from ?? '(no state)'} to ${to ?? '(no state)'}`);
  return 0;
}

async function agreed(
  terminal: Terminal,
  yes: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (yes) return true;
  const answer = await terminal.confirm(question);
  if (answer === undefined)
    throw new Rejected(
      `${question} Nobody can answer, because no terminal is attached. Pass --yes.`,
    );
  if (!answer) terminal.writeError('Nothing was changed.');
  return answer;
}

function dueIn(ms: number): string {
  return ms > 0 ? `due in ${readableTime(ms)}` : `overdue by ${readableTime(-ms)}`;
}

function numbered(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function wordAt(words: readonly string[], at: number, what: string): string {
  const word = words[at];
  if (word === undefined) throw new Rejected(`Pass ${what}.`);
  return word;
}

function wholeNumber(text: string, option: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Rejected(`Invalid ${option} "${text}". Use a whole number from 1.`);
}

/** The only bot to look at, if one was named. */
function botIn({ bot }: CliConfig, options: OptionValues): number | undefined {
  return options.bot === undefined ? bot : wholeNumber(options.bot, '--bot');
}

function nothingAt(key: string): Rejected {
  return new Rejected(`Nothing is stored at "${key}". \`telefsm list\` shows the keys.`);
}
