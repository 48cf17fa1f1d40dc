/** Payments, edits, backs and cancels in any order, and what must hold whatever the order: a model of what was asked. */

import { flow } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Framework, Options } from './frameworks.ts';

const prices = { tea: 1, gold: 1000 } as const;
/** Ms that an approved checkout waits for its payment. */
const approval = 180_000;

const shop = flow('shop', { trigger: '/buy', back: true, editedMessages: 'update' })
  .ask('product', { prompt: 'What?', choices: ['tea', 'gold'] })
  .ask('paid', {
    prompt: ({ product }) => ({
      method: 'sendInvoice',
      payload: {
        title: product,
        description: product,
        payload: product,
        currency: 'XTR',
        prices: [{ label: product, amount: prices[product] }],
      },
    }),
    accept: 'payment',
  })
  .done(({ product, paid }) => `One ${product} for ${paid.total_amount}.`);

/** An action of a user. An invoice is chosen among those that were sent, by its position from the end. */
export type Deed =
  | { readonly do: 'sends'; readonly text: string }
  | { readonly do: 'edits'; readonly text: string }
  | { readonly do: 'waits'; readonly ms: number }
  | {
      readonly do: 'checksOut' | 'pays';
      readonly invoice: number;
      /** The part that differs from the invoice. */
      readonly but: 'nothing' | 'amount' | 'currency' | 'payload' | 'payer';
    };

const money = fc.record({
  do: fc.constantFrom('checksOut' as const, 'pays' as const),
  invoice: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  but: fc.oneof(
    { weight: 4, arbitrary: fc.constant('nothing' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('amount' as const, 'currency', 'payload', 'payer'),
    },
  ),
});
const talk = fc.record({
  do: fc.constant('sends' as const),
  text: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('/buy', 'tea', 'gold') },
    { weight: 2, arbitrary: fc.constantFrom('/back', '/cancel', '/skip', '/hello', 'nonsense') },
  ),
});

const says = (text: string): Deed => ({ do: 'sends', text });
const pays = (what: 'checksOut' | 'pays'): Deed => ({ do: what, invoice: 0, but: 'nothing' });
/** How a conversation may begin, so that most of them see an invoice. */
const beginnings = fc.constantFrom<readonly Deed[]>(
  [],
  [says('/buy'), says('tea')],
  [says('/buy'), says('gold'), pays('checksOut')],
  [says('/buy'), says('tea'), pays('checksOut'), says('/cancel'), pays('pays')],
);
const rest: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: talk },
    { weight: 4, arbitrary: money },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('edits' as const),
        text: fc.constantFrom('tea', 'gold'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('waits' as const),
        ms: fc.constantFrom(1000, approval / 2, approval),
      }),
    },
  ),
  { maxLength: 20 },
);

/** Deeds in any order. */
export const deeds: fc.Arbitrary<readonly Deed[]> = fc
  .tuple(beginnings, rest)
  .map(([first, then]) => [...first, ...then]);

interface Charge {
  readonly currency: string;
  readonly total_amount: number;
  readonly invoice_payload: string;
}

function isSame(one: Charge, other: Charge): boolean {
  return one.invoice_payload === other.invoice_payload && one.total_amount === other.total_amount;
}

/**
 * Does the deeds with a real bot, and checks after each that money is taken only for what is stored as asked.
 *
 * @returns how many invoices were paid and taken
 */
export async function playDeeds(
  framework: Framework,
  options: Options,
  list: readonly Deed[],
): Promise<number> {
  const clock = virtualClock();
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states: [shop], clock, ...options });
  let unmatched = 0;
  machine.observe('paymentUnmatched', () => unmatched++);
  const tg = telegram(bot.bot, { clock });
  const anna = tg.user('Anna');
  // so that the machine knows its bot
  await anna.sends('hello');
  let ids = 0;
  let taken = 0;
  let approved: { readonly charge: Charge; readonly until: number } | undefined;

  const calls = (method: string) => tg.calls.filter((call) => call.method === method);
  const invoices = (): readonly Charge[] =>
    calls('sendInvoice').map(({ payload }) => {
      const [price] = payload['prices'] as readonly { readonly amount: number }[];
      return {
        currency: String(payload['currency']),
        total_amount: price?.amount ?? 0,
        invoice_payload: String(payload['payload']),
      };
    });
  const delivered = () =>
    calls('sendMessage').flatMap(
      ({ payload }) => /^One (\w+) for (\d+)\./.exec(String(payload['text'])) ?? [],
    ).length / 3;
  const stored = async () =>
    (await machine.at({ user: anna.id }).peek()) ?? { current: null, data: {} };
  const wrong = (charge: Charge, but: string): Charge => ({
    currency: but === 'currency' ? 'EUR' : charge.currency,
    total_amount: charge.total_amount + (but === 'amount' ? 1 : 0),
    invoice_payload: but === 'payload' ? `x${charge.invoice_payload}` : charge.invoice_payload,
  });

  for (const deed of list) {
    const before = await stored();
    const wasApproved =
      approved !== undefined && clock.now() < approved.until ? approved : undefined;
    if (deed.do === 'waits') await clock.advance(deed.ms);
    else if (deed.do === 'edits') {
      const hasSent = tg.updates.some((update) => 'message' in update);
      if (hasSent) await anna.edits(deed.text);
    } else if (deed.do === 'sends') await anna.sends(deed.text);
    else {
      const charge = invoices().at(-1 - deed.invoice);
      if (charge === undefined) continue;
      const isLast = deed.invoice === 0 && deed.but === 'nothing';
      const told = wrong(charge, deed.but);
      const from = {
        id: deed.but === 'payer' ? anna.id + 1 : anna.id,
        is_bot: false,
        first_name: 'P',
      };
      // the record: a payment step is pending, and its product has the price of the invoice
      const product = Reflect.get(before.data, 'product') as keyof typeof prices | undefined;
      const isAsked =
        isLast &&
        before.current === 'shop:paid' &&
        product !== undefined &&
        charge.total_amount === prices[product];
      if (deed.do === 'checksOut') {
        const answers = calls('answerPreCheckoutQuery').length;
        await tg.update({ pre_checkout_query: { id: `c${++ids}`, from, ...told } } as never);
        const verdicts = calls('answerPreCheckoutQuery').slice(answers);
        const verdict = verdicts.map(({ payload }) => payload['ok']);
        expect(verdict).toEqual(deed.but === 'payload' && verdict.length === 0 ? [] : [isAsked]);
        if (isAsked) approved = { charge, until: clock.now() + approval };
      } else {
        const lost = unmatched;
        const [done, sent] = [delivered(), told];
        const successful_payment = {
          ...sent,
          telegram_payment_charge_id: `t${++ids}`,
          provider_payment_charge_id: 'p',
        };
        const message = {
          message_id: 9000 + ids,
          date: 1,
          chat: { id: anna.id, type: 'private', first_name: 'Anna' },
          from,
          successful_payment,
        };
        await tg.update({ message } as never);
        // an approved checkout that is paid in time is delivered, whatever came in between
        if (wasApproved && isLast && isSame(charge, wasApproved.charge)) expect(isAsked).toBe(true);
        expect([delivered() - done, unmatched - lost]).toEqual(isAsked ? [1, 0] : [0, 1]);
        if (isAsked) {
          taken += 1;
          approved = undefined;
          expect(await stored()).toMatchObject({ current: null });
        }
      }
      continue;
    }
    // from an approval to its payment nothing changes what was asked
    if (wasApproved && deed.do !== 'waits') expect(await stored()).toEqual(before);
  }
  expect(bot.errors).toEqual([]);
  await machine.stop();
  return taken;
}
