/** Asks in the terminal for what the flags leave open. */

import type { Readable, Writable } from 'node:stream';
import { isCancel, select, text } from '@clack/prompts';
import { choices, chosen, namesOf, type ProjectChoices } from './choices.ts';

/** Where prompts are read from and written to. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

const titles = {
  framework: 'Which framework?',
  storage: 'Where should conversations be stored?',
  language: 'Which language?',
} as const;

/** Asks for the folder. Resolves with `undefined` if the user cancels. */
export async function askFolder(terminal: Terminal): Promise<string | undefined> {
  const folder = await text({
    message: 'Where should the bot be created?',
    placeholder: 'my-bot',
    defaultValue: 'my-bot',
    ...terminal,
  });
  return isCancel(folder) ? undefined : folder.trim() || 'my-bot';
}

/** Asks for one option. Resolves with `undefined` if the user cancels. */
export async function askChoice<Option extends keyof ProjectChoices>(
  option: Option,
  terminal: Terminal,
): Promise<ProjectChoices[Option] | undefined> {
  const labels: Readonly<Record<string, string>> = choices[option];
  const value = await select({
    message: titles[option],
    options: namesOf(option).map((name) => ({ value: name, label: labels[name] ?? name })),
    ...terminal,
  });
  return isCancel(value) ? undefined : chosen(option, value);
}
