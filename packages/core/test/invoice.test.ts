import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, subjectOf } from '../src/adapter.ts';
import { flow, invoicePayload, isFsmError } from '../src/index.ts';
import { markedPayload, markOfPayload, payloadLimit } from '../src/update/invoice.ts';
import { chat } from './flow/chat.ts';

const token = fc.nat(0xffffffff).map((number) => number.toString(36));
const tag = token.map((one) => `zz${one}`);
const chatId = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
const topic = fc.oneof(
  fc.constant({}),
  fc.record({ thread: fc.nat() }),
  fc.record({ directMessagesTopic: fc.nat(2 ** 52) }),
);
const mark = fc
  .tuple(fc.record({ tag, nonce: token, chat: chatId }), topic)
  .map(([facts, more]) => ({ ...facts, ...more }));

const checkout = (payload: string) => ({
  update_id: 1,
  pre_checkout_query: {
    id: 'q',
    from: { id: 7, is_bot: false, first_name: 'Ann' },
    currency: 'XTR',
    total_amount: 1,
    invoice_payload: payload,
  },
});

describe('the mark of an invoice', () => {
  it('comes back beside whatever payload, and fits with the longest one', () => {
    fc.assert(
      fc.property(fc.string(), mark, (own, given) => {
        const payload = markedPayload(own, given);
        expect(markOfPayload(payload)).toEqual(given);
        expect(invoicePayload(payload)).toBe(own);
        expect(payload.length - own.length).toBeLessThanOrEqual(128 - payloadLimit);
      }),
    );
  });

  it('leads a checkout to where the flow is, and its payer stays the payer', () => {
    fc.assert(
      fc.property(mark, (given) => {
        const {
          chat: where,
          thread,
          directMessagesTopic,
        } = { thread: undefined, directMessagesTopic: undefined, ...given };
        const update = checkout(markedPayload('tea', given));
        expect(subjectOf(update, 1)).toMatchObject({
          chat: where,
          user: 7,
          thread: directMessagesTopic ?? thread,
        });
        expect(addressOf(update)).toEqual({
          chat: where,
          ...(thread !== undefined && { thread }),
          ...(directMessagesTopic !== undefined && { directMessagesTopic }),
        });
      }),
    );
  });

  it('is none in a payload of the bot, whose checkout belongs to the private chat', () => {
    fc.assert(
      fc.property(fc.string(), (own) => {
        expect(markOfPayload(own)).toBeUndefined();
        expect(invoicePayload(own)).toBe(own);
        expect(subjectOf(checkout(own), 1)).toMatchObject({ chat: 7, user: 7 });
      }),
    );
  });

  it('needs room: a longer payload of a payment step is rejected, by its length', async () => {
    const shop = (payload: string) =>
      flow('shop', { trigger: '/buy' })
        .ask('paid', {
          prompt: {
            method: 'sendInvoice',
            payload: { title: 'Tea', payload, prices: [{ label: 'Tea', amount: 1 }] },
          },
          accept: 'payment',
        })
        .done(() => undefined);
    const fits = chat([shop('é'.repeat(payloadLimit / 2))]);
    await fits.user(1).sends('/buy');
    expect(fits.calls.map(({ method }) => method)).toEqual(['sendInvoice']);
    const over = chat([shop('é'.repeat(payloadLimit / 2 + 1))]);
    const refused = await over
      .user(1)
      .sends('/buy')
      .catch((error: unknown) => error);
    expect(isFsmError(refused, 'INVALID_OPTION') && refused.details.found).toBe(
      `${payloadLimit + 2} bytes`,
    );
  });
});
