/** The command line: reads its arguments, loads the user's module, runs one command. */

import { parseArgs } from 'node:util';
import { Rejected } from '../conversations/rejected.ts';
import { commands } from './commands.ts';
import { type CliConfig, loadConfig } from './config.ts';
import { type Streams, terminalOn } from './terminal.ts';

const help = `telefsm: looks at the conversations of a bot

  telefsm diagram [GROUP]     writes the machine as a Mermaid state diagram
  telefsm check               finds faults of the machine, and stored states that its code does not have
  telefsm list [TEXT]         lists stored conversations, whose keys hold TEXT
  telefsm show KEY            shows one conversation
  telefsm clear KEY...        forgets conversations
  telefsm move KEY STATE      moves a conversation to a state, into a scene or flow, or back to a question

What to work on is exported by telefsm.config.mjs: your machine, not started, or only its storage.

  export { machine } from './bot.js';

  --config FILE        another file
  --json               output for programs: a document, or with list a line each
  --yes                clear and move without asking
  --progress           shows progress where nobody seems to look
  diagram: --direction TB|LR, --out FILE
  check:   --strict (warnings fail too), --graph-only (leaves stored conversations alone)
  list:    --state ID, --limit 50, --after KEY, --all

Exit codes: 0 fine, 1 faults found or nothing done, 2 the request makes no sense, 3 something failed.`;

const options = {
  config: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  progress: { type: 'boolean' },
  help: { type: 'boolean' },
  direction: { type: 'string' },
  out: { type: 'string' },
  strict: { type: 'boolean' },
  'graph-only': { type: 'boolean' },
  state: { type: 'string' },
  match: { type: 'string' },
  after: { type: 'string' },
  limit: { type: 'string' },
  all: { type: 'boolean' },
} as const;

/** Runs a command line in a folder; gives the exit code. */
export async function runCommandLine(
  args: readonly string[],
  folder: string,
  streams: Streams,
): Promise<number> {
  let config: CliConfig | undefined;
  let terminal = terminalOn(streams);
  try {
    const { values, positionals } = readArguments(args);
    terminal = terminalOn(streams, values.progress);
    const [name, ...words] = positionals;
    if (values.help || name === undefined || name === 'help') {
      await terminal.print(...help.split('\n'));
      return values.help || name === 'help' ? 0 : 2;
    }
    const command = commands.get(name);
    if (command === undefined) {
      throw new Rejected(
        `There is no command '${name}'. There are: ${[...commands.keys()].join(', ')}.`,
      );
    }
    config = await loadConfig(values.config, folder);
    return await command({ config, terminal, words, options: values });
  } catch (error) {
    terminal.settled();
    terminal.writeError(...(error instanceof Rejected ? error.message : shown(error)).split('\n'));
    return error instanceof Rejected ? 2 : 3;
  } finally {
    await config?.machine?.stop?.();
    await config?.storage?.close?.();
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Rejected((error as Error).message);
  }
}

function shown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
