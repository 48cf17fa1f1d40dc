/**
 * Payment steps. What an invoice asks is kept when it is sent: payload, currency, amount, payer. A checkout is approved, and a payment is
 * an answer, only if it is equal to that. From the approval to the payment the question is closed to everything else.
 *
 * Loaded with the first invoice.
 */

import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import { isInvoice, type OutgoingMessage } from '../../conversation/outgoing.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import type { Accept } from '../../update/input.ts';
import { invoicePayload, markedPayload, newNonce, payloadLimit } from '../../update/invoice.ts';
import { idIn, objectIn, type RawObject, textIn, wholeIn } from '../../update/raw-update.ts';
import { payloadOf, paymentIn } from '../../update/subject.ts';
import { type ActiveFlow, locate, note, questionOf, text, wasAsked } from './active-flow.ts';
import type { SentInvoice } from './memo.ts';
import type { PendingAsk, PendingQuestion } from './pending-question.ts';
import type { PlainPrompt } from './shown.ts';

/**
 * How long an approved checkout waits for its payment, in ms. Long enough for a bank that asks for a code. A later payment
 * still counts unless the user has moved on.
 */
const approvalTime = 180_000;

/**
 * Binds the invoice that a payment step asks by; every other prompt stays as it is.
 *
 * @throws FsmError `INVALID_OPTION` for a payment step without an invoice, for a payload that leaves no room for the mark, and for prices
 * that are no list of amounts
 */
export function bindInvoice(
  active: ActiveFlow,
  question: PendingQuestion,
  say: OutgoingMessage,
): PlainPrompt {
  const accept = questionOf(question)?.accept;
  const { turn, tag } = active.run;
  if (!isInvoice(say) || !mayTakePayment(accept) || turn.replyAddress === undefined) {
    if (accept === 'payment' && !isInvoice(say)) {
      throw invalidOption(
        `${question.id} prompt`,
        "an invoice: { method: 'sendInvoice', payload }",
        'another message',
      );
    }
    return { say, invoice: undefined };
  }
  const given = say.payload as RawObject;
  const own = String(given['payload'] ?? '');
  const bytes = new TextEncoder().encode(own).length;
  if (bytes > payloadLimit) {
    throw invalidOption(
      `payload of the invoice of '${question.id}'`,
      `at most ${payloadLimit} bytes: telefsm appends a mark of its own`,
      `${bytes} bytes`,
    );
  }
  const { chat, thread, directMessagesTopic } = turn.replyAddress;
  const payload = markedPayload(own, { tag, nonce: newNonce(), chat, thread, directMessagesTopic });
  const payer = payerOf(active);
  const invoice: SentInvoice = {
    payload,
    currency: String(given['currency']),
    amount: amountOf(question, given),
    ...extraOf(given),
    ...(payer !== undefined && { payer }),
  };
  // a forwarded copy has a pay button of its own unless there is a start parameter (Bot API, sendInvoice)
  const bound =
    payer === undefined ? { start_parameter: 'invoice', ...given, payload } : { ...given, payload };
  return { say: { ...say, payload: bound }, invoice };
}

/** Answers `pre_checkout_query` at the step whose invoice it is; Telegram waits ten seconds for it. */
export async function checkout(active: ActiveFlow): Promise<boolean> {
  const { run } = active;
  const query = objectIn(run.turn.update, 'pre_checkout_query');
  const id = textIn(query, 'id');
  const invoice = await openInvoice(active);
  if (id === undefined || invoice === undefined || !isFor(invoice, query)) return false;
  const decide = isFrom(invoice, query) ? invoice.question.step.question.checkout : undefined;
  const facts = {
    invoice_payload: invoicePayload(invoice.payload),
    total_amount: wholeIn(query, 'total_amount') ?? 0,
  };
  const verdict = !isFrom(invoice, query)
    ? await text(active, 'notYourInvoice')
    : decide === undefined ||
      (await verdictOf(active, decide(facts, invoice.question.answers, run.turn)));
  if (verdict === true) {
    const { question: _, ...kept } = invoice;
    note(active, { invoice: { ...kept, approvedUntil: run.turn.now() + approvalTime } });
  }
  const payload = {
    pre_checkout_query_id: id,
    ok: verdict === true,
    ...(verdict !== true && { error_message: verdict }),
  };
  run.call({ method: 'answerPreCheckoutQuery', payload });
  return true;
}

/** The verdict of `checkout`. A result that is neither `true` nor a reason declines, so a forgotten `return` moves no money. */
async function verdictOf(active: ActiveFlow, answer: Awaitable<unknown>): Promise<true | string> {
  const found = await answer;
  if (found === true || (typeof found === 'string' && found !== '')) return found;
  active.run.rejected(invalidOption('checkout', 'true, or the reason for declining', shown(found)));
  return text(active, 'failed');
}

/** Whether a payment is the one that the pending question has asked for. Any other answers nothing here. */
export async function isPaid(active: ActiveFlow): Promise<boolean> {
  const { update } = active.run.turn;
  const payment = paymentIn(update);
  const invoice = await openInvoice(active);
  return invoice !== undefined && isFor(invoice, payment) && isFrom(invoice, payloadOf(update));
}

type OpenInvoice = SentInvoice & { readonly question: PendingAsk };

/** The invoice of the pending question, as it was sent. */
async function openInvoice(active: ActiveFlow): Promise<OpenInvoice | undefined> {
  const { invoice } = active.memo;
  if (invoice === undefined) return undefined;
  const { pending: question } = await locate(active);
  return question?.kind === 'ask' && wasAsked(active, question)
    ? { ...invoice, question }
    : undefined;
}

function isFor({ payload, currency, amount, extra = 0 }: SentInvoice, paid: RawObject | undefined) {
  const more = (wholeIn(paid, 'total_amount') ?? Number.NaN) - amount;
  return (
    textIn(paid, 'invoice_payload') === payload &&
    textIn(paid, 'currency') === currency &&
    (extra === true ? more >= 0 : more >= 0 && more <= extra)
  );
}

function isFrom({ payer }: SentInvoice, holder: RawObject | undefined): boolean {
  return payer === undefined || idIn(holder, 'from') === payer;
}

/** The user who was asked. A deadline or outside work asks the owner of the private chat. */
function payerOf({ memo, run: { turn } }: ActiveFlow): number | undefined {
  const { from, subject, replyAddress } = turn;
  if (from !== undefined) return from.id;
  const before = memo.invoice?.payer;
  const alone = replyAddress !== undefined && replyAddress.chat > 0 ? replyAddress.chat : undefined;
  const person = subject.user !== undefined && subject.user > 0 ? subject.user : undefined;
  return before ?? person ?? alone;
}

function amountOf(question: PendingQuestion, { prices }: RawObject): number {
  const list: unknown = typeof prices === 'string' ? parsed(prices) : prices;
  let sum = 0;
  for (const price of Array.isArray(list) ? list : [])
    sum += wholeIn(price, 'amount') ?? Number.NaN;
  if (Array.isArray(list) && Number.isSafeInteger(sum)) return sum;
  throw invalidOption(
    `prices of the invoice of '${question.id}'`,
    'a list of { label, amount } with whole amounts',
    shown(prices),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function extraOf(given: RawObject): Pick<SentInvoice, 'extra'> {
  if (given['is_flexible'] === true) return { extra: true };
  const tip = wholeIn(given, 'max_tip_amount') ?? 0;
  return tip > 0 ? { extra: tip } : {};
}

function mayTakePayment(accept: Accept | undefined): boolean {
  return accept === 'any' || typeof accept === 'function' || kindsIn(accept).includes('payment');
}
