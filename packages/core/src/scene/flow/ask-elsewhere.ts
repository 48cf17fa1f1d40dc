/**
 * Questions that somebody else answers, in another chat. The conversation that asks waits; a press there is an update of it, so the answer is
 * taken once, in its record, as any other answer is.
 */

import { toMs } from '../../base/clock.ts';
import { FsmError } from '../../base/errors.ts';
import type { Speech } from '../../conversation/behavior.ts';
import { callOf, type Say } from '../../conversation/say.ts';
import { isStream } from '../../conversation/stream.ts';
import { elsewhereHead } from '../../update/elsewhere.ts';
import { hash32 } from '../rows/buttons.ts';
import { memoOf } from './memo.ts';
import { choicesOf } from './offer.ts';
import type { AskPlace } from './place.ts';
import { elsewhereMessage, note, text, tokenOf, type Visit, wasAsked } from './visit.ts';

/** The limit of `callback_data` (Bot API, InlineKeyboardButton). */
const maxBytes = 64;

/** Asks in the other chat, and sends `meanwhile` to the user of this one. */
export async function askElsewhere(visit: Visit, place: AskPlace): Promise<Speech> {
  const { run } = visit;
  const { question } = place.step;
  const { turn } = run;
  const words = await meanwhile(visit, place);
  const known = memoOf(run.memo).elsewhere;
  // it stands there already
  if (wasAsked(visit, place) && known?.message !== undefined) return () => words;
  const { to, by, prompt, timeout } = question;
  if (turn.subject.business !== undefined) {
    const of = { option: `${place.id} to`, expected: 'a conversation of the bot itself' };
    const error = new FsmError('INVALID_OPTION', { ...of, found: 'one of a business account' });
    // a customer has come here, so it is no error for the framework's handler
    return () => {
      run.report(error);
      return text(visit, 'failed');
    };
  }
  const address = typeof to === 'function' ? await to(place.answers, turn) : to;
  const chat = address?.chat ?? address?.user;
  if (chat === undefined) {
    const of = { option: `${place.id} to`, expected: '{ chat } or { user }' };
    throw new FsmError('INVALID_OPTION', { ...of, found: 'neither' });
  }
  const said = typeof prompt === 'function' ? await prompt(place.answers, turn) : prompt;
  if (isStream(said)) {
    const of = { option: `${place.id} prompt`, expected: 'a text where somebody else is asked' };
    throw new FsmError('INVALID_OPTION', { ...of, found: 'a stream' });
  }
  const { method, payload } = callOf(said, undefined);
  const inline_keyboard = await keyboard(visit, place);
  const allowed = typeof by === 'function' ? await by(place.answers, turn) : by;
  note(
    visit,
    {
      at: tokenOf(place),
      elsewhere: { chat, ...(allowed !== undefined && { by: allowed }) },
    },
    place.id,
  );
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${place.id} timeout`));
  }
  if (words !== '') run.say(words);
  const where = { ...elsewhereMessage(chat, undefined), message_thread_id: address?.thread };
  const reply_markup = { inline_keyboard };
  return () => ({ method, payload: { ...payload, ...where, reply_markup } });
}

/** Returns the message for a user who waits for another person's answer. */
export async function meanwhile(visit: Visit, place: AskPlace): Promise<Say> {
  const { meanwhile } = place.step.question;
  const own =
    typeof meanwhile === 'function' ? await meanwhile(place.answers, visit.run.turn) : meanwhile;
  return own ?? text(visit, 'askedElsewhere');
}

async function keyboard(visit: Visit, place: AskPlace) {
  const { run } = visit;
  const { chat, user, thread } = run.turn.subject;
  const head = elsewhereHead({
    tag: run.tag,
    chat,
    user,
    thread,
    visit: run.visit,
    question: tokenOf(place),
  });
  const listing = await choicesOf(visit, place);
  return (listing?.options ?? []).map(({ value, label }) => {
    const callback_data = head + tokenFor(value);
    if (callback_data.length <= maxBytes) return [{ text: label, callback_data }];
    const of = { option: `${place.id} to`, expected: `buttons of ${maxBytes} bytes` };
    throw new FsmError('INVALID_OPTION', { ...of, found: `${callback_data.length}` });
  });
}

/** Stands for a value on its button. */
export function tokenFor(value: string): string {
  return hash32(value).toString(36);
}
