/** The command line of `create-telefsm`. */

import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chosen, namesOf, options, type ProjectChoices } from './choices.ts';
import { skippedBuild } from './manifest.ts';
import { createProject, requireFree } from './project.ts';
import { askChoice, askFolder, type Terminal } from './prompts.ts';

const help = `Creates a Telegram bot with telefsm.

  npm create telefsm@latest [FOLDER] -- [OPTIONS]

  --framework NAME   ${namesOf('framework').join(', ')}
  --storage NAME     ${namesOf('storage').join(', ')}
  --language NAME    ${namesOf('language').join(', ')}
  --yes              use the first of each for what is not given
  --help             print this

Without a terminal nothing is asked: what is not given is the first of each.
`;

/** The functions that the command line needs from its process. */
export interface Surroundings extends Terminal {
  /** The folder that the command was started in. */
  readonly cwd: string;
  /** Whether a person can answer prompts. */
  readonly isTerminal: boolean;
  /** The program that started the command: `npm_config_user_agent`. */
  readonly agent: string;
}

/**
 * Runs the command.
 *
 * @param args - the arguments after the program's name
 * @returns the exit code: 0, or 1 if the user canceled
 * @throws Error with a text for the user: an unknown flag or choice, a missing folder, a folder with files. The exit code is then 2
 */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { cwd, isTerminal, agent, input, output } = surroundings;
  const { values, positionals } = read(args);
  if (values.help) {
    output.write(help);
    return 0;
  }
  if (positionals.length > 1)
    throw new Error(`Name one folder. Found ${positionals.map((name) => `"${name}"`).join(', ')}.`);
  const asks = isTerminal && !values.yes;
  for (const option of options) {
    const value = values[option];
    if (value !== undefined) chosen(option, value);
  }
  const folder = positionals[0]?.trim() || (asks ? await askFolder({ input, output }) : undefined);
  if (folder === undefined) {
    if (asks) return 1;
    throw new Error('Name the folder of the bot: npm create telefsm@latest my-bot');
  }
  // before the other questions
  requireFree(resolve(cwd, folder));
  /** The given choice, else the one that the user makes, else the first. */
  async function choose<Option extends keyof ProjectChoices>(option: Option) {
    const value = values[option];
    if (value !== undefined) return chosen(option, value);
    if (asks) return askChoice(option, { input, output });
    return chosen(option, namesOf(option)[0] ?? '');
  }
  const framework = await choose('framework');
  const storage = framework && (await choose('storage'));
  const language = storage && (await choose('language'));
  if (framework === undefined || storage === undefined || language === undefined) return 1;
  const path = createProject(resolve(cwd, folder), { framework, storage, language });
  const manager = /^(pnpm|yarn|bun)\//.exec(agent)?.[1] ?? 'npm';
  if (manager === 'pnpm' && language === 'ts') skipBuildsOfPnpm(path);
  output.write(nextSteps(relative(cwd, path), manager));
  return 0;
}

/** @throws Error if an option is unknown or has no value */
function read(args: readonly string[]) {
  try {
    return parseArgs({
      // npm removes the `--` before the options; pnpm, Yarn and Bun pass it on
      args: args.filter((arg) => arg !== '--'),
      allowPositionals: true,
      options: {
        framework: { type: 'string' },
        storage: { type: 'string' },
        language: { type: 'string' },
        yes: { type: 'boolean', short: 'y', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    // the rest of the message recommends a `--`
    const [fault] = `${error instanceof Error ? error.message : error}`.split(/\.?\n|\. /);
    throw new Error(`${fault}. See --help for the options.`);
  }
}

/** pnpm fails if nobody has decided about an install script. A workspace above decides for its packages. */
function skipBuildsOfPnpm(project: string): void {
  const file = 'pnpm-workspace.yaml';
  for (let folder = dirname(project); ; folder = dirname(folder)) {
    if (existsSync(join(folder, file))) return;
    if (folder === dirname(folder)) break;
  }
  writeFileSync(join(project, file), `allowBuilds:\n  ${skippedBuild}: false\n`);
}

/** The next steps for the new project, with the package manager that started the command. */
function nextSteps(folder: string, manager: string): string {
  return [
    '',
    `Created ${folder || 'the bot'}. Next:`,
    '',
    ...(folder ? [`  cd ${/^[\w./\\:-]+$/.test(folder) ? folder : `"${folder}"`}`] : []),
    `  ${manager} install`,
    `  ${manager} ${manager === 'bun' ? 'run ' : ''}test`,
    `  ${manager} run dev    # after you have written your token into .env`,
    '',
    '',
  ].join('\n');
}
