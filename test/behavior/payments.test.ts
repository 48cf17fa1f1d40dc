import { flow, invoicePayload } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks, type Options } from './frameworks.ts';

const shop = flow('shop', { trigger: '/buy' })
  .ask('product', { prompt: 'What?', choices: ['tea', 'cake'] })
  .ask('paid', {
    prompt: ({ product }) => ({
      method: 'sendInvoice',
      payload: {
        title: product,
        description: 'Fresh',
        payload: `${product} ~ 1`,
        currency: 'XTR',
        prices: [{ label: product, amount: 3 }],
      },
    }),
    accept: 'payment',
    checkout: ({ invoice_payload }, { product }) =>
      invoice_payload === `${product} ~ 1` || `Sold out: ${invoice_payload}`,
  })
  .done(({ product, paid }) => `One ${product}, paid for ${paid.invoice_payload}`);

/** A bot with the shop; what its flow leaves is written down. */
function shopBot(framework: Framework, options: Options = {}): BotUnderTest & { passed: string[] } {
  const bot = framework.bot();
  const passed: string[] = [];
  bot.fsm({ states: [shop], ...options });
  bot.use(({ ctx }) => {
    const { update } = ctx as { update: { message?: { successful_payment?: object } } };
    const payment = update.message?.successful_payment as { invoice_payload: string } | undefined;
    passed.push(payment === undefined ? 'other' : invoicePayload(payment.invoice_payload));
  });
  return { ...bot, passed };
}

describe.each(frameworks)('payments in flows on %s', (_, framework) => {
  it.each(['userInChat', 'chat', 'globalUser', 'userInTopic', 'chatTopic'] as const)(
    'a checkout in a group finds the flow that has asked, under the strategy %s',
    async (strategy) => {
      const { bot, passed } = shopBot(framework, { strategy });
      const tg = telegram(bot);
      const group = tg.group('Tea room');
      const anna = tg.user('Anna').in(group);
      await anna.sends('/buy');
      await anna.taps('tea');
      expect(await anna.pays()).toEqual({ accepted: true, error: undefined });
      anna.sees('One tea, paid for tea ~ 1');
      expect(passed).toEqual([]);
    },
  );

  it('a checkout in a topic finds the flow of that topic', async () => {
    const { bot, passed } = shopBot(framework, { strategy: 'userInTopic' });
    const tg = telegram(bot);
    const anna = tg.user('Anna').in(tg.group('Forum').topic('Sales'));
    await anna.sends('/buy');
    await anna.taps('cake');
    expect(await anna.pays()).toMatchObject({ accepted: true });
    anna.sees('One cake, paid for cake ~ 1');
    expect(passed).toEqual([]);
  });

  it.each(['delete', 'edit', 'removeKeyboards'] as const)(
    'an invoice that was paid stays as the receipt, with prompts: %s',
    async (prompts) => {
      const bot = framework.bot();
      const seat = flow('seat', { trigger: '/seat', prompts })
        .ask('paid', {
          prompt: {
            method: 'sendInvoice',
            payload: {
              title: 'Seat',
              description: 'A seat',
              currency: 'XTR',
              prices: [{ label: 'Seat', amount: 3 }],
            },
          },
          accept: 'payment',
        })
        .ask('note', { prompt: 'A note?', optional: true })
        .done(() => 'Taken.');
      bot.fsm({ states: [seat] });
      const anna = telegram(bot.bot).user('Anna');
      await anna.sends('/seat');
      await anna.pays();
      await anna.sends('None');
      anna.sees('Taken.');
      expect(anna.screen()).toContainEqual(expect.objectContaining({ kind: 'invoice' }));
      expect(bot.errors).toEqual([]);
    },
  );

  it("declines another user's payment of an invoice, and leaves it to whom it was shown", async () => {
    const { bot } = shopBot(framework);
    const tg = telegram(bot);
    const group = tg.group('Tea room');
    const anna = tg.user('Anna').in(group);
    const boris = tg.user('Boris').in(group);
    await anna.sends('/buy');
    await anna.taps('tea');
    const invoice = anna.sees({ method: 'sendInvoice' });
    await boris.sends('/buy');
    await boris.taps('cake');
    const another = { accepted: false, error: 'This invoice is for someone else.' };
    expect(await boris.pays(invoice)).toEqual(another);
    expect(await anna.pays(invoice)).toMatchObject({ accepted: true });
    anna.sees('One tea, paid for tea ~ 1');
  });

  it('declines the invoice of a flow that was canceled, or begun anew', async () => {
    const { bot, passed } = shopBot(framework);
    const tg = telegram(bot);
    const anna = tg.user('Anna').in(tg.group('Tea room'));
    await anna.sends('/buy');
    await anna.taps('tea');
    await anna.sends('/cancel');
    const error = 'This invoice is no longer valid. You were not charged.';
    const stale = { accepted: false, error };
    expect(await anna.pays()).toEqual(stale);
    await anna.sends('/buy');
    expect(await anna.pays()).toEqual(stale);
    expect(passed).toEqual([]);
  });

  it('declines a checkout with another amount than that of its invoice, and says so', async () => {
    const { bot } = shopBot(framework);
    const tg = telegram(bot);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.taps('tea');
    const invoice = tg.calls.find(({ method }) => method === 'sendInvoice');
    const invoice_payload = invoice?.payload['payload'];
    const from = { id: anna.id, is_bot: false, first_name: 'Anna' };
    const query = { id: '7', from, currency: 'XTR', total_amount: 1, invoice_payload };
    await tg.update({ pre_checkout_query: query } as never);
    expect(tg.calls.at(-1)).toMatchObject({
      method: 'answerPreCheckoutQuery',
      payload: {
        ok: false,
        error_message: 'This invoice is no longer valid. You were not charged.',
      },
    });
  });

  it('passes a payment for an earlier entry to the bot, not to the step that waits for another', async () => {
    const bot = shopBot(framework);
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.taps('tea');
    const invoice = tg.calls.find(({ method }) => method === 'sendInvoice');
    await anna.sends('/buy');
    await anna.taps('tea');
    const chat = { id: anna.id, type: 'private', first_name: 'Anna' };
    await tg.update({
      message: {
        message_id: 900,
        date: 1,
        chat,
        from: { id: anna.id, is_bot: false, first_name: 'Anna' },
        successful_payment: {
          currency: 'XTR',
          total_amount: 3,
          invoice_payload: invoice?.payload['payload'],
          telegram_payment_charge_id: 't',
          provider_payment_charge_id: 'p',
        },
      },
    } as never);
    expect(bot.passed).toEqual(['tea ~ 1']);
    expect(await anna.pays()).toMatchObject({ accepted: true });
    anna.sees('One tea, paid for tea ~ 1');
  });
});
