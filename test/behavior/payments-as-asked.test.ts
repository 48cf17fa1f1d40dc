import { flow, invalid } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';
import { storages } from './storages.ts';

const prices = { tea: 1, gold: 1000 } as const;

const invoiceFor = (title: string, amount: number) => ({
  method: 'sendInvoice',
  payload: {
    title,
    description: 'Fresh',
    payload: title,
    currency: 'XTR',
    prices: [{ label: title, amount }],
  },
});

const shop = flow('shop', {
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

interface Charge {
  readonly currency?: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
}

/** A shop under test: who is there, and payments as Telegram reports them, one update after the other. */
function open(framework: Framework, options: Options = {}, flows: readonly unknown[] = [shop]) {
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

const privateChat = (id: number) => ({ id, type: 'private', first_name: 'Payer' });

describe.each(frameworks)('payments as they were asked, on %s', (_, framework) => {
  describe.each(storages)('with %s', (__, storage) => {
    it('the cheap invoice from before /back is declined once the dear one was chosen', async () => {
      const { tg, sent, checksOut } = open(framework, { storage: storage() });
      const anna = tg.user('Anna');
      for (const text of ['/buy', 'tea', '/back', 'gold']) await anna.sends(text);
      expect(await checksOut(anna.id, sent(0))).toBe(false);
      expect(await checksOut(anna.id, sent(1))).toBe(true);
    });

    it('an earlier answer that is edited under an open invoice asks again, and the old invoice is declined', async () => {
      const { tg, invoices, sent, checksOut } = open(framework, { storage: storage() });
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      await anna.sends('tea');
      await anna.edits('gold');
      expect(invoices()).toHaveLength(2);
      expect(await checksOut(anna.id, sent(0))).toBe(false);
      expect([await checksOut(anna.id, sent(1)), sent(1).total_amount]).toEqual([true, 1000]);
    });

    it('a payment counts only with the payload, the currency, the amount and the payer that were asked', async () => {
      const { tg, sent, checksOut, pays, unmatched, passed } = open(framework, {
        storage: storage(),
      });
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      await anna.sends('tea');
      const asked = sent();
      const wrong: Charge[] = [
        { ...asked, total_amount: 0 },
        { ...asked, total_amount: 2 },
        { ...asked, currency: 'EUR' },
        { ...asked, invoice_payload: `x${asked.invoice_payload}` },
      ];
      for (const charge of wrong) {
        expect(await checksOut(anna.id, charge)).toBe(false);
        await pays(anna.id, charge);
      }
      expect(unmatched).toHaveLength(wrong.length);
      expect(passed).toEqual(wrong.map(() => 'payment'));
      await pays(anna.id, asked);
      anna.sees('One tea for 1');
    });

    it('an approved checkout closes the question to /back, /cancel, edits and the trigger until it is paid', async () => {
      const { tg, sent, checksOut, pays, invoices } = open(framework, { storage: storage() });
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      await anna.sends('tea');
      expect(await checksOut(anna.id, sent())).toBe(true);
      for (const text of ['/back', '/cancel', '/buy', 'gold']) {
        await anna.sends(text);
        anna.sees('Your payment is being processed. One moment, please.');
      }
      expect(invoices()).toHaveLength(1);
      await pays(anna.id, sent());
      anna.sees('One tea for 1');
    });

    it('an approved checkout closes the question to the trigger of another flow, but not to commands of the bot', async () => {
      const other = flow('other', { trigger: '/other' })
        .ask('a', { prompt: 'Other?' })
        .done(() => {});
      const { tg, sent, checksOut, pays } = open(framework, { storage: storage() }, [shop, other]);
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      await anna.sends('tea');
      expect(await checksOut(anna.id, sent())).toBe(true);
      await anna.sends('/other');
      anna.sees('Your payment is being processed. One moment, please.');
      await anna.sends('/hello');
      anna.sees('Hello!');
      await pays(anna.id, sent());
      anna.sees('One tea for 1');
      await anna.sends('/other');
      anna.sees('Other?');
    });

    it('a payment that never comes leaves the question open again, and the flow still times out', async () => {
      const clock = virtualClock();
      const { tg, sent, checksOut } = open(framework, { storage: storage(clock), clock });
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      await anna.sends('tea');
      await checksOut(anna.id, sent());
      await clock.advance(100_000);
      await anna.sends('/cancel');
      anna.sees('Your payment is being processed. One moment, please.');
      await clock.advance(81_000);
      await anna.sends('/cancel');
      anna.sees(/cancell?ed|Time is up/i);
    });
  });

  it("the bot's own invoice answers no payment step, and reaches the bot", async () => {
    const { tg, machine, checksOut, pays, passed, unmatched } = open(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('tea');
    const own = { total_amount: 1, invoice_payload: 'tea' };
    expect(await checksOut(anna.id, own)).toBeUndefined();
    await pays(anna.id, own);
    expect(passed).toEqual(['pre_checkout_query', 'payment']);
    expect(unmatched).toEqual([]);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'shop:paid' });
  });

  it('a payload that ends like the mark of an open invoice answers nothing, in no chat', async () => {
    const { tg, machine, sent, checksOut, pays, unmatched } = open(framework, {
      strategy: 'chat',
    });
    const group = tg.group('Tea room');
    const anna = tg.user('Anna').in(group);
    const mallory = tg.user('Mallory');
    await anna.sends('/buy');
    await anna.sends('tea');
    const { invoice_payload } = sent();
    const imitated = { total_amount: 1, invoice_payload: `gift ${invoice_payload.slice(3)}` };
    expect(await checksOut(mallory.id, imitated)).toBe(false);
    await pays(mallory.id, imitated);
    await pays(anna.id, imitated, { id: group.id, type: 'supergroup', title: 'Tea room' });
    expect(unmatched).toHaveLength(2);
    expect(await machine.at({ chat: group.id }).peek()).toMatchObject({ current: 'shop:paid' });
  });

  it('under the strategy chat a forwarded invoice that somebody else pays is declined', async () => {
    const { tg, sent, checksOut } = open(framework, { strategy: 'chat' });
    const group = tg.group('Tea room');
    const anna = tg.user('Anna').in(group);
    await anna.sends('/buy');
    await anna.sends('tea');
    expect(await checksOut(tg.user('Boris').id, sent())).toBe(false);
    expect(await checksOut(anna.id, sent())).toBe(true);
  });

  it('an invoice without a payer has no pay button where it is forwarded', async () => {
    const { tg, machine, invoices } = open(framework, { strategy: 'chat' });
    const group = tg.group('Tea room');
    await machine.at({ chat: group.id }).run(({ state }) => state.enter(shop, { product: 'tea' }));
    expect(invoices()[0]).toMatchObject({ start_parameter: expect.any(String) });
  });

  it('a payment after the bot has moved the user on is handed over with all that a refund needs', async () => {
    const { tg, machine, sent, checksOut, pays, unmatched, passed } = open(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('tea');
    expect(await checksOut(anna.id, sent())).toBe(true);
    await machine.at({ user: anna.id }).run(({ state }) => state.clear());
    await pays(anna.id, sent());
    expect(passed).toEqual(['payment']);
    expect(unmatched).toEqual([
      {
        user: anna.id,
        currency: 'XTR',
        total_amount: 1,
        invoice_payload: 'tea',
        telegram_payment_charge_id: 't2',
        provider_payment_charge_id: 'p',
      },
    ]);
  });

  it('a payment that validate rejects is handed over too', async () => {
    const { tg, sent, pays, unmatched } = open(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('gold');
    await pays(anna.id, sent());
    expect(unmatched).toMatchObject([{ total_amount: 1000 }]);
  });

  it('a tip within its limit is paid, and one above it is declined', async () => {
    const tipped = flow('tipped', { trigger: '/tip' })
      .ask('paid', {
        prompt: () => {
          const { method, payload } = invoiceFor('tea', 10);
          return { method, payload: { ...payload, currency: 'EUR', max_tip_amount: 5 } };
        },
        accept: 'payment',
      })
      .done(({ paid }) => `Thanks for ${paid.total_amount}`);
    const { tg, sent, checksOut, pays } = open(framework, {}, [tipped]);
    const anna = tg.user('Anna');
    await anna.sends('/tip');
    const charge = { ...sent(), currency: 'EUR' };
    expect(await checksOut(anna.id, { ...charge, total_amount: 16 })).toBe(false);
    expect(await checksOut(anna.id, { ...charge, total_amount: 15 })).toBe(true);
    await pays(anna.id, { ...charge, total_amount: 15 });
    anna.sees('Thanks for 15');
  });

  it.each<readonly [string, unknown, boolean]>([
    ['true', true, true],
    ['a reason', 'Sold out.', false],
    ['nothing, as a forgotten return does', undefined, false],
    ['false', false, false],
    ['an empty text', '', false],
    ['null', null, false],
    ['a number', 1, false],
    ['a promise of nothing', Promise.resolve(), false],
  ])(
    'a checkout hook that gives %s approves only if that is true',
    async (_name, given, isApproved) => {
      const guarded = flow('guarded', { trigger: '/buy' })
        .ask('paid', {
          prompt: invoiceFor('tea', 1) as never,
          accept: 'payment',
          checkout: () => given as true,
        })
        .done(() => 'Thanks');
      const { bot, tg, sent, checksOut } = open(framework, {}, [guarded]);
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      expect(await checksOut(anna.id, sent())).toBe(isApproved);
      const { payload } = tg.calls.at(-1) as { payload: Record<string, unknown> };
      if (!isApproved) expect(payload['error_message']).toMatch(/./);
      expect(bot.errors).toEqual([]);
    },
  );

  it('a payment that is reported twice, or in another chat, is taken once and handed over', async () => {
    const { tg, sent, pays, unmatched } = open(framework);
    const anna = tg.user('Anna');
    const group = tg.group('Tea room');
    await anna.sends('/buy');
    await anna.sends('tea');
    await pays(anna.id, sent(), { id: group.id, type: 'supergroup', title: 'Tea room' });
    expect(unmatched).toHaveLength(1);
    await pays(anna.id, sent());
    anna.sees('One tea for 1');
    await pays(anna.id, sent());
    expect(unmatched).toHaveLength(2);
  });

  it('a checkout that comes twice is approved twice, and an old one is declined once it is paid', async () => {
    const { tg, sent, checksOut, pays } = open(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('tea');
    expect(await checksOut(anna.id, sent())).toBe(true);
    expect(await checksOut(anna.id, sent())).toBe(true);
    await pays(anna.id, sent());
    expect(await checksOut(anna.id, sent())).toBe(false);
  });

  it('a refund reaches the bot, and answers no question', async () => {
    const { bot, tg, machine, sent, passed } = open(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('tea');
    const refunded_payment = { ...sent(), telegram_payment_charge_id: 't' };
    const chat = privateChat(anna.id);
    const message = { message_id: 800, date: 1, chat, from: anna.raw, refunded_payment };
    await tg.update({ message } as never);
    expect([passed, bot.errors]).toEqual([['message'], []]);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'shop:paid' });
  });

  it('a payment step that asks by no invoice is rejected by name', async () => {
    const broken = flow('broken', { trigger: '/broken' })
      .ask('paid', { prompt: 'Pay, please.', accept: 'payment' })
      .done(() => 'Thanks');
    const { bot, tg } = open(framework, {}, [broken]);
    await tg.user('Anna').sends('/broken');
    expect(bot.errors).toMatchObject([
      { code: 'INVALID_OPTION', details: { option: 'broken:paid prompt' } },
    ]);
  });
});
