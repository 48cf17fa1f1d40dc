/** Fingerprints of content, so that only changed parts of a message are edited. */

import type { RawObject } from '../../update/raw-update.ts';

/** The primes of the two hashes. */
const prime = 0x01000193;
const otherPrime = 0x01000197;
/** Ends a text; no UTF-16 unit. */
const end = 0x10000;

/**
 * A hash of a JSON value, or of bytes: 53 bits, of two hashes. The value is walked and not written as JSON first, which takes twice as long: a
 * keyboard is long.
 */
export function fingerprint(value: unknown): number {
  const hash = new Fingerprint();
  hash.add(value);
  return hash.value;
}

/** A hash that is made value by value, see {@link fingerprint}. */
export class Fingerprint {
  #one = 0x811c9dc5 | 0;
  #other = 0x050c5d1f;

  /** The hash of everything that was added. */
  get value(): number {
    return (this.#one >>> 0) * 2 ** 21 + (this.#other >>> 11);
  }

  /** Adds a value behind those before. */
  add(value: unknown): void {
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value !== 'object' || value === null) this.#addText(String(value));
    else if (value instanceof Uint8Array) this.#addBytes(value);
    else if (Array.isArray(value)) {
      this.#addText('[');
      for (const item of value) this.add(item);
      this.#addText(']');
    } else {
      this.#addText('{');
      for (const name of Object.keys(value)) {
        const member = (value as RawObject)[name];
        // as in JSON
        if (member === undefined) continue;
        this.#addText(name);
        this.add(member);
      }
      this.#addText('}');
    }
  }

  #addBytes(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#one = Math.imul(this.#one ^ byte, prime);
      this.#other = Math.imul(this.#other ^ byte, otherPrime);
    }
  }

  #addText(text: string): void {
    let one = this.#one;
    let other = this.#other;
    const { length } = text;
    // V8 has many kinds of strings: it would look the method up anew for each character
    const { charCodeAt } = String.prototype;
    for (let at = 0; at < length; at++) {
      const unit = charCodeAt.call(text, at);
      one = Math.imul(one ^ unit, prime);
      other = Math.imul(other ^ unit, otherPrime);
    }
    this.#one = Math.imul(one ^ end, prime);
    this.#other = Math.imul(other ^ end, otherPrime);
  }
}
