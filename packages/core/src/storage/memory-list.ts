/** Walks the conversations of the memory storage, for operators. Loaded with the first listing. */

import type { ListQuery, StoredConversation, StoredText, Write } from './statements.ts';

/** Finds the conversations of a query, in the order of their keys. */
export function* listed(
  keys: Iterable<string>,
  writeOf: (key: string) => Write | undefined,
  stored: (key: string, write: Write | undefined) => StoredText | undefined,
  { prefix = '', state, limit = Number.POSITIVE_INFINITY, after }: ListQuery,
): Iterable<StoredConversation> {
  const wanted = [...keys].filter(
    (key) => key.startsWith(prefix) && (after === undefined || key > after),
  );
  let left = limit;
  for (const key of wanted.sort()) {
    if (left <= 0) return;
    const write = writeOf(key);
    const at = write?.state ?? null;
    if (state !== undefined && at !== state) continue;
    const found = stored(key, write);
    if (!found) continue;
    left--;
    yield { key, stored: found, state: at };
  }
}
