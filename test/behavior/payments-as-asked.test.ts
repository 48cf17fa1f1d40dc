import { flow, scene } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { invoiceFor, openShop, privateChat } from './payment-shop.ts';

describe.each(frameworks)('payments as they were asked, on %s', (_, framework) => {
  it('a payment that validate rejects is handed over too', async () => {
    const { tg, sent, pays, unmatched } = openShop(framework);
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
    const { tg, sent, checksOut, pays } = openShop(framework, {}, [tipped]);
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
      const { bot, tg, sent, checksOut } = openShop(framework, {}, [guarded]);
      const anna = tg.user('Anna');
      await anna.sends('/buy');
      expect(await checksOut(anna.id, sent())).toBe(isApproved);
      const { payload } = tg.calls.at(-1) as { payload: Record<string, unknown> };
      if (!isApproved) expect(payload['error_message']).toMatch(/./);
      expect(bot.errors).toEqual([]);
    },
  );

  it('a payment that is reported twice, or in another chat, is taken once and handed over', async () => {
    const { tg, sent, pays, unmatched } = openShop(framework);
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
    const { tg, sent, checksOut, pays } = openShop(framework);
    const anna = tg.user('Anna');
    await anna.sends('/buy');
    await anna.sends('tea');
    expect(await checksOut(anna.id, sent())).toBe(true);
    expect(await checksOut(anna.id, sent())).toBe(true);
    await pays(anna.id, sent());
    expect(await checksOut(anna.id, sent())).toBe(false);
  });

  it('a refund reaches the bot, and answers no question', async () => {
    const { bot, tg, machine, sent, passed } = openShop(framework);
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
    const { bot, tg } = openShop(framework, {}, [broken]);
    await tg.user('Anna').sends('/broken');
    expect(bot.errors).toMatchObject([
      { code: 'INVALID_OPTION', details: { option: 'broken:paid prompt' } },
    ]);
  });

  it.each([
    ['any'],
    ['message'],
    [['text', 'message']],
    [{ album: 'message' }],
    [{ burst: 'message' }],
  ] as const)(
    'a payment that nothing asks for, such as the renewal of a subscription, reaches the bot from a node that accepts %j',
    async (accept) => {
      const inputs: string[] = [];
      const node = scene('node', { accept: accept as 'any' }).on({
        handle: ({ input }) => void inputs.push(input.kind),
      });
      const { bot, tg, machine, pays, passed } = openShop(framework, {}, [node]);
      const anna = tg.user('Anna');
      await machine.at({ user: anna.id }).run(({ state }) => state.enter(node));
      await pays(anna.id, { total_amount: 5, invoice_payload: 'subscription' });
      expect([inputs, passed, bot.errors]).toEqual([[], ['payment'], []]);
    },
  );

  it('a payment reaches a node that accepts payments', async () => {
    const amounts: number[] = [];
    const node = scene('node', { accept: ['text', 'payment'] }).on({
      handle: ({ answer }) => {
        if (answer.kind === 'payment') amounts.push(answer.value.total_amount);
      },
    });
    const { tg, machine, pays, passed } = openShop(framework, {}, [node]);
    const anna = tg.user('Anna');
    await machine.at({ user: anna.id }).run(({ state }) => state.enter(node));
    await pays(anna.id, { total_amount: 5, invoice_payload: 'subscription' });
    expect([amounts, passed]).toEqual([[5], []]);
  });

  it.each([
    ['limit', { error_code: 429, parameters: { retry_after: 60 } }],
    ['rejection', { error_code: 400, description: 'Bad Request: chat not found' }],
  ])(
    'a payment and a vote reach the bot while a question is pending after a %s',
    async (_name, failure) => {
      const form = flow('form', { trigger: '/form' })
        .ask('name', { prompt: 'Name?' })
        .done(({ name }) => `Hello, ${name}.`);
      const { bot, tg, pays, passed } = openShop(framework, { polls: true }, [form]);
      const anna = tg.user('Anna');
      tg.fails('sendMessage', failure, 3);
      await anna.sends('/form');
      await pays(anna.id, { total_amount: 5, invoice_payload: 'subscription' });
      await tg.update({ poll_answer: { poll_id: '7', user: anna.raw, option_ids: [0] } });
      expect([passed, bot.errors]).toEqual([['payment', 'poll_answer'], []]);
    },
  );
});
