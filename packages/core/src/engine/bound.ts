/** Buttons and invoices that are bound to a visit of a scene: whose they are, and what is said when no scene takes them. */

import { boundTo } from '../conversation/behaviour.ts';
import { textOf } from '../conversation/texts.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { markOfPayload } from '../update/invoice.ts';
import { objectIn, type RawObject, textIn } from '../update/raw-update.ts';

/** The conversation that a button, or the invoice of a checkout, is bound to; `undefined` for those of the bot's own. */
export function boundTag(turn: OpenTurn): string | undefined {
  if (turn.input !== undefined) {
    return turn.input.kind === 'button' ? boundTo(turn.input.value) : undefined;
  }
  const query = checkoutOf(turn);
  return query && markOfPayload(textIn(query, 'invoice_payload') ?? '')?.tag;
}

/** Whether a button or an invoice is this machine's; another one of the bot, with another namespace, stands further down. */
export function isFromThisMachine({ tag }: OpenTurn, found: string): boolean {
  return found.slice(0, 2) === tag.slice(0, 2);
}

/** A button or an invoice that no scene takes: of a question that is no longer asked, or shown to somebody else. */
export async function answerStale(turn: OpenTurn, tag: string): Promise<void> {
  const isOurs = tag === turn.tag;
  const text = await textOf(turn.rt.options.defaults.texts, isOurs ? 'stale' : 'notYours', turn);
  const id = textIn(checkoutOf(turn), 'id');
  if (id === undefined) turn.effects.answerQueryAnyway({ text, show_alert: !isOurs });
  else {
    const payload = { pre_checkout_query_id: id, ok: false, error_message: text };
    turn.effects.send({ method: 'answerPreCheckoutQuery', payload });
  }
}

function checkoutOf({ update }: OpenTurn): RawObject | undefined {
  return update && objectIn(update, 'pre_checkout_query');
}
