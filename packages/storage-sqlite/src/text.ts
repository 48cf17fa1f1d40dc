/** Any JavaScript text as a value of SQLite, and back. */

/**
 * Characters that the drivers do not carry as text: after a NUL some read no further, and half a surrogate pair has no UTF-8. With the flag `u` the
 * class of surrogates matches only those without their other half.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is the character to look for.
const uncarried = /[\u0000\ud800-\udfff]/u;

/** A text as it is where that survives, so that the table can be read with `sqlite3`; else its UTF-16. */
export function toValue(text: string): string | Uint8Array {
  return uncarried.test(text) ? Buffer.from(text, 'utf16le') : text;
}

/** Reads what {@link toValue} wrote; drivers give bytes as one of three kinds. */
export function fromValue(value: unknown): string | null {
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('utf16le');
  if (!(value instanceof Uint8Array)) return value as string | null;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf16le');
}
