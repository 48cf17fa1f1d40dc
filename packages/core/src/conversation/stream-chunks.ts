/** The chunks of a stream. */

import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';

/** Asks for the next chunk; one that fails when nobody waits any more is nobody's failure. */
export function next(chunks: AsyncIterator<string>): Promise<IteratorResult<string>> {
  const chunk = chunks.next();
  chunk.catch(() => {});
  return chunk;
}

/** A chunk, which is a text: the `fullStream` of the AI SDK, for example, has objects. */
export function textIn(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  throw invalidOption('stream text', 'an AsyncIterable of strings', shown(chunk));
}
