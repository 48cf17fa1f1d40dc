/** Loads the code of streams when it is needed. */

import type { Stream, Streamed, StreamPlace } from './stream.ts';

/** Shows a stream; see `showStream`, which is loaded with the first one: other bots do without it. */
export async function shown(place: StreamPlace, stream: Stream): Promise<Streamed> {
  const { showStream } = await import('./show-stream.ts');
  return showStream(place, stream);
}
