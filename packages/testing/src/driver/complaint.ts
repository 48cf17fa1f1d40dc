/** Failed expectations: assertion errors that show the conversation beside what was expected. */
import { AssertionError } from 'node:assert';
import type { Cloud } from '../cloud/cloud.ts';
import { transcriptOf } from '../cloud/screen.ts';

/** Makes the error of an expectation that does not hold. */
export function complaint(
  cloud: Cloud,
  message: string,
  sides: { readonly actual?: unknown; readonly expected?: unknown; readonly operator: string },
): AssertionError {
  const transcript = conversation(cloud) || '  (nothing was said)';
  return new AssertionError({
    ...sides,
    message: `${message}\n\nThe conversation so far:\n\n${transcript}\n`,
  });
}

/** The conversation so far. */
export function conversation(cloud: Cloud): string {
  return transcriptOf(cloud.screen, cloud.users.size);
}
