/** Takes a press on a button of a question that somebody else answers, in another chat. */

import type { SceneRun } from '../../conversation/behavior.ts';
import {
  type ApiCall,
  callOf,
  type OutgoingMessage,
  pressAnswer,
} from '../../conversation/outgoing.ts';
import { readElsewhere } from '../../update/elsewhere.ts';
import { idIn, type RawObject, wholeIn } from '../../update/raw-update.ts';
import { messageOfPress, showsButton } from '../../update/shown-button.ts';
import { canBecome, kindIn } from '../view/drawing.ts';
import { withoutButtons } from '../view/shown-message.ts';
import { wordsOf } from './accept.ts';
import {
  type ActiveFlow,
  askTurnOf,
  elsewhereMessage,
  isTokenOf,
  locate,
  move,
  note,
  text,
  wasAsked,
} from './active-flow.ts';
import { checkValue } from './answer.ts';
import { redo } from './ask.ts';
import { markupElsewhere, tokensOfChoices } from './ask-elsewhere.ts';
import { answered } from './moves.ts';
import { choicesOf } from './offer.ts';

/** Takes a press in the other chat; it has been answered when this returns. */
export async function pressElsewhere(active: ActiveFlow, data: string): Promise<void> {
  const { run } = active;
  const button = readElsewhere(data);
  const { pending } = await locate(active);
  const elsewhere = active.memo.elsewhere;
  const isAsked = pending?.kind === 'ask' && pending.step.question.to !== undefined;
  const asked = isAsked ? pending : undefined;
  const isPending = asked !== undefined && wasAsked(active, asked);
  const isOffered = isPending && button?.entry === run.entry && isTokenOf(button.question, asked);
  const message = messageOfPress(run.turn.update);
  // if the process crashed before it got the message, only the chat is stored
  const isThere =
    idIn(message, 'chat') === elsewhere?.chat &&
    (elsewhere?.message === undefined || elsewhere.message === wholeIn(message, 'message_id'));
  if (!isOffered || !isThere || elsewhere === undefined) return staleElsewhere(active);
  const presser = run.turn.from?.id;
  if (elsewhere.by !== undefined && (presser === undefined || !elsewhere.by.includes(presser))) {
    return run.answer(await text(active, 'notYours'), true);
  }
  const { options = [] } = (await choicesOf(active, asked)) ?? {};
  const option = options[tokensOfChoices(options).indexOf(button.value)];
  if (option === undefined) {
    run.answer(await text(active, 'stale'));
    // without any choice nobody could answer later; a double tap finds them there
    if (options.length === 0 || showsButton(message, data) === false) return;
    const reply_markup = await markupElsewhere(active, asked);
    const where = elsewhereMessage(elsewhere.chat, wholeIn(message, 'message_id'));
    return run.call({ method: 'editMessageReplyMarkup', payload: { ...where, reply_markup } });
  }
  const { question } = asked.step;
  const verdict = await checkValue(question, option.value, asked.answers, run.turn);
  if (verdict.kind === 'rejected') {
    const words = await wordsOf(active, verdict);
    const say = typeof words === 'string' ? words : await text(active, 'invalid');
    // the rest would be sent to the user who waits
    return run.answer(pressAnswer(say), true);
  }
  run.answer();
  if (verdict.kind === 'redo') {
    closeElsewhere(run, elsewhere.chat, message);
    note(active, { elsewhere: undefined });
    return move(active, redo(active, asked, verdict.name));
  }
  const words = await question.answered?.(verdict.value, askTurnOf(active), asked.answers);
  closeElsewhere(run, elsewhere.chat, message, words);
  note(active, { elsewhere: undefined });
  move(active, answered(active.progress, asked, verdict.value));
}

/** Answers a press of a button that counts no more, and takes the buttons away: the edit may have been lost. */
async function staleElsewhere(active: ActiveFlow): Promise<void> {
  const { run } = active;
  run.answer(await text(active, 'stale'));
  const message = messageOfPress(run.turn.update);
  const chat = idIn(message, 'chat');
  const elsewhere = active.memo.elsewhere;
  const number = wholeIn(message, 'message_id');
  if (chat === undefined || number === undefined || elsewhere?.message === number) return;
  closeElsewhere(run, chat, message);
}

/** Shows in the other chat that the question is answered, or asked no more. */
function closeElsewhere(
  run: Pick<SceneRun, 'call'>,
  chat: number,
  message: RawObject | undefined,
  words: OutgoingMessage = '',
): void {
  const id = wholeIn(message, 'message_id');
  const where = elsewhereMessage(chat, id);
  const edit = words === '' ? undefined : editOf(message, words);
  const { method, payload } = edit ?? withoutButtons({ chat, id });
  run.call({ method, payload: { ...payload, ...where } });
}

/** The call that makes a message say something else; `undefined` if no edit can. Beside media, a text is a caption. */
function editOf(message: RawObject | undefined, words: OutgoingMessage): ApiCall | undefined {
  const { method, payload } = callOf(words, undefined);
  const own = method.slice('send'.length).toLowerCase();
  const { text, entities, reply_markup, [own]: media, ...more } = payload as Payload;
  const kind = kindIn(message);
  // a poll or a location, say
  if (kind === 'text' && message?.['text'] === undefined) return undefined;
  if (own !== 'message') {
    if (!canBecome(kind, own)) return undefined;
    const shown = { media: { type: own, media, ...more }, reply_markup };
    return { method: 'editMessageMedia', payload: shown };
  }
  if (kind === 'text') return { method: 'editMessageText', payload };
  if (kind === 'sticker') return undefined;
  const caption = { caption: text, caption_entities: entities, reply_markup };
  return { method: 'editMessageCaption', payload: { ...more, ...caption } };
}

type Payload = Readonly<Record<string, unknown>>;
