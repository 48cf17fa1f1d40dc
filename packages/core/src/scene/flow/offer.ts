/** The buttons that the pending question offers: its keyboards, the effects of presses, and typed labels that count as presses. */

import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { FormattedStream } from '../../conversation/stream.ts';
import type { InlineRows } from '../rows/rows.ts';
import { type ActiveFlow, askTurnOf, inGroup, questionOf, text, tokenOf } from './active-flow.ts';
import { acceptsAlbum } from './answer.ts';
import { distinguished, type Listing, type Option, optionsOf } from './choices.ts';
import { controlsAt } from './controls.ts';
import { expectsMessage, isOnReplyKeyboard, replyTo, supportsInlineOnly } from './forced-reply.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { ReplyButton } from './share.ts';

/** Buttons of a question; a missing label is a button that is not shown. */
export interface Offer {
  /** The choices as this user sees them; of a loaded list, one page. */
  readonly options: readonly Option[];
  /** Which page of how many the options are, where a loader gives one page at a time. */
  readonly loaded: Listing['loaded'];
  /** The question's own rows, above the choices. */
  readonly rows: InlineRows;
  /** How many choices are in a row. */
  readonly columns: number | undefined;
  /** Shares what the question takes, as the Bot API's KeyboardButton. */
  readonly share: ReplyButton | undefined;
  /** Of several choices: those that are picked; `undefined` where one choice answers. */
  readonly picked: readonly string[] | undefined;
  /** Ends a selection of several, or an album. */
  readonly finish: string | undefined;
  readonly skip: string | undefined;
  readonly back: string | undefined;
  readonly cancel: string | undefined;
}

/**
 * Finds what a question offers.
 *
 * @param listing - its choices; what they are now, if they are not given
 * @param say - the message that asks, before it is sent
 */
export async function offerOf(
  active: ActiveFlow,
  asked: PendingQuestion,
  listing?: Listing,
  say?: OutgoingMessage | FormattedStream,
): Promise<Offer> {
  const question = questionOf(asked);
  const several = question?.multiple === true;
  const reply = isOnReplyKeyboard(active, asked);
  const finishes = question !== undefined && (several || (!reply && acceptsAlbum(question)));
  const rows = await rowsAt(active, asked);
  const finish = finishes ? await text(active, 'done') : undefined;
  const skip = question?.optional === true ? await text(active, 'skip') : undefined;
  const hasOwn = reply || rows.length > 0 || (finish ?? skip) !== undefined;
  // a keyboard would take the place of the forced reply
  const isBare =
    !hasOwn &&
    !supportsInlineOnly(active) &&
    expectsMessage(active, asked, say) &&
    replyTo(active) !== undefined;
  const { back, cancel } = isBare ? {} : await controlsAt(active, asked);
  const { options, loaded } = listing ?? (await choicesOf(active, asked)) ?? { options: [] };
  return {
    options: question ? distinguished(options, [finish, skip, back, cancel]) : options,
    loaded,
    rows,
    columns: question?.columns,
    // such buttons exist in private chats only (Bot API, KeyboardButton)
    share: reply && !inGroup(active) ? await shareAt(asked) : undefined,
    picked: several ? (active.memo.picked ?? []) : undefined,
    finish,
    skip,
    back,
    cancel,
  };
}

async function shareAt(asked: PendingQuestion): Promise<ReplyButton | undefined> {
  const question = questionOf(asked);
  if (question?.share === undefined) return undefined;
  const { shareButton } = await import('./share.ts');
  return shareButton(question, tokenOf(asked));
}

async function rowsAt(active: ActiveFlow, question: PendingQuestion): Promise<InlineRows> {
  if (question.kind !== 'ask' || question.step.question.rows === undefined) return [];
  const { rowsToShow } = await import('./question-rows.ts');
  return rowsToShow(active, question);
}

/** Returns the current choices of a question; `undefined` if it has none. */
export function choicesOf(
  active: ActiveFlow,
  question: PendingQuestion,
): Promise<Listing | undefined> {
  const { page = 0 } = active.memo;
  return optionsOf(question, askTurnOf(active), (name) => text(active, name), page);
}

/** The label of a choice as its button shows it. */
export function labelOn({ value, label }: Option, picked: Offer['picked']): string {
  return picked?.includes(value) ? `✓ ${label}` : label;
}
