/**
 * Invoices of payment steps: a mark behind their payload leads the checkout, which has no chat, back to the conversation that asked.
 *
 * The mark is an address, not a proof: the payload of another invoice may end with the same text. What proves an invoice is the
 * conversation's record, which keeps the whole payload, its currency and its amount.
 */

import { type RawObject, textIn, wholeIn } from './raw-update.ts';

/** The mark of an invoice: its conversation, and a random number. */
export interface InvoiceMark {
  /** Of the conversation. */
  readonly tag: string;
  /** Drawn at random for each invoice; only the conversation that sent it can check it. */
  readonly nonce: string;
  /** Where the conversation is. */
  readonly chat: number;
  readonly thread?: number | undefined;
  readonly directMessagesTopic?: number | undefined;
}

/** The longest payload of a payment step, in bytes: the Bot API takes 128 (sendInvoice), the longest mark 54. */
export const payloadLimit = 70;

const form = /~fsm\.([0-9a-z]+)\.([0-9a-z]+)\.(-?[0-9a-z]+)(?:\.([td])([0-9a-z]+))?$/;

/** Writes a payload with its mark. */
export function markedPayload(own: string, mark: InvoiceMark): string {
  const { tag, nonce, chat, thread, directMessagesTopic } = mark;
  const topic =
    directMessagesTopic !== undefined
      ? `.d${directMessagesTopic.toString(36)}`
      : thread !== undefined
        ? `.t${thread.toString(36)}`
        : '';
  return `${own}~fsm.${tag}.${nonce}.${chat.toString(36)}${topic}`;
}

/** Draws the random part of a mark. */
export function newNonce(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return `${high.toString(36)}${low.toString(36).padStart(7, '0')}`.slice(-12);
}

/** Reads the mark of a payload; `undefined` for an invoice of the bot's own. */
export function markOfPayload(payload: string): InvoiceMark | undefined {
  const found = form.exec(payload);
  if (found === null) return undefined;
  const [, tag = '', nonce = '', chat = '', kind, topic = ''] = found;
  const number = Number.parseInt(topic, 36);
  return {
    tag,
    nonce,
    chat: Number.parseInt(chat, 36),
    ...(kind === 't' && { thread: number }),
    ...(kind === 'd' && { directMessagesTopic: number }),
  };
}

/**
 * Reads what the bot gave as the payload of an invoice.
 *
 * A payment step of a flow puts a mark behind it, which leads the checkout to its conversation. Steps and their hooks see the payload
 * without it; this is for handlers of raw `pre_checkout_query` and `successful_payment` updates.
 *
 * @param payload - `invoice_payload` of an update
 */
export function invoicePayload(payload: string): string {
  return payload.replace(form, '');
}

/** A payment that no question has asked for, with what a refund needs. */
export interface UnmatchedPayment {
  readonly currency: string | undefined;
  /** In the smallest units of the currency. */
  readonly total_amount: number | undefined;
  /** The payload that the bot passed, without the mark. */
  readonly invoice_payload: string;
  /** For `refundStarPayment`. */
  readonly telegram_payment_charge_id: string | undefined;
  /** For a refund by the payment provider. */
  readonly provider_payment_charge_id: string | undefined;
}

/** Reads a `successful_payment`. */
export function unmatchedPayment(payment: RawObject): UnmatchedPayment {
  return {
    currency: textIn(payment, 'currency'),
    total_amount: wholeIn(payment, 'total_amount'),
    invoice_payload: invoicePayload(textIn(payment, 'invoice_payload') ?? ''),
    telegram_payment_charge_id: textIn(payment, 'telegram_payment_charge_id'),
    provider_payment_charge_id: textIn(payment, 'provider_payment_charge_id'),
  };
}
