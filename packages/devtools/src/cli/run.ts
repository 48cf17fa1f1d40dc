/** The command line: reads its arguments, loads the user's module, runs one command. */

import { Rejected } from '../conversations/rejected.ts';
import { readArguments } from './arguments.ts';
import { commands } from './commands.ts';
import { type CliConfig, loadConfig } from './config.ts';
import { type Streams, terminalOn } from './terminal.ts';
import { help, helpOf } from './usage.ts';

/** Runs a command line in a folder; gives the exit code. */
export async function runCommandLine(
  args: readonly string[],
  folder: string,
  streams: Streams,
): Promise<number> {
  let config: CliConfig | undefined;
  let terminal = terminalOn(streams);
  try {
    const { command, words, options } = readArguments(args);
    terminal = terminalOn(streams, options.progress);
    if (command === undefined || options.help) {
      await terminal.print(...(command === undefined ? help() : helpOf(command)));
      return options.help ? 0 : 2;
    }
    config = await loadConfig(options.config, folder);
    return await commands[command]({ config, terminal, words, options });
  } catch (error) {
    terminal.settled();
    terminal.writeError(...(error instanceof Rejected ? error.message : shown(error)).split('\n'));
    return error instanceof Rejected ? 2 : 3;
  } finally {
    await config?.machine?.stop?.();
    await config?.storage?.close?.();
  }
}

function shown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
