/** The answer to buttons and invoices that no scene handles. Loaded with the first one. */

import { resolveText } from '../conversation/texts.ts';
import type { OpenTurn, Rest } from '../transaction/runtime.ts';
import { isInaccessible } from '../update/address.ts';
import { unmatchedPayment } from '../update/invoice.ts';
import { idIn, queryIdIn, wholeIn } from '../update/raw-update.ts';
import { messageOfPress } from '../update/shown-button.ts';
import { paymentIn } from '../update/subject.ts';

const buttonTexts = { old: 'stale', others: 'notYours' } as const;
const invoiceTexts = { old: 'oldInvoice', others: 'notYourInvoice' } as const;

/**
 * A button or an invoice that no scene takes: of a question that is no longer asked, or shown to somebody else.
 *
 * Money that has moved is the bot's to give back: its middleware gets the update, and observers get what a refund needs.
 */
export async function answerStale(turn: OpenTurn, tag: string, rest: Rest): Promise<void> {
  const payment = paymentIn(turn.update);
  if (payment !== undefined) {
    const { key = '', subject, from } = turn;
    turn.rt.notify('paymentUnmatched', {
      key,
      subject,
      user: from?.id,
      payment: unmatchedPayment(payment),
    });
    await rest?.(turn);
    return;
  }
  // without the topic of its message, its conversation is unknown
  const isOurs = tag === turn.tag || isInaccessible(turn.update);
  const id = queryIdIn(turn.update, 'pre_checkout_query');
  const names = id === undefined ? buttonTexts : invoiceTexts;
  const name = names[isOurs ? 'old' : 'others'];
  const text = await resolveText(turn.rt.options.defaults.texts, name, turn);
  if (id === undefined) turn.effects.answer ??= { text, show_alert: !isOurs };
  else {
    const payload = { pre_checkout_query_id: id, ok: false, error_message: text };
    turn.effects.call({ method: 'answerPreCheckoutQuery', payload });
  }
}

/**
 * A button in another chat whose question is asked no more: it is answered, and its message loses its buttons. A message that does not
 * have the button stays as it is.
 */
export async function answerElsewhere(turn: OpenTurn): Promise<void> {
  const { update, effects, rt, facts } = turn;
  effects.answer = { text: await resolveText(rt.options.defaults.texts, 'stale', turn) };
  if (facts.isElsewhere !== true) return;
  const message = messageOfPress(update);
  const chat_id = idIn(message, 'chat');
  const message_id = wholeIn(message, 'message_id');
  if (chat_id === undefined || message_id === undefined) return;
  effects.call({ method: 'editMessageReplyMarkup', payload: { chat_id, message_id } });
}
