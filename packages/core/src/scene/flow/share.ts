/** Buttons of the reply keyboard that share a contact, a location, users or a chat. Loaded with the first one. */

import { hash32 } from '../../base/hash.ts';
import type { UserInput } from '../../update/input.ts';
import { objectIn, type RawObject, wholeIn } from '../../update/raw-update.ts';
import { payloadOf } from '../../update/subject.ts';
import type { Shareable } from './question.ts';
import { sharedKind } from './shared-kind.ts';
import type { AskOptions } from './steps.ts';

/** A button of a reply keyboard (Bot API, KeyboardButton). */
export interface ReplyButton {
  readonly text: string;
}

/** The request of a button, by the kind of input that results from it (Bot API, KeyboardButton). */
const requests: Readonly<Record<Shareable, (id: number, more: object | undefined) => object>> = {
  contact: () => ({ request_contact: true }),
  own_contact: () => ({ request_contact: true }),
  location: () => ({ request_location: true }),
  users_shared: (request_id, more) => ({ request_users: { request_id, ...more } }),
  chat_shared: (request_id, more) => ({
    request_chat: { request_id, chat_is_channel: false, ...more },
  }),
};

/**
 * The button that shares what a question takes.
 *
 * @param tokens - stand for the question, also under its former names
 */
export function shareButton({ share, accept }: AskOptions, token: string): ReplyButton | undefined {
  const kind = sharedKind(accept);
  if (share === undefined || kind === undefined) return undefined;
  const { label, request } = typeof share === 'string' ? { label: share, request: {} } : share;
  return { text: label, ...requests[kind](requestId(token), request) };
}

/**
 * Whether users or a chat were shared by the button of this question. One of a question before gives an answer to that question, which is
 * over.
 *
 * @param tokens - stand for the question, also under its former names
 */
export function isOwnRequest(
  { share }: AskOptions,
  tokens: readonly string[],
  { kind, update }: UserInput,
): boolean {
  if (share === undefined || (kind !== 'users_shared' && kind !== 'chat_shared')) return true;
  const request = typeof share === 'string' ? undefined : (share.request as RawObject | undefined);
  const shared = objectIn(payloadOf(update), kind);
  const given = wholeIn(request, 'request_id');
  const id = wholeIn(shared, 'request_id');
  return given === undefined ? tokens.some((token) => requestId(token) === id) : given === id;
}

/** A signed 32-bit number (Bot API, KeyboardButtonRequestUsers). */
function requestId(token: string): number {
  return hash32(token) | 0;
}
