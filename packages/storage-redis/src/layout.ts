/** Where in Redis each conversation lives: names of keys, spread evenly over the slots of a cluster. */

import { decodeText, encodeText } from './text.ts';

/** Names of keys and channels under one prefix. */
export interface Layout {
  /** The hash of a conversation. */
  conversation(key: string): string;
  /** The deadline index that a conversation belongs to: in the same slot. */
  index(key: string): string;
  /** Every deadline index. */
  readonly indexes: readonly string[];
  /** Holds the format and the number of buckets. */
  readonly meta: string;
  /** The beginning of the names of all message channels. */
  readonly channels: string;
  /** A pattern for `SCAN` that matches all conversations whose key begins with `prefix`, and perhaps some more. */
  pattern(prefix: string): string;
  /** The key of a conversation by the name of its hash. */
  keyOf(name: string): string;
}

/**
 * Lays out the conversations of one prefix.
 *
 * @param prefix - what all names begin with
 * @param buckets - into how many parts, each of one slot, the conversations are divided
 */
export function layoutOf(prefix: string, buckets: number): Layout {
  const tags = evenTags(buckets).map((tag) => `${prefix}:{${tag}}:`);
  const home = (key: string) => tags[hash(key) % buckets] as string;
  return {
    conversation: (key) => `${home(key)}c:${encodeText(key)}`,
    index: (key) => `${home(key)}w`,
    indexes: tags.map((tag) => `${tag}w`),
    meta: `${prefix}:meta`,
    channels: `${prefix}:p:`,
    // Half of a surrogate pair is escaped, the pair is not.
    pattern: (begin) =>
      `${prefix}:{*}:c:${encodeText(begin.replace(/[\uD800-\uDBFF]$/, '')).replace(/[*?[\]\\^-]/g, '\\$&')}*`,
    keyOf: (name) => decodeText(name.slice(name.indexOf('}:c:') + 4)),
  };
}

const slots = 16384;

/**
 * Chooses one hash tag for each bucket, so that the slots of the tags divide the slot space evenly.
 *
 * Tags that only counted the buckets would leave one master of six with twice the conversations of another.
 *
 * @returns for bucket i a number, as text, whose slot lies in the i-th of `buckets` equal parts of the slot space
 */
export function evenTags(buckets: number): readonly string[] {
  const tags = new Array<string | undefined>(buckets).fill(undefined);
  let missing = buckets;
  for (let number = 0; missing > 0; number++) {
    const bucket = Math.floor((slotOf(String(number)) * buckets) / slots);
    if (tags[bucket] !== undefined) continue;
    tags[bucket] = String(number);
    missing--;
  }
  return tags as string[];
}

/** The slot of an ASCII hash tag: CRC16 (XMODEM), as the Redis Cluster specification says. */
function slotOf(tag: string): number {
  let crc = 0;
  for (let index = 0; index < tag.length; index++) {
    crc ^= tag.charCodeAt(index) << 8;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % slots;
}

/** FNV-1a, 32 bits, over the code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
