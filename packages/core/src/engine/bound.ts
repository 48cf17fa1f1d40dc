/** Buttons and invoices that are bound to an entry of a scene: their owner, and the answer if no scene handles them. */

import { boundTo } from '../conversation/behavior.ts';
import { textOf } from '../conversation/texts.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { isInaccessible } from '../update/address.ts';
import { markOfPayload, unmatchedPayment } from '../update/invoice.ts';
import { idIn, objectIn, type RawObject, textIn, wholeIn } from '../update/raw-update.ts';
import { isOfOneMachine } from '../update/tag.ts';

/** The conversation that a button, or the invoice of a checkout or a payment, is bound to; `undefined` for those of the bot's own. */
export function boundTag(turn: OpenTurn): string | undefined {
  const { input } = turn;
  if (input?.kind === 'button') return boundTo(input.value);
  const holder = input === undefined ? checkoutOf(turn) : paymentOf(turn);
  return holder && markOfPayload(textIn(holder, 'invoice_payload') ?? '')?.tag;
}

/** Whether a button or an invoice is this machine's; another one of the bot, with another namespace, is further down. */
export function isFromThisMachine({ tag }: OpenTurn, found: string): boolean {
  return isOfOneMachine(found, tag);
}

/**
 * A button or an invoice that no scene takes: of a question that is no longer asked, or shown to somebody else.
 *
 * Money that has moved is the bot's to give back: its middleware gets the update, and observers get what a refund needs.
 */
export async function answerStale(
  turn: OpenTurn,
  tag: string,
  rest: () => Promise<void>,
): Promise<void> {
  const payment = paymentOf(turn);
  if (payment !== undefined) {
    const { key = '', subject, from } = turn;
    turn.rt.tell('paymentUnmatched', {
      key,
      subject,
      user: from?.id,
      payment: unmatchedPayment(payment),
    });
    return rest();
  }
  // whose it is cannot be known where its message has no topic
  const isOurs = tag === turn.tag || isInaccessible(turn.update);
  const text = await textOf(turn.rt.options.defaults.texts, isOurs ? 'stale' : 'notYours', turn);
  const id = textIn(checkoutOf(turn), 'id');
  if (id === undefined) turn.effects.answer ??= { text, show_alert: !isOurs };
  else {
    const payload = { pre_checkout_query_id: id, ok: false, error_message: text };
    turn.effects.call({ method: 'answerPreCheckoutQuery', payload });
  }
}

/** A button in another chat whose question is asked no more: it is answered, and its message loses its buttons. */
export async function answerElsewhere(turn: OpenTurn): Promise<void> {
  const { update, effects, rt } = turn;
  effects.answer = { text: await textOf(rt.options.defaults.texts, 'stale', turn) };
  const message = objectIn(update && objectIn(update, 'callback_query'), 'message');
  const chat_id = idIn(message, 'chat');
  const message_id = wholeIn(message, 'message_id');
  if (chat_id === undefined || message_id === undefined) return;
  effects.call({ method: 'editMessageReplyMarkup', payload: { chat_id, message_id } });
}

function checkoutOf({ update }: OpenTurn): RawObject | undefined {
  return update && objectIn(update, 'pre_checkout_query');
}

function paymentOf({ update, subject, input }: OpenTurn): RawObject | undefined {
  if (update === undefined || input?.kind !== 'payment') return undefined;
  return objectIn(objectIn(update, subject.updateType ?? ''), 'successful_payment');
}
