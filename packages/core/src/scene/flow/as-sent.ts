/** Answers that come from code: only what a user could have sent is one. Loaded with the first of them. */

import { holds } from '../../base/holds.ts';
import type { Accept, AcceptedKind } from '../../update/input.ts';
import { inputKinds } from '../../update/input-value.ts';
import { isOfKind } from '../../update/stored-kind.ts';
import { foundIn, isTextKind } from '../../update/text-kind.ts';
import type { ActiveFlow } from './active-flow.ts';
import { acceptOf, acceptsText } from './answer.ts';
import { choicesOf } from './offer.ts';
import type { PendingAsk } from './pending-question.ts';

/**
 * Finds the value that a question would have got if a user had sent it.
 *
 * A number and a boolean are the text that a user would have sent, since that is what schemas of text steps convert.
 *
 * @returns `undefined` if no user could have sent it
 */
export async function asSent(
  active: ActiveFlow,
  asked: PendingAsk,
  value: unknown,
): Promise<unknown> {
  const { question } = asked.step;
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const raw = isScalar && acceptsText(question) ? String(value) : value;
  const listing = await choicesOf(active, asked);
  if (listing !== undefined) {
    const values: readonly unknown[] = listing.options.map((option) => option.value);
    if (question.multiple !== true && values.includes(raw)) return raw;
    if (
      question.multiple === true &&
      Array.isArray(raw) &&
      raw.every((one) => values.includes(one))
    ) {
      return values.filter((one) => raw.includes(one));
    }
  }
  const accept = acceptOf(question);
  return accept === undefined
    ? undefined
    : accepted(active, accept, accept === 'number' ? value : raw);
}

/** The value of an input that is accepted; `undefined` if there is no such input. */
async function accepted(active: ActiveFlow, accept: Accept, value: unknown): Promise<unknown> {
  // what a picker gives cannot be judged
  if (typeof accept === 'function') return value;
  if (accept === 'any') return tagged(active, inputKinds, value);
  if (typeof accept === 'string') return ofKind(active, accept, value);
  if ('album' in accept) return parts(active, accept.album, value);
  if ('burst' in accept) return parts(active, accept.burst, value);
  return tagged(active, accept, value);
}

async function parts(active: ActiveFlow, accept: Accept, value: unknown): Promise<unknown> {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const found: unknown[] = [];
  for (const part of value) {
    const one = await accepted(active, accept, part);
    if (one === undefined) return undefined;
    found.push(one);
  }
  return found;
}

/** A value with its kind, where several kinds are accepted. */
async function tagged(
  active: ActiveFlow,
  accept: readonly AcceptedKind[],
  found: unknown,
): Promise<unknown> {
  if (!holds(found, 'kind') || !holds(found, 'value')) return undefined;
  const { kind } = found;
  for (const one of accept) {
    if (kind !== (one === 'own_contact' ? 'contact' : one)) continue;
    const value = await ofKind(active, one, found.value);
    if (value !== undefined) return { kind, value };
  }
  return undefined;
}

async function ofKind(active: ActiveFlow, kind: AcceptedKind, value: unknown): Promise<unknown> {
  if (isTextKind(kind)) {
    // as a text, `1.234` would be ambiguous
    if (kind === 'number' && typeof value === 'number') return value;
    return typeof value === 'string' ? foundIn(kind, value) : undefined;
  }
  const { from } = active.run.turn;
  const isOthers = kind === 'own_contact' && Reflect.get(Object(value), 'user_id') !== from?.id;
  // nobody has paid, and nobody has sent an empty text
  if (kind === 'payment' || value === '' || isOthers) return undefined;
  return (await isOfKind(kind, value)) ? value : undefined;
}
