/** Which kinds of input are found inside a text. */

import type { RawObject } from './raw-update.ts';
import type { TextKind } from './text-kinds.ts';

/** The kinds. */
export const textKinds: readonly TextKind[] = ['email', 'phone', 'url', 'date', 'number'];
/** Whether a question takes a kind that is found inside a text, and no other. */
export function isTextKind(accept: unknown): accept is TextKind {
  return (textKinds as readonly unknown[]).includes(accept);
}

/** Finds the first value of a kind in a text; `undefined` if there is none. */
export async function foundIn(
  kind: TextKind,
  text: string,
  message?: RawObject,
): Promise<string | number | undefined> {
  const { findInText } = await import('./text-kinds.ts');
  return findInText(kind, text, message);
}
