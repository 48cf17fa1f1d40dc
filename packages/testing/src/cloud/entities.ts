/** Entities that Telegram finds by itself in what a user writes (Bot API, MessageEntity). */

/** A part of a text with a meaning; offset and length count UTF-16 units. */
export interface RawEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}

/** In the order of precedence: a piece of text belongs to the first that claims it. */
const patterns: readonly (readonly [type: string, pattern: RegExp])[] = [
  [
    'url',
    /(?<![\w@/.])(?:https?:\/\/[^\s<>"/?#.][^\s<>"]*|(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me|de)\b(?:\/[^\s<>"]*)?)/gi,
  ],
  ['email', /(?<![\w.+-])[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:xn--[a-z0-9-]+|[a-z]{2,})/gi],
  ['bot_command', /(?<![\w/<>@])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])/g],
  ['mention', /(?<![\w/@])@[A-Za-z][A-Za-z0-9_]{2,31}/g],
  ['hashtag', /(?<![\p{L}\p{N}_#])#[\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*/gu],
  ['cashtag', /(?<![\w$])\$[A-Z]{1,8}(?![\w])/g],
  // Telegram does not publish its rule: these are the plain form and the form of its own example, `+1-212-555-0123`.
  ['phone_number', /(?<![\w+])\+\d(?:-?\d){6,14}(?![\w-]|[ ().]+\d)/g],
];

/** Finds commands, addresses, mentions, hashtags, cashtags and phone numbers in a text, as Telegram does. */
export function entitiesOf(text: string): readonly RawEntity[] {
  const found: RawEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const length = type === 'url' ? match[0].replace(/[.,!?;:)]+$/, '').length : match[0].length;
      const entity: RawEntity = { type, offset: match.index, length };
      if (!found.some((other) => overlap(other, entity))) found.push(entity);
    }
  }
  return found.sort((one, other) => one.offset - other.offset);
}

function overlap(one: RawEntity, other: RawEntity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
