/**
 * Questions that somebody else answers, in another chat. The conversation that asks waits; a press there is an update of it, so the answer is
 * taken once, in its record, as any other answer is.
 */

import { toMs } from '../../base/clock.ts';
import { shortHash } from '../../base/hash.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import {
  callOf,
  chatOfSent,
  type OutgoingMessage,
  type ReplyMarkup,
} from '../../conversation/outgoing.ts';
import { codeOf } from '../../conversation/rejected.ts';
import { isStream } from '../../conversation/stream.ts';
import { sendQuestion } from '../../engine/replies.ts';
import { promptRejected } from '../../record/record.ts';
import { elsewhereHead } from '../../update/elsewhere.ts';
import type { UserInput } from '../../update/input.ts';
import { maxBytes } from '../rows/buttons.ts';
import {
  type ActiveFlow,
  askTurnOf,
  elsewhereMessage,
  inGroup,
  note,
  text,
  tokenOf,
  wasAsked,
} from './active-flow.ts';
import type { Option } from './choices.ts';
import { choicesOf } from './offer.ts';
import type { PendingAsk } from './pending-question.ts';
import { checkMade } from './prompt.ts';

/** Asks in the other chat, and then sends `meanwhile` to the user of this one. */
export async function askElsewhere(
  active: ActiveFlow,
  asked: PendingAsk,
): Promise<MessageSource | undefined> {
  const { run } = active;
  const { question } = asked.step;
  const { turn } = run;
  const askTurn = askTurnOf(active);
  const words = await meanwhile(active, asked);
  const known = active.memo.elsewhere;
  if (wasAsked(active, asked) && known?.message !== undefined) {
    // it is there already; as a question, the words would be noted as the message that asks it
    if (words !== '') run.say(words);
    return undefined;
  }
  const { to, by, prompt, timeout } = question;
  if (turn.subject.business !== undefined) {
    const expected = 'a conversation of the bot itself';
    const error = invalidOption(`${asked.id} to`, expected, 'one of a business account');
    // a customer has come here, so it is no error for the framework's handler
    return () => {
      run.report(error);
      return text(active, 'failed');
    };
  }
  const address = typeof to === 'function' ? await to(asked.answers, askTurn) : to;
  const chat = checkedId(asked, address?.chat ?? address?.user);
  const thread = address?.thread == null ? undefined : checkedId(asked, address.thread);
  const message = typeof prompt === 'function' ? await prompt(asked.answers, askTurn) : prompt;
  checkMade(asked, message);
  if (isStream(message)) {
    throw invalidOption(`${asked.id} prompt`, 'a text where somebody else is asked', 'a stream');
  }
  const { method, payload } = callOf(message, undefined);
  const reply_markup = await markupElsewhere(active, asked);
  const allowed = typeof by === 'function' ? await by(asked.answers, askTurn) : by;
  if (by !== undefined && !isSomebody(allowed)) {
    throw invalidOption(`${asked.id} by`, 'a list of user ids, at least one', shown(allowed));
  }
  const elsewhere = { chat, ...(allowed !== undefined && { by: allowed }) };
  const heard = inGroup(active)
    ? (await import('./forced-reply.ts')).lastMessageOf(active)
    : undefined;
  // what somebody else decides on stays as they have read it: edits of the messages before change nothing more
  const change = { at: tokenOf(asked), elsewhere, heard: heard ?? active.memo.heard, gave: [] };
  note(active, change, asked.id);
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${asked.id} timeout`));
  }
  const where = { ...elsewhereMessage(chat, undefined), message_thread_id: thread };
  const call = { method, payload: { ...payload, ...where, reply_markup } };
  const sendHere = (message: OutgoingMessage) =>
    sendQuestion(turn, message).catch((error: unknown) => run.report(error));
  return async () => {
    try {
      const sent = await turn.send(call);
      note(active, { elsewhere: { ...elsewhere, chat: chatOfSent(sent) ?? chat } });
      // not before: it may fail, and then nobody has been asked
      if (words !== '') await sendHere(words);
      return sent;
    } catch (error) {
      // somebody else has blocked the bot: the user who waits reads so once, as for a rejected question
      if (codeOf(error) === 403 && turn.copy.pendingPrompt !== promptRejected) {
        turn.copy.pendingPrompt = promptRejected;
        await sendHere(await text(active, 'failed'));
      }
      throw error;
    }
  };
}

/** Rejects other ids, such as usernames: they are not recognized in presses. */
function checkedId({ id }: PendingAsk, found: unknown): number {
  if (Number.isSafeInteger(found)) return found as number;
  throw invalidOption(`${id} to`, '{ chat } or { user }, ids that are numbers', shown(found));
}

/** Whether a value names people. Without any, nobody could answer, or everybody. */
function isSomebody(found: unknown): boolean {
  return Array.isArray(found) && found.length > 0 && found.every(Number.isSafeInteger);
}

/** Handles a message of a user who waits for another person's answer. */
export async function handleMeanwhile(
  active: ActiveFlow,
  question: PendingAsk,
  input: UserInput,
): Promise<void> {
  if (input.kind === 'text' && active.memo.aside === 'restart') {
    const { typedAgain } = await import('./retrigger.ts');
    if (await typedAgain(active, input.text)) return;
  }
  active.run.say(await meanwhile(active, question));
}

/** Returns the message for a user who waits for another person's answer. */
async function meanwhile(active: ActiveFlow, question: PendingAsk): Promise<OutgoingMessage> {
  const { meanwhile } = question.step.question;
  const own =
    typeof meanwhile === 'function'
      ? await meanwhile(question.answers, askTurnOf(active))
      : meanwhile;
  return own ?? text(active, 'askedElsewhere');
}

/** Returns the buttons in the other chat. */
export async function markupElsewhere(
  active: ActiveFlow,
  question: PendingAsk,
): Promise<ReplyMarkup> {
  const { run } = active;
  const { chat, user, thread } = run.turn.subject;
  const { tag, entry } = run;
  const head = elsewhereHead({ tag, chat, user, thread, entry, question: tokenOf(question) });
  const { options = [] } = (await choicesOf(active, question)) ?? {};
  const tokens = tokensOfChoices(options);
  const inline_keyboard = options.map(({ label }, at) => {
    const callback_data = `${head}${tokens[at]}`;
    if (callback_data.length <= maxBytes) return [{ text: label, callback_data }];
    const expected = `buttons of ${maxBytes} bytes`;
    throw invalidOption(`${question.id} to`, expected, `${callback_data.length}`);
  });
  return { inline_keyboard };
}

/** The data of each choice's button: a hash, numbered where two values have the same one. */
export function tokensOfChoices(options: readonly Option[]): readonly string[] {
  const hashes = options.map(({ value }) => shortHash(value));
  return hashes.map((hash, at) => {
    const before = hashes.slice(0, at).filter((other) => other === hash).length;
    return before === 0 ? hash : `${hash}.${before}`;
  });
}
