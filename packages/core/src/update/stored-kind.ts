/** Whether a stored answer may be of a kind that a question accepts after a deploy. Loaded when a flow has changed under a user. */

import { holds } from '../base/holds.ts';
import type { Accept, AcceptedKind } from './input.ts';
import { foundIn, isTextKind } from './text-kind.ts';

/** A field of the values of one kind only. The other kinds whose values are objects are files. */
const telling: { readonly [Kind in AcceptedKind]?: string } = {
  command: 'argument',
  photo: 'width',
  location: 'latitude',
  contact: 'phone_number',
  own_contact: 'phone_number',
  poll: 'options',
  poll_answer: 'option_ids',
  payment: 'total_amount',
  message: 'from_chat_id',
};

/** Whether a value is as an input that is accepted would have given it. What a picker gives cannot be judged. */
export async function isAccepted(accept: Accept, value: unknown): Promise<boolean> {
  if (typeof accept === 'function') return true;
  if (accept === 'any') return holds(value, 'kind');
  if (typeof accept === 'string') return isOfKind(accept, value);
  if ('album' in accept || 'burst' in accept) {
    if (!Array.isArray(value)) return false;
    const kinds = 'album' in accept ? accept.album : accept.burst;
    for (const part of value) if (!(await isAccepted(kinds, part))) return false;
    return true;
  }
  if (!holds(value, 'kind')) return false;
  return accept.some((kind) => (kind === 'own_contact' ? 'contact' : kind) === value.kind);
}

/** Whether a value is as an input of one kind would have given it. */
export async function isOfKind(kind: AcceptedKind, value: unknown): Promise<boolean> {
  if (kind === 'number' || kind === 'chat_shared') return typeof value === 'number';
  if (isTextKind(kind)) return typeof value === 'string' && (await foundIn(kind, value)) === value;
  if (kind === 'text' || kind === 'button' || kind === 'web_app') return typeof value === 'string';
  if (kind === 'users_shared') return Array.isArray(value);
  const field = telling[kind];
  if (field !== undefined) return holds(value, field);
  return holds(value, 'file_id') && !holds(value, 'width');
}
