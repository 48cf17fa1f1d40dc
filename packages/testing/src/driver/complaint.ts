/** Failed expectations: assertion errors that show the conversation beside what was expected. */
import { AssertionError } from 'node:assert';
import type { Cloud } from '../cloud/cloud.ts';
import { transcriptOf } from '../cloud/screen.ts';

/** The two sides of an expectation. */
export interface Sides {
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator: string;
}

/** Makes the error of an expectation that does not hold. */
export function complaint(cloud: Cloud, message: string, sides: Sides): AssertionError {
  return complaintBeside(conversation(cloud), message, sides);
}

/** Makes the error of an expectation that does not hold, beside a transcript. */
export function complaintBeside(transcript: string, message: string, sides: Sides): AssertionError {
  const said = transcript || '  (nothing was said)';
  return new AssertionError({
    ...sides,
    message: `${message}\n\nThe conversation so far:\n\n${said}\n`,
  });
}

/** The conversation so far. */
export function conversation(cloud: Cloud): string {
  return transcriptOf(cloud.screen, cloud.users.size);
}
