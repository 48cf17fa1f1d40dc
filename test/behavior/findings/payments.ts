/** Money moves only for what was asked, and only from whom it was asked. */

import { flow } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { expect } from 'vitest';
import { type Charge, openShop, shop } from '../payment-shop.ts';
import { kept, played, type Table } from './table.ts';

export const payments: Table<'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6'> = {
  P1: [
    kept(
      'the cheap invoice from before /back is declined once the dear one was chosen',
      async ({ framework, storage }) => {
        const { tg, sent, checksOut } = openShop(framework, { storage: storage() });
        const anna = tg.user('Anna');
        for (const text of ['/buy', 'tea', '/back', 'gold']) await anna.sends(text);
        expect(await checksOut(anna.id, sent(0))).toBe(false);
        expect(await checksOut(anna.id, sent(1))).toBe(true);
      },
    ),
  ],
  P2: [
    kept(
      'an earlier answer that is edited under an open invoice asks again, and the old invoice is declined',
      async ({ framework, storage }) => {
        const { tg, invoices, sent, checksOut } = openShop(framework, { storage: storage() });
        const anna = tg.user('Anna');
        await anna.sends('/buy');
        await anna.sends('tea');
        await anna.edits('gold');
        expect(invoices()).toHaveLength(2);
        expect(await checksOut(anna.id, sent(0))).toBe(false);
        expect([await checksOut(anna.id, sent(1)), sent(1).total_amount]).toEqual([true, 1000]);
      },
    ),
  ],
  P3: [
    kept(
      'a payment counts only with the payload, the currency, the amount and the payer that were asked',
      async ({ framework, storage }) => {
        const { tg, sent, checksOut, pays, unmatched, passed } = openShop(framework, {
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
      },
    ),
    played(
      "the bot's own invoice answers no payment step, and reaches the bot",
      async ({ framework }) => {
        const { tg, machine, checksOut, pays, passed, unmatched } = openShop(framework);
        const anna = tg.user('Anna');
        await anna.sends('/buy');
        await anna.sends('tea');
        const own = { total_amount: 1, invoice_payload: 'tea' };
        expect(await checksOut(anna.id, own)).toBeUndefined();
        await pays(anna.id, own);
        expect(passed).toEqual(['pre_checkout_query', 'payment']);
        expect(unmatched).toEqual([]);
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'shop:paid' });
      },
    ),
  ],
  P4: [
    played(
      'a payload that ends like the mark of an open invoice answers nothing, in no chat',
      async ({ framework }) => {
        const { tg, machine, sent, checksOut, pays, unmatched } = openShop(framework, {
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
      },
    ),
  ],
  P5: [
    kept(
      'an approved checkout closes the question to /back, /cancel, edits and the trigger until it is paid',
      async ({ framework, storage }) => {
        const { tg, sent, checksOut, pays, invoices } = openShop(framework, { storage: storage() });
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
      },
    ),
    kept(
      'an approved checkout closes the question to the trigger of another flow, but not to commands of the bot',
      async ({ framework, storage }) => {
        const other = flow('other', { trigger: '/other' })
          .ask('a', { prompt: 'Other?' })
          .done(() => {});
        const { tg, sent, checksOut, pays } = openShop(framework, { storage: storage() }, [
          shop,
          other,
        ]);
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
      },
    ),
    kept(
      'a payment that never comes leaves the question open again, and the flow still times out',
      async ({ framework, storage }) => {
        const clock = virtualClock();
        const { tg, sent, checksOut } = openShop(framework, { storage: storage(clock), clock });
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
      },
    ),
    played(
      'a payment after the bot has moved the user on is handed over with all that a refund needs',
      async ({ framework }) => {
        const { tg, machine, sent, checksOut, pays, unmatched, passed } = openShop(framework);
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
      },
    ),
  ],
  P6: [
    played(
      'under the strategy chat a forwarded invoice that somebody else pays is declined',
      async ({ framework }) => {
        const { tg, sent, checksOut } = openShop(framework, { strategy: 'chat' });
        const group = tg.group('Tea room');
        const anna = tg.user('Anna').in(group);
        await anna.sends('/buy');
        await anna.sends('tea');
        expect(await checksOut(tg.user('Boris').id, sent())).toBe(false);
        expect(await checksOut(anna.id, sent())).toBe(true);
      },
    ),
    played(
      'an invoice without a payer has no pay button where it is forwarded',
      async ({ framework }) => {
        const { tg, machine, invoices } = openShop(framework, { strategy: 'chat' });
        const group = tg.group('Tea room');
        await machine
          .at({ chat: group.id })
          .run(({ state }) => state.enter(shop, { product: 'tea' }));
        expect(invoices()[0]).toMatchObject({ start_parameter: expect.any(String) });
      },
    ),
  ],
};
