/** Payments: from an invoice over the bot's consent to the message that it is paid. */

import { addressOf, type ChatAddress, sameAddress } from '../cloud/chat-address.ts';
import type { Cloud, Query } from '../cloud/cloud.ts';
import type { Payload, RawMessage, RawUser } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { pick } from '../methods/media.ts';
import { listOf, objectOf, textOf } from '../methods/parameters.ts';
import { complaint } from './complaint.ts';
import { did, type Stage, write } from './stage.ts';

/** The result of a payment. */
export interface Paid {
  /** Whether the bot consented and the payment went through. */
  readonly accepted: boolean;
  /** The bot's objection, or the note that it did not answer. */
  readonly error: string | undefined;
}

const address = {
  country_code: 'DE',
  state: '',
  city: 'Berlin',
  street_line1: 'Street 1',
  street_line2: '',
  post_code: '10115',
};

/** Pays the newest invoice, or the one shown: shipping query where it is flexible, checkout query, then the payment. */
export async function pay(
  stage: Stage,
  user: RawUser,
  where: ChatAddress,
  on: Shown | undefined,
): Promise<Paid> {
  const { cloud } = stage;
  const { message, payload } = invoiceIn(cloud, where, on);
  const invoice = objectOf(message, 'invoice') ?? {};
  const invoice_payload = textOf(payload, 'payload') ?? '';
  did(cloud, user, where, `pays ${String(invoice['title'])}`);
  const ask = async (
    kind: Query['kind'],
    type: string,
    fields: Payload,
  ): Promise<Payload | undefined> => {
    const id = `${kind}-${cloud.next(kind)}`;
    const query: Query = { id, kind, user, answer: undefined };
    cloud.queries.set(id, query);
    await stage.deliver([cloud.number(type, { id, from: user, invoice_payload, ...fields })]);
    return query.answer;
  };
  let chosen: Payload = {};
  let total_amount = Number(invoice['total_amount']);
  if (payload['is_flexible'] === true) {
    const answer = await ask('shipping', 'shipping_query', { shipping_address: address });
    if (answer?.['ok'] !== true) return refused(answer, 'shipping_query');
    const option = listOf(answer, 'shipping_options')[0] as Payload | undefined;
    const prices =
      option === undefined
        ? []
        : (listOf(option, 'prices') as readonly { readonly amount: number }[]);
    total_amount += prices.reduce((sum, price) => sum + Number(price.amount), 0);
    chosen =
      option === undefined
        ? {}
        : { shipping_option_id: option['id'], order_info: { shipping_address: address } };
  }
  const amount = { currency: invoice['currency'], total_amount };
  const answer = await ask('checkout', 'pre_checkout_query', {
    ...amount,
    ...pick(chosen, ['shipping_option_id', 'order_info']),
  });
  if (answer?.['ok'] !== true) return refused(answer, 'pre_checkout_query');
  const charge = cloud.next('charge');
  const successful_payment = {
    ...amount,
    invoice_payload,
    ...chosen,
    telegram_payment_charge_id: `telegram-charge-${charge}`,
    provider_payment_charge_id: `provider-charge-${charge}`,
  };
  await write(stage, user, where, [{ successful_payment }]);
  return { accepted: true, error: undefined };
}

function invoiceIn(
  cloud: Cloud,
  address: ChatAddress,
  on: Shown | undefined,
): { readonly message: RawMessage; readonly payload: Payload } {
  const record = cloud.record(address.chat, address.business);
  const kept = [...record.messages.values()].findLast(({ message }) =>
    on === undefined
      ? message['invoice'] !== undefined && sameAddress(addressOf(message), address)
      : message.message_id === on.message_id,
  );
  if (kept?.call === undefined || kept.message['invoice'] === undefined) {
    throw complaint(cloud, 'There is no invoice here to pay.', { operator: 'pays' });
  }
  return { message: kept.message, payload: kept.call.payload };
}

function refused(answer: Payload | undefined, type: string): Paid {
  const error =
    answer === undefined ? `the bot did not answer the ${type}` : textOf(answer, 'error_message');
  return { accepted: false, error };
}
