/** Invoices of payment steps: a mark behind their payload leads the checkout, which has no chat, back to the conversation that asked. */

/** Which question of which conversation an invoice is. */
export interface InvoiceMark {
  /** Of the conversation. */
  readonly tag: string;
  /** Of the flow. */
  readonly visit: number;
  /** Stands for the question. */
  readonly question: string;
  /** Where the conversation is. */
  readonly chat: number;
  readonly thread?: number | undefined;
  readonly directMessagesTopic?: number | undefined;
}

/** The longest payload of a payment step, in bytes: the Bot API takes 128 (sendInvoice), the longest mark 58. */
export const payloadLimit = 70;

const form = /~fsm\.([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]*)\.(-?[0-9a-z]+)(?:\.([td])([0-9a-z]+))?$/;

/** Writes a payload with its mark. */
export function markedPayload(own: string, mark: InvoiceMark): string {
  const { tag, visit, question, chat, thread, directMessagesTopic } = mark;
  const topic =
    directMessagesTopic !== undefined
      ? `.d${directMessagesTopic.toString(36)}`
      : thread !== undefined
        ? `.t${thread.toString(36)}`
        : '';
  return `${own}~fsm.${tag}.${visit.toString(36)}.${question}.${chat.toString(36)}${topic}`;
}

/** Reads the mark of a payload; `undefined` for an invoice of the bot's own. */
export function markOfPayload(payload: string): InvoiceMark | undefined {
  const found = form.exec(payload);
  if (found === null) return undefined;
  const [, tag = '', visit = '', question = '', chat = '', kind, topic = ''] = found;
  const number = Number.parseInt(topic, 36);
  return {
    tag,
    visit: Number.parseInt(visit, 36),
    question,
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
