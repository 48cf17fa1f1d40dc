/** The answer to a user whose update is not handled because the bot is busy. */

import { resolveText } from '../conversation/texts.ts';
import { RunningTurn } from '../transaction/turn.ts';
import { scopeOf } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { subjectOf } from '../update/subject.ts';
import { idOf } from './arrivals.ts';
import type { BotPort } from './machine-interface.ts';
import type { MachineRuntime } from './runtime.ts';

/**
 * Answers the user that the bot is busy, in the way that the update allows.
 *
 * @param sent - called when a checkout was declined
 */
export async function answerBusy(
  rt: MachineRuntime,
  update: RawUpdate,
  bot: BotPort,
  sent: () => void = () => {},
): Promise<void> {
  const subject = subjectOf(update, bot.id);
  const scope = scopeOf(rt.options.strategy, subject);
  const facts = { key: undefined, scope, id: update.update_id, subject, update, bot };
  const about = { ...facts, cause: 'update' as const, ctx: undefined };
  const turn = new RunningTurn(rt, about, undefined, undefined, undefined);
  await turn.loadServices();
  const text = await resolveText(rt.options.defaults.texts, 'busy', turn);
  const button = idOf(update, 'callback_query');
  const checkout = idOf(update, 'pre_checkout_query');
  if (button !== undefined) {
    await turn.api('answerCallbackQuery', { callback_query_id: button, text });
  } else if (checkout !== undefined) {
    const refusal = { pre_checkout_query_id: checkout, ok: false, error_message: text };
    const answer = turn.api('answerPreCheckoutQuery', refusal);
    sent();
    await answer;
  } else if (turn.replyAddress !== undefined) await turn.sendOwn(text);
}
