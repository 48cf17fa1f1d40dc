/** A shop with a payment step, and payments as Telegram reports them. */

import { flow, invalid } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import type { Framework, Options } from './frameworks.ts';

const prices = { tea: 1, gold: 1000 } as const;

/** An invoice over one thing, as the call that sends it. */
export const invoiceFor = (title: string, amount: number) => ({
  method: 'sendInvoice',
  payload: {
    title,
    description: 'Fresh',
    payload: title,
    currency: 'XTR',
    prices: [{ label: title, amount }],
  },
});

/** Tea for 1 or gold for 1000; no gold is sold in the end. */
export const shop = flow('shop', {
  trigger: '/buy',
  back: true,
  editedMessages: 'update',
  timeout: '1m',
})
  .ask('product', { prompt: 'What?', validate: (name) => (name === 'gold' ? 'gold' : 'tea') })
  .ask('paid', {
    prompt: ({ product }) => invoiceFor(product, prices[product]),
    accept: 'payment',
    validate: (paid) => (paid.invoice_payload === 'tea' ? paid : invalid('No gold today.')),
  })
  .done(({ product, paid }) => `One ${product} for ${paid.total_amount}`);

/** The money of a checkout or a payment. */
export interface Charge {
  readonly currency?: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
}

/** A shop under test: who is there, and payments as Telegram reports them, one update after the other. */
export function openShop(
  framework: Framework,
  options: Options = {},
  flows: readonly unknown[] = [shop],
) {
  const clock = virtualClock();
  const bot = framework.bot();
  bot.noteErrors();
  const unmatched: object[] = [];
  const passed: string[] = [];
  const machine = bot.fsm({ states: flows, clock, ...options });
  machine.observe('paymentUnmatched', ({ user, payment }) => unmatched.push({ user, ...payment }));
  bot.command('hello', ({ say }) => say('Hello!'));
  bot.use(({ ctx }) => {
    const { update } = ctx as { readonly update: Record<string, object> };
    const { successful_payment } = (update['message'] ?? {}) as { successful_payment?: object };
    passed.push(
      successful_payment
        ? 'payment'
        : (Object.keys(update).find((name) => name !== 'update_id') ?? ''),
    );
  });
  const tg = telegram(bot.bot, { clock });
  machine.connect(bot.bot as never);
  const invoices = () =>
    tg.calls.filter(({ method }) => method === 'sendInvoice').map(({ payload }) => payload);
  /** The payload and price of an invoice that was sent, the last one by default. */
  const sent = (at = -1): Charge => {
    const { payload, prices: list } = invoices().at(at) as never as {
      payload: string;
      prices: { amount: number }[];
    };
    const total_amount = list.reduce((sum, { amount }) => sum + amount, 0);
    return { currency: 'XTR', total_amount, invoice_payload: payload };
  };
  let charges = 0;
  const person = (id: number) => ({ id, is_bot: false, first_name: 'Payer' });
  const verdicts = () =>
    tg.calls
      .filter(({ method }) => method === 'answerPreCheckoutQuery')
      .map(({ payload }) => payload['ok']);
  return {
    bot,
    tg,
    machine,
    clock,
    unmatched,
    passed,
    invoices,
    sent,
    /** A checkout as Telegram sends it. @returns whether the bot has approved it; `undefined` without an answer */
    async checksOut(id: number, charge: Charge): Promise<unknown> {
      const before = verdicts().length;
      const query = { id: `c${++charges}`, from: person(id), currency: 'XTR', ...charge };
      await tg.update({ pre_checkout_query: query } as never);
      return verdicts().slice(before)[0];
    },
    async pays(id: number, charge: Charge, chat: object = privateChat(id)): Promise<void> {
      const successful_payment = {
        currency: 'XTR',
        ...charge,
        telegram_payment_charge_id: `t${++charges}`,
        provider_payment_charge_id: 'p',
      };
      const message = { message_id: 9000 + charges, date: 1, chat, from: person(id) };
      await tg.update({ message: { ...message, successful_payment } } as never);
    },
  };
}

/** The private chat of a payer. */
export const privateChat = (id: number) => ({ id, type: 'private', first_name: 'Payer' });
