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
  /** Fingerprint of the media. */
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

/** A file of a framework has no id before it is sent; its name identifies it. */
function fileOf(file: unknown): string {
  if (typeof file === 'string') return fingerprint(file);
  const { filename = '' } = file as { readonly filename?: string };
  return fingerprint(`file ${filename}`);
}
