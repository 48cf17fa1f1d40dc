/** Fingerprints of a message, so that only changed parts are edited. */

import { type ApiCall, mediaKinds } from '../../conversation/outgoing.ts';
import type { RawObject } from '../../update/raw-update.ts';
import { fingerprint } from './fingerprint.ts';

/** A message as it is to be shown. */
export interface Drawing {
  /** The call that sends it as a new message, without its address. */
  readonly call: ApiCall;
  /** `text`, or the kind of its media. */
  readonly kind: string;
  /** Fingerprint of the text or caption. */
  readonly body: string;
  /** Fingerprint of the media; `anyFile` where it cannot be compared, so that it is sent each time. */
  readonly file: string | undefined;
  /** Fingerprint of the buttons; `undefined` where it has none. */
  readonly keys: string | undefined;
}

/**
 * Returns the content of a call that sends a message.
 *
 * @param buttons - what its buttons differ by, if that is less than the markup itself
 */
export function drawingOf(call: ApiCall, buttons?: unknown): Drawing {
  const kind = call.method === 'sendMessage' ? 'text' : call.method.slice(4).toLowerCase();
  const payload = call.payload as Payload;
  const { reply_markup: markup, [kind]: content } = payload;
  const others: Record<string, unknown> = {};
  for (const name in payload) {
    if (name !== 'reply_markup' && name !== kind) others[name] = payload[name];
  }
  const isText = kind === 'text';
  return {
    call,
    kind,
    body: fingerprint(isText ? [content, others] : others),
    file: isText ? undefined : fileOf(content),
    keys: markup === undefined ? undefined : fingerprint(buttons ?? markup),
  };
}

/** The kind of a message that the bot has sent. */
export function kindIn(message: RawObject | undefined): string {
  return mediaKinds.find((kind) => message?.[kind] !== undefined) ?? 'text';
}

type Payload = Readonly<Record<string, unknown>>;

/** Of a file that cannot be compared: a stream, or what makes one. */
export const anyFile = '';

/** A file is its id or address. One that a framework uploads is what its members are: bytes, a path or an address, and a name. */
function fileOf(file: unknown): string {
  if (typeof file === 'string') return fingerprint(file);
  const parts: unknown[] = [];
  for (const part of Object.values(Object(file))) {
    if (typeof part === 'string' || part instanceof Uint8Array) parts.push(part);
    else if (part instanceof URL) parts.push(part.href);
    else if (part !== null && /^(?:object|function)$/.test(typeof part)) return anyFile;
  }
  return fingerprint(parts);
}
