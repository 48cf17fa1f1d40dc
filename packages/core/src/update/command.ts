/** The one parser of commands: `/name@bot argument`. */

import { numberIn, type RawObject, textIn } from './raw-update.ts';

/** A command as it was sent. */
export interface ParsedCommand {
  /** Its name in lower case, without the slash and the mention. */
  readonly command: string;
  /** The argument, without the white space around it, with its line breaks. After `/start` the deep link's payload. */
  readonly argument: string;
  /** The bot that it names, as sent and without the `@`. */
  readonly mention?: string;
}

/**
 * Reads a command that is meant for this bot.
 *
 * Names are compared without regard to case. A command that mentions another bot is not ours. Nor is, as long as the own username is not
 * known, one that mentions any: taking over another bot's command would be worse than to miss one.
 *
 * @param entities - of the message: what Telegram has not marked as a command at the very start is none. Without them the text decides
 * @param username - the bot's own, without the `@`
 * @example
 * ```ts
 * import { parseCommand } from '@telefsm/core/scene-kit';
 *
 * parseCommand('/start@MyBot from-the-web', undefined, 'mybot'); // { command: 'start', argument: 'from-the-web', mention: 'MyBot' }
 * parseCommand('/start@other', undefined, 'mybot'); // undefined
 * ```
 */
export function parseCommand(
  text: string,
  entities?: readonly unknown[],
  username?: string,
): ParsedCommand | undefined {
  const command = readCommand(text, entities);
  return command && isMeantFor(command, username) ? command : undefined;
}

/** Reads a command, whichever bot it is meant for. */
export function readCommand(
  text: string,
  entities?: readonly unknown[],
): ParsedCommand | undefined {
  const head = entities === undefined ? spelled.exec(text)?.[0] : marked(text, entities);
  if (head === undefined) return undefined;
  const [name = '', mention] = head.slice(1).split('@', 2);
  return {
    command: name.toLowerCase(),
    argument: text.slice(head.length).trim(),
    ...(mention !== undefined && { mention }),
  };
}

/** Returns whether a command is for the bot of this username. */
export function isMeantFor(command: ParsedCommand, username: string | undefined): boolean {
  return command.mention === undefined || command.mention.toLowerCase() === username?.toLowerCase();
}

/** As Telegram marks commands in text, but followed by white space. */
const spelled = /^\/\w{1,64}(?:@\w{3,32})?(?=\s|$)/;

function marked(text: string, entities: readonly unknown[]): string | undefined {
  for (const entity of entities as readonly (RawObject | null)[]) {
    const at = entity ?? undefined;
    if (textIn(at, 'type') !== 'bot_command' || numberIn(at, 'offset') !== 0) continue;
    const head = text.slice(0, numberIn(at, 'length') ?? 0);
    return head.length > 1 && head.startsWith('/') ? head : undefined;
  }
  return undefined;
}
