/** A short hash of a text: even, and the same in every process. */

/** FNV-1a over UTF-16 units, as a whole number below 2^32. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** The hash of a text as at most seven letters and digits, for buttons and records. */
export function shortHash(text: string): string {
  return hash32(text).toString(36);
}
