/** The keyboard of a question, and in a group the reply to the user. Loaded with the first such question. */

import { type ActiveFlow, mayHaveButtons } from './active-flow.ts';
import { hasKeyboard, lastMessageOf, replyTo, withMarkup, withReplyTo } from './forced-reply.ts';
import type { PendingQuestion } from './pending-question.ts';
import { keyboardOf } from './question-keyboard.ts';
import type { PlainPrompt, Shown } from './shown.ts';

/** A question with its keyboard, or with a forced reply. */
export async function dressed(
  active: ActiveFlow,
  asked: PendingQuestion,
  plain: PlainPrompt,
): Promise<Shown> {
  const { say } = plain;
  const heard = lastMessageOf(active);
  const keyboard = mayHaveButtons(active, asked) ? await keyboardOf(active, asked, say) : undefined;
  // a keyboard of the prompt's own gives way only to choices
  if (keyboard === undefined || !(keyboard.isNeeded || !hasKeyboard(say))) {
    return { ...plain, heard, say: withReplyTo(active, asked, say) };
  }
  const { markup, ...shown } = keyboard;
  const target = shown.kind === 'reply' ? replyTo(active) : undefined;
  return { ...plain, ...shown, heard, say: withMarkup(say, markup, target) };
}
