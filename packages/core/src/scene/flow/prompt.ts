/** The message of a question: its prompt, with its keyboard. */

import { invalidOption } from '../../base/rules.ts';
import {
  callOf,
  checkMessage,
  isSent,
  type OutgoingMessage,
  type ReplyMarkup,
  type RichText,
} from '../../conversation/outgoing.ts';
import { type FormattedStream, isStream, withOptions } from '../../conversation/stream.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import { acceptsAlbum } from './answer.ts';
import { checkPoll } from './check-poll.ts';
import type { Listing, Option } from './choices.ts';
import { bindingOf, type FlowRun, isInvoice, questionOf, text, tokenOf } from './flow-run.ts';
import { inlineKeyboard, replyKeyboard } from './keyboard.ts';
import { type FlowMemo, memoOf, type SentInvoice } from './memo.ts';
import {
  choicesOf,
  expectsText,
  inGroup,
  isOnReplyKeyboard,
  type Offer,
  offerOf,
  supportsInlineOnly,
} from './offer.ts';
import type { BoundPrompt } from './payment.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { AnyPrompt } from './steps.ts';

/** A question ready to be said. */
export interface Shown {
  readonly say: OutgoingMessage | FormattedStream;
  /** The choices as this user sees them. */
  readonly options: readonly Option[] | undefined;
  /** Which page of how many it shows, where a loader gives one page at a time. */
  readonly loaded: Listing['loaded'];
  readonly keyboard: 'reply' | 'inline' | undefined;
  readonly invoice: SentInvoice | undefined;
}

/** Evaluates a question's prompt and choices; what they throw passes through. */
export async function show(flowRun: FlowRun, asked: PendingQuestion): Promise<Shown> {
  const { say, invoice } = await evaluatedPrompt(flowRun, asked);
  const question = questionOf(asked);
  const listing = await choicesOf(flowRun, asked);
  const options = listing?.options;
  const isOpen = question?.accept || question?.multiple || question?.optional;
  if (options?.length === 0 && !isOpen) {
    throw invalidOption(`${asked.id} choices`, 'at least one', 'empty');
  }
  const reply = isOnReplyKeyboard(flowRun, asked);
  const offer = await offerOf(flowRun, asked, listing ?? { options: [] });
  const markup = reply
    ? replyKeyboard(offer, inGroup(flowRun))
    : await inlineMarkup(flowRun, asked, offer, 0);
  const needed =
    options !== undefined ||
    offer.share !== undefined ||
    offer.rows.length > 0 ||
    (question !== undefined && acceptsAlbum(question));
  // a keyboard of the prompt's own gives way only to choices
  if (markup !== undefined && (needed || !hasKeyboard(say))) {
    const { options, loaded } = offer;
    const withMarkup = dressed(say, markup, reply ? replyTo(flowRun) : undefined);
    return { say: withMarkup, options, loaded, keyboard: reply ? 'reply' : 'inline', invoice };
  }
  const plain: Shown = { say, options, loaded: undefined, keyboard: undefined, invoice };
  if (hasKeyboard(say) || !expectsText(asked)) return plain;
  const target = inGroup(flowRun) && !supportsInlineOnly(flowRun) ? replyTo(flowRun) : undefined;
  if (target === undefined) return plain;
  return { ...plain, say: dressed(say, { force_reply: true, selective: true }, target) };
}

/** The message of a prompt, without a keyboard of the flow's, and the invoice that it is. */
async function evaluatedPrompt(
  flowRun: FlowRun,
  asked: PendingQuestion,
): Promise<Pick<Shown, 'say' | 'invoice'>> {
  const option = `${asked.id} prompt`;
  const prompt = promptOf(asked);
  const made =
    typeof prompt === 'function' ? await prompt(asked.answers, flowRun.run.turn) : prompt;
  if (isSent(made)) {
    const expected = 'a message, which telefsm sends';
    throw invalidOption(option, expected, 'a message that reply() has sent');
  }
  if (made == null || made === '') throw invalidOption(option, 'a message', 'empty');
  checkMessage(made);
  const { say, invoice } = isStream(made)
    ? { say: withOptions(made), invoice: undefined }
    : await boundPrompt(flowRun, asked, made);
  const accept = questionOf(asked)?.accept;
  if (accept === 'poll_answer' || Array.isArray(accept)) checkPoll(asked.id, accept, say);
  return { say, invoice };
}

function promptOf(asked: PendingQuestion): AnyPrompt {
  switch (asked.kind) {
    case 'ask':
      return asked.step.question.prompt;
    case 'again':
      return asked.step.again;
    case 'confirm':
      return asked.step.prompt;
  }
}

async function boundPrompt(
  flowRun: FlowRun,
  asked: PendingQuestion,
  say: OutgoingMessage,
): Promise<BoundPrompt> {
  const isPayment = questionOf(asked)?.accept === 'payment';
  if (!isPayment && !isInvoice(say)) return { say, invoice: undefined };
  const { bindInvoice } = await import('./payment.ts');
  return bindInvoice(flowRun, asked, say);
}

/** The inline keyboard of a question; `undefined` if it has none. */
export async function inlineMarkup(
  flowRun: FlowRun,
  question: PendingQuestion,
  offer: Offer,
  page: number,
): Promise<ReplyMarkup | undefined> {
  const turns = { more: await text(flowRun, 'more'), back: await text(flowRun, 'back') };
  return inlineKeyboard(offer, page, turns, bindingOf(flowRun, tokenOf(question)));
}

/**
 * The last message of this user in this group: that of the update, or of one before. A selective keyboard is for the author of the message
 * to which it replies; without one, a bot in privacy mode could not read the answer.
 */
export function lastMessageOf(flowRun: FlowRun): FlowMemo['heard'] {
  const { update, subject } = flowRun.run.turn;
  const { chat, thread, user, updateType } = subject;
  if (!inGroup(flowRun)) return undefined;
  const whose = [chat, thread, user].join();
  const message = update && updateType && wholeIn(objectIn(update, updateType), 'message_id');
  if (typeof message === 'number') return [whose, message];
  const { heard } = memoOf(flowRun.run.memo);
  return heard?.[0] === whose ? heard : undefined;
}

/** Parameters that make a message a reply to the user's. */
function replyTo(flowRun: FlowRun): object | undefined {
  const message_id = lastMessageOf(flowRun)?.[1];
  if (message_id === undefined) return undefined;
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

function hasKeyboard(say: OutgoingMessage | FormattedStream): boolean {
  if (typeof say === 'string') return false;
  return 'method' in say ? 'reply_markup' in say.payload : say.keyboard != null;
}

function dressed(
  say: OutgoingMessage | FormattedStream,
  keyboard: ReplyMarkup,
  options: object | undefined,
): OutgoingMessage | FormattedStream {
  if (isStream(say)) return { ...say, keyboard };
  if (typeof say === 'string')
    return { text: say, keyboard, ...(options && { options }) } as RichText;
  if ('text' in say) {
    return { ...say, keyboard, ...(options && { options: { ...options, ...say.options } }) };
  }
  const { method, payload } = callOf(say, undefined);
  return { method, payload: { ...options, ...payload, reply_markup: keyboard } };
}
