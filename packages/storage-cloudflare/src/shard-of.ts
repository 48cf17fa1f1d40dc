/** Which shard a conversation is in. */

/**
 * The number of a key's shard, from 0: FNV-1a over its UTF-16 units, then mixed, since the low bits of FNV-1a follow those of the last character.
 *
 * Stored conversations depend on it, so it never changes.
 */
export function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % shards;
}
