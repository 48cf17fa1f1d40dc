/** What the pending question offers by buttons: what its keyboards show, what a press may do, and which typed label counts as one. */

import { objectIn, textIn } from '../../update/raw-update.ts';
import type { InlineRows } from '../rows/rows.ts';
import { takesAlbum, takesText } from './answer.ts';
import { controlsAt } from './controls.ts';
import { memoOf } from './memo.ts';
import { type Listing, type Option, optionsOf, toldApart } from './options.ts';
import type { Place } from './place.ts';
import { type ReplyButton, shareButton } from './share.ts';
import { text, tokenOf, type Visit } from './visit.ts';

/** Buttons of a question; a missing label is a button that is not shown. */
export interface Offer {
  /** What may be chosen, as this user sees it; of a loaded list, one page. */
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
 */
export async function offerOf(visit: Visit, place: Place, listing?: Listing): Promise<Offer> {
  const question = place.kind === 'ask' ? place.step.question : undefined;
  const several = question?.multiple === true;
  const reply = isOnReplyKeyboard(visit, place);
  const finishes = question !== undefined && (several || (!reply && takesAlbum(question)));
  // a keyboard would take the place of the forced reply
  const isBare = !reply && inGroup(visit) && expectsText(place);
  const controls = isBare ? {} : await controlsAt(visit, place);
  const { options, loaded } = listing ?? (await choicesOf(visit, place)) ?? { options: [] };
  const { back, cancel } = controls;
  const finish = finishes ? await text(visit, 'done') : undefined;
  const skip = question?.optional === true ? await text(visit, 'skip') : undefined;
  return {
    options: question ? toldApart(options, [finish, skip, back, cancel]) : options,
    loaded,
    rows: await rowsAt(visit, place),
    columns: question?.columns,
    // such buttons exist in private chats only (Bot API, KeyboardButton)
    share: reply && question && !inGroup(visit) ? shareButton(question, tokenOf(place)) : undefined,
    picked: several ? (memoOf(visit.run.memo).picked ?? []) : undefined,
    finish,
    skip,
    back,
    cancel,
  };
}

async function rowsAt(visit: Visit, place: Place): Promise<InlineRows> {
  if (place.kind !== 'ask' || place.step.question.rows === undefined) return [];
  const { questionRows } = await import('./question-rows.ts');
  return (await questionRows(visit, place)).keyboard.inline();
}

/** Returns the current choices of a question; `undefined` if it has none. */
export function choicesOf(visit: Visit, place: Place): Promise<Listing | undefined> {
  const { page = 0 } = memoOf(visit.run.memo);
  return optionsOf(place, visit.run.turn, (name) => text(visit, name), page);
}

/** The label of a choice as its button shows it. */
export function labelOn({ value, label }: Option, picked: Offer['picked']): string {
  return picked?.includes(value) ? `✓ ${label}` : label;
}

/** Whether a question shows its choices on a reply keyboard. */
export function isOnReplyKeyboard(visit: Visit, place: Place): boolean {
  if (place.kind !== 'ask') return false;
  const { buttons, share } = place.step.question;
  const isWanted = buttons === 'reply' || (share !== undefined && !inGroup(visit));
  return isWanted && !takesInlineOnly(visit);
}

/** Whether the user is to write a text. */
export function expectsText(place: Place): boolean {
  return place.kind === 'ask' && place.step.question.choices === undefined
    ? takesText(place.step.question) || typeof place.step.question.accept === 'object'
    : false;
}

/** In groups a bot may see only replies to it, and keyboards are shown to all unless they are selective. */
export function inGroup({ run }: Visit): boolean {
  return (run.turn.subject.chat ?? 0) < 0;
}

/** In channels, and for a business account, there are no keyboards but inline ones, nor forced replies (Bot API, ReplyKeyboardMarkup). */
export function takesInlineOnly({ run: { turn } }: Visit): boolean {
  const { update, subject, replyAddress } = turn;
  if (replyAddress?.business !== undefined) return true;
  const payload = update && objectIn(update, subject.updateType ?? '');
  const chat = objectIn(objectIn(payload, 'message') ?? payload, 'chat');
  return textIn(chat, 'type') === 'channel';
}
