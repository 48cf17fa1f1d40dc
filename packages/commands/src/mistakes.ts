/** Errors that a user makes, and can mend. */

import type { AnyCommandError, CommandError, CommandErrorCode } from './errors.ts';
import type { Explain } from './turn.ts';

/** Errors that are answered; the others are reported to the bot. */
export const mistakes: ReadonlySet<CommandErrorCode> = new Set<CommandErrorCode>([
  'UNKNOWN_COMMAND',
  'UNKNOWN_OPTION',
  'DUPLICATE_GIVEN_OPTION',
  'OPTIONS_NOT_FULFILLED',
  'OPTION_PROCESS_ERROR',
  'OPTION_TIMEOUT',
]);

/** Returns the text for a caller who made a mistake. */
export function explained(
  error: CommandError,
  explain: Explain | undefined,
  services: unknown,
): string {
  return explain?.(error as AnyCommandError, { services }) ?? error.message;
}
