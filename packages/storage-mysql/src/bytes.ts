/** JavaScript strings as bytes: UTF-8, where a lone surrogate, which UTF-8 has no form for, takes the three bytes of its number (WTF-8). */

const everyLoneSurrogate = /\p{Surrogate}/gu;

/** The bytes of a string. A prefix of a string has a prefix of its bytes, unless it ends within a surrogate pair. */
export function toBytes(text: string): Buffer {
  // a regular expression takes several times as long for a text that is not Latin
  if (text.isWellFormed()) return Buffer.from(text);
  const parts: Buffer[] = [];
  let end = 0;
  for (const { index, 0: surrogate } of text.matchAll(everyLoneSurrogate)) {
    const unit = surrogate.charCodeAt(0);
    parts.push(Buffer.from(text.slice(end, index)));
    parts.push(Buffer.from([0xed, 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]));
    end = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(end))]);
}

/** The string of the bytes that {@link toBytes} made. */
export function fromBytes(bytes: Buffer): string {
  let text = '';
  let end = 0;
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 3)) {
    const second = bytes[at + 1] ?? 0;
    // below 0xa0 the three bytes are a character of their own
    if (second < 0xa0) continue;
    const unit = 0xd000 | ((second & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f);
    text += bytes.toString('utf8', end, at) + String.fromCharCode(unit);
    end = at + 3;
  }
  return text + bytes.toString('utf8', end);
}

/** The smallest bytes greater than all that begin with `prefix`; `undefined` if there are none. */
export function afterPrefix(prefix: Buffer): Buffer | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const byte = prefix[last] ?? 0xff;
    if (byte < 0xff) return Buffer.concat([prefix.subarray(0, last), Buffer.from([byte + 1])]);
  }
  return undefined;
}
