/** Fingerprints of a message, so that only changed parts are edited. */

import { type ApiCall, mediaKinds } from '../../conversation/outgoing.ts';
import type { RawObject } from '../../update/raw-update.ts';
import { Fingerprint, fingerprint } from './fingerprint.ts';

/** A message as it is to be shown. */
export interface Drawing {
  /** The call that sends it as a new message, without its address. */
  readonly call: ApiCall;
  /** `text`, or the kind of its media. */
  readonly kind: string;
  /** Fingerprint of the text or caption. */
  readonly body: number;
  /** Fingerprint of the media; `anyFile` where it cannot be compared, so that it is sent each time. */
  readonly file: number | undefined;
  /** Fingerprint of the buttons; `undefined` where it has none. */
  readonly keys: number | undefined;
}

/**
 * Returns the content of a call that sends a message.
 *
 * @param buttons - fingerprint of what its buttons differ by, if that is less than the markup itself
 */
export function drawingOf(call: ApiCall, buttons?: number): Drawing {
  const kind = call.method === 'sendMessage' ? 'text' : call.method.slice(4).toLowerCase();
  const media = kind === 'text' ? undefined : kind;
  const payload = call.payload as Payload;
  const body = new Fingerprint();
  for (const name of Object.keys(payload)) {
    const value = payload[name];
    if (name === 'reply_markup' || name === media || value === undefined) continue;
    body.add(name);
    body.add(value);
  }
  const markup = payload['reply_markup'];
  return {
    call,
    kind,
    body: body.value,
    file: media === undefined ? undefined : fileOf(payload[media]),
    keys: markup === undefined ? undefined : (buttons ?? fingerprint(markup)),
  };
}

/** The kind of a message that the bot has sent. */
export function kindIn(message: RawObject | undefined): string {
  return mediaKinds.find((kind) => message?.[kind] !== undefined) ?? 'text';
}

/** The kinds of media that a message can be edited to (Bot API, InputMedia). */
const editable: ReadonlySet<string> = new Set(['photo', 'video', 'document', 'audio', 'animation']);

/** Whether a message of one kind can be edited to media of another. A text can; voice messages and stickers never change. */
export function canBecome(shown: string, media: string): boolean {
  return editable.has(media) && (shown === 'text' || editable.has(shown));
}

type Payload = Readonly<Record<string, unknown>>;

/** Of a file that cannot be compared: a stream, or what makes one. */
export const anyFile = 0;

/** A file is its id or address. One that a framework uploads is what its members are: bytes, a path or an address, and a name. */
function fileOf(file: unknown): number {
  if (typeof file === 'string') return fingerprint(file);
  const parts: unknown[] = [];
  for (const part of Object.values(Object(file))) {
    if (typeof part === 'string' || part instanceof Uint8Array) parts.push(part);
    else if (part instanceof URL) parts.push(part.href);
    else if (part !== null && /^(?:object|function)$/.test(typeof part)) return anyFile;
  }
  return fingerprint(parts);
}
