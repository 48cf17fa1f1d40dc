/** The chunks of a stream. */

import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';

/** Asks for the next chunk, which may come at once; one that fails when nobody waits any more is nobody's failure. */
export function next(chunks: AsyncIterator<string>): Promise<IteratorResult<string>> {
  const chunk = Promise.resolve(chunks.next());
  chunk.catch(() => {});
  return chunk;
}

/** Ends what writes the text, which may continue for long and costs money. */
export async function close(chunks: AsyncIterator<string>): Promise<void> {
  try {
    await chunks.return?.();
  } catch {
    // the turn has failed already, and that is the error that somebody reads
  }
}

/** A chunk, which is a text: the `fullStream` of the AI SDK, for example, has objects. */
export function textIn(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  throw invalidOption('stream text', 'an AsyncIterable of strings', shown(chunk));
}
