/** Messages for users when something failed. Loaded with the first one. */

import { warn } from '../base/warning.ts';
import { pressAnswer } from '../conversation/outgoing.ts';
import { namedRejection } from '../conversation/rejected.ts';
import { resolveText, type TextName, type Texts } from '../conversation/texts.ts';
import type { OpenTurn, Runtime } from './runtime.ts';

/** Sends the user of a failed turn the text `failed`. Somebody who has pressed in another chat reads it there. */
export async function apologize(turn: OpenTurn, texts: Texts): Promise<void> {
  const text = await resolveText(texts, 'failed', turn);
  const isElsewhere = turn.facts.isElsewhere === true && turn.input?.kind === 'button';
  try {
    if (!isElsewhere) await turn.sendOwn(text);
  } finally {
    // also where the bot may not write
    const alert = { text: pressAnswer(text), show_alert: true };
    await turn.answerCallback(isElsewhere ? alert : {});
  }
}

/** A text of the active scene, or of the machine where it has none. */
export async function textFor(turn: OpenTurn, name: TextName): Promise<string> {
  const { copy, registry, rt } = turn;
  const { scene } = copy.top;
  const own = scene === null ? undefined : registry.scenes.get(scene)?.behavior.texts;
  return resolveText({ ...rt.options.defaults.texts, ...own }, name, turn);
}

const warnedOfMessages = new WeakSet<Runtime>();
const warnedOfChats = new WeakSet<Runtime>();

/**
 * Sends the user the text `failed`, since Telegram has rejected a message.
 *
 * @param attempt - sends something, and returns the error of what concerns observers only
 */
export async function sayFailed(
  turn: OpenTurn,
  rejection: unknown,
  attempt: (turn: OpenTurn, send: () => unknown, isQuiet: boolean) => Promise<unknown>,
): Promise<void> {
  const text = await textFor(turn, 'failed');
  warnOfRejection(turn, rejection, await attempt(turn, () => turn.sendOwn(text), true));
}

/**
 * Warns of the first message that Telegram has rejected, if nobody observes them: otherwise its author looks for an error in vain.
 *
 * @param next - the error of the text `failed`: with one, it is the chat that cannot be reached
 */
function warnOfRejection({ rt }: OpenTurn, error: unknown, next: unknown): void {
  const isRead = next === undefined;
  const warned = isRead ? warnedOfMessages : warnedOfChats;
  if (rt.watched.has('sendFailed') || warned.has(rt)) return;
  warned.add(rt);
  const named = namedRejection(error);
  const reason = named instanceof Error ? named.message : String(named);
  const effect = isRead
    ? 'The user read the text "failed". Correct the message.'
    : 'The user read nothing: the text "failed" could not be sent either.';
  const more = `machine.observe('sendFailed', …) or DEBUG='telefsm:warn' reports each rejection.`;
  warn(`Telegram rejected a message: "${reason}" ${effect} ${more}`, 'TELEFSM_SEND_FAILED');
}
