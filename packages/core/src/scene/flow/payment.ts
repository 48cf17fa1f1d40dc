/** Payment steps: the invoice is bound to a visit and a question, the checkout is answered, and only what was paid for it is an answer. */

import { invalidOption } from '../../base/rules.ts';
import type { Say } from '../../conversation/say.ts';
import type { UserInput } from '../../update/input.ts';
import {
  type InvoiceMark,
  invoicePayload,
  markedPayload,
  markOfPayload,
  payloadLimit,
} from '../../update/invoice.ts';
import { objectIn, textIn, wholeIn } from '../../update/raw-update.ts';
import { memoOf } from './memo.ts';
import type { Place } from './pending.ts';
import { locate, tokenOf, type Visit, wasAsked } from './visit.ts';

/**
 * Binds the invoice that a payment step asks by; every other prompt stays as it is.
 *
 * @throws FsmError `INVALID_OPTION` for a payload that leaves no room for the mark
 */
export function bindInvoice(visit: Visit, place: Place, say: Say): Say {
  if (!takesPayment(place) || typeof say === 'string' || !('method' in say)) return say;
  const { turn, tag, visit: number } = visit.run;
  if (say.method !== 'sendInvoice' || turn.place === undefined) return say;
  const own = (say.payload as { readonly payload?: unknown }).payload ?? '';
  const bytes = new TextEncoder().encode(String(own)).length;
  if (bytes > payloadLimit) {
    throw invalidOption(
      `payload of the invoice of '${place.id}'`,
      `at most ${payloadLimit} bytes, beside which telefsm puts a mark of its own`,
      `${bytes} bytes`,
    );
  }
  const { chat, thread, directMessagesTopic } = turn.place;
  const question = tokenOf(place);
  const mark = { tag, visit: number, question, chat, thread, directMessagesTopic };
  return { ...say, payload: { ...say.payload, payload: markedPayload(String(own), mark) } };
}

/** Answers `pre_checkout_query` at the step whose invoice it is; Telegram waits ten seconds for it. */
export async function checkout(visit: Visit): Promise<boolean> {
  const { update } = visit.run.turn;
  const query = update && objectIn(update, 'pre_checkout_query');
  const id = textIn(query, 'id');
  if (id === undefined) return false;
  const { pending } = await locate(visit);
  const pays = pending?.kind === 'ask' && wasAsked(visit, pending) && takesPayment(pending);
  const invoice_payload = textIn(query, 'invoice_payload') ?? '';
  if (!pays || !isOurs(visit, markOfPayload(invoice_payload))) return false;
  const facts = {
    invoice_payload: invoicePayload(invoice_payload),
    total_amount: wholeIn(query, 'total_amount') ?? 0,
  };
  const { checkout: decide } = pending.step.question;
  const verdict = decide ? await decide(facts, pending.answers, visit.run.turn) : true;
  const payload = {
    pre_checkout_query_id: id,
    ok: verdict === true,
    ...(verdict !== true && { error_message: verdict }),
  };
  visit.run.say({ method: 'answerPreCheckoutQuery', payload });
  return true;
}

/** Whether a payment is for the invoice of another question, of an earlier visit or of somebody else: that answers nothing here. */
export function isForAnother(visit: Visit, { kind, update }: UserInput): boolean {
  if (kind !== 'payment') return false;
  const { updateType = '' } = visit.run.turn.subject;
  const payment = objectIn(objectIn(update, updateType), 'successful_payment');
  return !isOurs(visit, markOfPayload(textIn(payment, 'invoice_payload') ?? ''));
}

/** Whether an invoice is the one of the question that was asked last; one without a mark is the bot's own, and may be. */
function isOurs({ run }: Visit, mark: InvoiceMark | undefined): boolean {
  if (mark === undefined) return true;
  return mark.tag === run.tag && mark.visit === run.visit && mark.question === memoOf(run.memo).at;
}

function takesPayment(place: Place): boolean {
  if (place.kind !== 'ask') return false;
  const { accept } = place.step.question;
  return accept === 'payment' || (Array.isArray(accept) && accept.includes('payment'));
}
