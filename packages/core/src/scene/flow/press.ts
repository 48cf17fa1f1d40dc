/**
 * Takes a press of one of the flow's own buttons. Only a button that is on the pressed message and that the pending question offers does
 * anything: a modified client can send any data for any message.
 */

import type { ReplyMarkup } from '../../conversation/outgoing.ts';
import { isInaccessible } from '../../update/address.ts';
import { type RawObject, wholeIn } from '../../update/raw-update.ts';
import { messageOfPress, showsButton } from '../../update/shown-button.ts';
import type { PressedButton } from '../rows/buttons.ts';
import { noteUncertain, shownIn } from '../view/shown-message.ts';
import {
  type ActiveFlow,
  answersPaying,
  isTokenOf,
  locate,
  note,
  questionOf,
  text,
  wasAsked,
} from './active-flow.ts';
import { act } from './choose.ts';
import { pageOf, pagesOf } from './keyboard.ts';
import { type Offer, offerOf } from './offer.ts';
import type { PendingQuestion } from './pending-question.ts';
import { inlineMarkup } from './question-keyboard.ts';

/** Takes a button; it has been answered when this returns. */
export async function press(
  active: ActiveFlow,
  button: PressedButton,
  data: string,
): Promise<void> {
  const { plan, run } = active;
  const stale = async () => run.answer(await text(active, 'stale'));
  if (button.tag !== run.tag) {
    if (isInaccessible(run.turn.update)) return stale();
    return run.answer(await text(active, 'notYours'), true);
  }
  const message = messageOfPress(active.run.turn.update);
  // no question is an inline message; rows find out by themselves, since a double tap on one is done already
  const isOff = message === undefined || (button.action !== 'row' && !mayShow(message, data));
  if (button.entry !== run.entry || isOff) return stale();
  if (await answersPaying(active)) return;
  run.answer();
  if (button.action === 'restart' || button.action === 'continue') {
    // a dialog is answered once, also by two taps
    if (plan.options.onTrigger !== 'ask' || active.memo.again === undefined) return stale();
    const { pressedAgain } = await import('./retrigger.ts');
    return pressedAgain(active, button.action === 'restart', message);
  }
  const { pending } = await locate(active);
  if (pending === undefined || !wasAsked(active, pending)) {
    await stale();
    return run.ask();
  }
  if (!isTokenOf(button.question, pending)) return stale();
  if (button.action === 'row') {
    if (pending.kind !== 'ask' || pending.step.question.rows === undefined) return stale();
    const { pressRow } = await import('./press-row.ts');
    return (await pressRow(active, pending, button)) ? undefined : stale();
  }
  const offer = await offerOf(active, pending);
  if (button.action === 'page') {
    const page = pageIn(button, offer);
    if (page === undefined || !isOwnMessage(active, data)) return stale();
    if (offer.loaded === undefined) {
      return redraw(active, await inlineMarkup(active, pending, offer, page));
    }
    note(active, { page });
    const turned = await offerOf(active, pending);
    note(active, { page: turned.loaded?.page });
    return redraw(active, await inlineMarkup(active, pending, turned, page));
  }
  const isTaken = await act(active, pending, button, offer, async (option) => {
    if (!isOwnMessage(active, data)) return run.ask();
    const now = await offerOf(active, pending, offer);
    redraw(active, await inlineMarkup(active, pending, now, pageOf(offer.options, option.value)));
  });
  if (isTaken) return;
  await stale();
  await showPresent(active, pending, button, offer, data);
}

/**
 * A button is gone since its message was sent. So the user has not seen the present ones: the message gets them. Where it cannot, the
 * question is asked again, once for all presses.
 */
async function showPresent(
  active: ActiveFlow,
  pending: PendingQuestion,
  { action }: PressedButton,
  offer: Offer,
  data: string,
): Promise<void> {
  const { plan, run } = active;
  const message = messageOfPress(run.turn.update);
  const isInPlace = plan.options.prompts === 'edit' || questionOf(pending)?.rows !== undefined;
  // the answers to correct are another message than the question
  const isPrompt = action !== 'edit' && showsButton(message, data) === true;
  if (isPrompt && !isInPlace && offer.options.length > 0) {
    return redraw(active, await inlineMarkup(active, pending, offer, 0));
  }
  const { sent = 0 } = active.memo;
  const isAskedBelow = (wholeIn(message, 'message_id') ?? sent) < sent;
  if (isInPlace || !isAskedBelow) run.ask({ isNoted: !isInPlace });
}

function pageIn({ value }: PressedButton, { options, loaded }: Offer): number | undefined {
  const page = /^=(\d{1,4})$/.exec(value)?.[1];
  if (page === undefined) return undefined;
  // a loaded list that has become shorter shows its last page instead
  return loaded !== undefined || Number(page) < pagesOf(options) ? Number(page) : undefined;
}

/** Whether the pressed message has this button, as far as Telegram shows it. */
function mayShow(message: RawObject, data: string): boolean {
  return showsButton(message, data) !== false;
}

/** Whether the pressed message is one of this question's, so that its keyboard may be replaced. */
function isOwnMessage(active: ActiveFlow, data: string): boolean {
  const message = messageOfPress(active.run.turn.update);
  const id = wholeIn(message, 'message_id');
  return showsButton(message, data) ?? (id !== undefined && id === active.memo.sent);
}

/** Shows another keyboard below the message that was pressed. */
function redraw({ run }: ActiveFlow, reply_markup: ReplyMarkup | undefined): void {
  const message_id = wholeIn(messageOfPress(run.turn.update), 'message_id');
  if (message_id === undefined) return;
  // asked again in place, the question may have the keyboard from before
  const shown = shownIn(run);
  if (shown !== undefined) noteUncertain(run, shown);
  run.call({ method: 'editMessageReplyMarkup', payload: { message_id, reply_markup } });
}
