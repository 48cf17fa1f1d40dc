/** Buttons and invoices that are bound to an entry of a scene, and their owner. */

import { boundTo } from '../conversation/bound-to.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { tagOfPayload } from '../update/invoice.ts';
import { objectIn, type RawObject, textIn } from '../update/raw-update.ts';
import { isOfOneMachine } from '../update/tag.ts';

/** The conversation that a button, or the invoice of a checkout or a payment, is bound to; `undefined` for those of the bot's own. */
export function boundTag(turn: OpenTurn): string | undefined {
  const { input } = turn;
  if (input?.kind === 'button') return boundTo(input.value);
  if (input !== undefined && input.kind !== 'payment') return undefined;
  const holder = input === undefined ? checkoutOf(turn) : paymentOf(turn);
  return holder && tagOfPayload(textIn(holder, 'invoice_payload') ?? '')?.tag;
}

/** Whether a button or an invoice is this machine's; another one of the bot, with another namespace, is further down. */
export function isFromThisMachine({ tag }: OpenTurn, found: string): boolean {
  return isOfOneMachine(found, tag);
}

/** The checkout of an update. */
export function checkoutOf({ update }: OpenTurn): RawObject | undefined {
  return objectIn(update, 'pre_checkout_query');
}

/** The payment of an update. */
export function paymentOf({ update, subject, input }: OpenTurn): RawObject | undefined {
  if (update === undefined || input?.kind !== 'payment') return undefined;
  return objectIn(objectIn(update, subject.updateType ?? ''), 'successful_payment');
}
