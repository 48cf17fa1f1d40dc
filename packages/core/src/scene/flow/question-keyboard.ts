/** The keyboard of a question. Loaded with the first question that may have buttons. */

import { invalidOption } from '../../base/rules.ts';
import type { OutgoingMessage, ReplyMarkup } from '../../conversation/outgoing.ts';
import type { FormattedStream } from '../../conversation/stream.ts';
import { type ActiveFlow, bindingOf, inGroup, questionOf, text, tokenOf } from './active-flow.ts';
import { acceptsAlbum } from './answer.ts';
import { entriesOf } from './choices.ts';
import { isOnReplyKeyboard } from './forced-reply.ts';
import { inlineKeyboard, pagesOf, replyKeyboard } from './keyboard.ts';
import type { FlowMemo } from './memo.ts';
import { choicesOf, type Offer, offerOf } from './offer.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { AskOptions } from './steps.ts';

/** The keyboard of a question as this user sees it. */
export interface QuestionKeyboard {
  readonly kind: 'reply' | 'inline';
  readonly markup: ReplyMarkup;
  /** Whether the question cannot do without it; if it can, a keyboard of the prompt's own is sent in its place. */
  readonly isNeeded: boolean;
  /** Whether presses change it. */
  readonly isRedrawn: boolean;
  /** Its labels, where they differ between users or times, so that those which were shown have to be kept. */
  readonly labels: FlowMemo['labels'];
}

/** Makes the keyboard of a question; `undefined` if it has none. Evaluates its choices; what they throw passes through. */
export async function keyboardOf(
  active: ActiveFlow,
  asked: PendingQuestion,
  say: OutgoingMessage | FormattedStream,
): Promise<QuestionKeyboard | undefined> {
  const listing = await choicesOf(active, asked);
  const question = questionOf(asked);
  const isOpen = question?.accept || question?.multiple || question?.optional;
  if (listing?.options.length === 0 && !isOpen) {
    const expected = 'at least one, or `when` to skip it';
    throw invalidOption(`${asked.id} choices`, expected, 'none');
  }
  const isReply = isOnReplyKeyboard(active, asked);
  const offer = await offerOf(active, asked, listing ?? { options: [] }, say);
  const markup = isReply
    ? replyKeyboard(offer, inGroup(active))
    : await inlineMarkup(active, asked, offer, 0);
  if (markup === undefined) return undefined;
  const { options, loaded, share, rows } = offer;
  return {
    kind: isReply ? 'reply' : 'inline',
    markup,
    isNeeded:
      listing !== undefined ||
      share !== undefined ||
      rows.length > 0 ||
      (question !== undefined && acceptsAlbum(question)),
    isRedrawn:
      listing !== undefined &&
      ((loaded?.pages ?? pagesOf(options)) > 1 || question?.multiple === true),
    labels:
      isReply && madeForUser(question?.choices)
        ? options.map(({ value, label }) => [value, label] as const)
        : undefined,
  };
}

/** The inline keyboard of a question; `undefined` if it has none. */
export async function inlineMarkup(
  active: ActiveFlow,
  question: PendingQuestion,
  offer: Offer,
  page: number,
): Promise<ReplyMarkup | undefined> {
  const turns = { more: await text(active, 'more'), back: await text(active, 'back') };
  return inlineKeyboard(offer, page, turns, bindingOf(active, tokenOf(question)));
}

function madeForUser(choices: AskOptions['choices']): boolean {
  if (choices === undefined || typeof choices === 'function') return choices !== undefined;
  return entriesOf(choices).some(([, label]) => typeof label === 'function');
}
