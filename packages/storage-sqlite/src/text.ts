/** Any JavaScript text as a value of SQLite, and back. */

/**
 * A text as it is where that survives, so that the table can be read with `sqlite3`; else its UTF-16.
 *
 * The drivers do not carry all text: after a NUL some read no further, and half a surrogate pair has no UTF-8.
 */
export function toValue(text: string): string | Uint8Array {
  // a regular expression takes several times as long for a text that is not Latin
  const isCarried = text.isWellFormed() && !text.includes('\u0000');
  return isCarried ? text : Buffer.from(text, 'utf16le');
}

/** Reads what {@link toValue} wrote; drivers give bytes as one of three kinds. */
export function fromValue(value: unknown): string | null {
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('utf16le');
  if (!(value instanceof Uint8Array)) return value as string | null;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf16le');
}
