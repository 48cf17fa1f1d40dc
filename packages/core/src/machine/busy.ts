/** Early answers and rejections for updates whose conversation is busy. Loaded with the first one. */

import { FsmError } from '../base/errors.ts';
import { isOfOneChat } from '../conversation/rejected.ts';
import { resolveText } from '../conversation/texts.ts';
import type { BotPort, TurnFacts } from '../transaction/facts.ts';
import { RunningTurn } from '../transaction/turn.ts';
import { comesOnce } from '../update/comes-once.ts';
import { queryIdIn, type RawUpdate } from '../update/raw-update.ts';
import type { MachineRuntime } from './runtime.ts';

/** An update that waits, or is rejected. */
export interface BusyUpdate extends TurnFacts {
  readonly update: RawUpdate;
  readonly bot: BotPort;
  /** Whether it waits whatever the policy is. */
  waits: true | undefined;
}

/** Ms after which a waiting checkout is declined: Telegram takes no answer after 10 s (Bot API, answerPreCheckoutQuery). */
const checkoutBound = 8000;

/**
 * Answers what Telegram does not let wait, in time: a button after a while, and a checkout before it is too late.
 *
 * @returns what ends that: the update waits no longer
 */
export function answerEarly(rt: MachineRuntime, busy: BusyUpdate): () => unknown {
  const timer = timerOf(rt, busy);
  return () => timer !== undefined && rt.clock.clearTimeout(timer);
}

/** Starts the timer of an early answer; `undefined` for an update that may wait. */
function timerOf(rt: MachineRuntime, busy: BusyUpdate): unknown {
  const { key, update, bot } = busy;
  const report = (error: unknown) => rt.sendFailed(key, error);
  const button = queryIdIn(update, 'callback_query');
  if (button !== undefined) {
    const answer = () => {
      bot.call('answerCallbackQuery', { callback_query_id: button }).catch(report);
      muteAnswers(bot, 'answerCallbackQuery', 'callback_query_id', button);
    };
    return rt.clock.setTimeout(answer, rt.options.waiting.answerCallbacksAfter);
  }
  const checkout = queryIdIn(update, 'pre_checkout_query');
  if (checkout === undefined) return undefined;
  // muted only when it is sent: earlier, the mute would drop this answer too
  const sent = () => muteAnswers(bot, 'answerPreCheckoutQuery', 'pre_checkout_query_id', checkout);
  return rt.clock.setTimeout(() => void answerBusy(rt, busy, sent).catch(report), checkoutBound);
}

/**
 * Rejects an update by the waiting policy.
 *
 * @returns whether the update waits nevertheless: it would not come again
 * @throws FsmError `BUSY`, `QUEUE_FULL`
 */
export async function rejectBusy(rt: MachineRuntime, busy: BusyUpdate): Promise<true | undefined> {
  const { policy: own, limit } = rt.options.waiting;
  const { key = '', update } = busy;
  const policy = comesOnce(update) ? 'queue' : own;
  if (policy !== own && rt.queues.waiting(key) < limit) busy.waits = true;
  if (busy.waits) return true;
  if (policy === 'busy') {
    await answerBusy(rt, busy).catch((error: unknown) => {
      if (!isOfOneChat(error)) throw error;
      rt.sendFailed(key, error);
    });
  }
  if (policy === 'busy' || policy === 'drop') return undefined;
  if (policy === 'reject') throw new FsmError('BUSY', { key });
  const cannotWait = ['callback_query', 'pre_checkout_query'] as const;
  if (cannotWait.some((field) => queryIdIn(update, field) !== undefined)) {
    await answerBusy(rt, busy).catch((error) => rt.sendFailed(key, error));
  }
  throw new FsmError('QUEUE_FULL', { key, limit });
}

/**
 * Answers the user that the bot is busy, in the way that the update allows.
 *
 * @param sent - called when a checkout was declined
 */
async function answerBusy(
  rt: MachineRuntime,
  { scope, id, cause, subject, update, bot }: BusyUpdate,
  sent: () => void = () => {},
): Promise<void> {
  const facts = { key: undefined, scope, id, cause, subject, update, bot, ctx: undefined };
  const turn = new RunningTurn(rt, facts, undefined, undefined, undefined);
  await turn.loadServices();
  const text = await resolveText(rt.options.defaults.texts, 'busy', turn);
  const button = queryIdIn(update, 'callback_query');
  const checkout = queryIdIn(update, 'pre_checkout_query');
  if (button !== undefined) {
    await turn.api('answerCallbackQuery', { callback_query_id: button, text });
  } else if (checkout !== undefined) {
    const rejection = { pre_checkout_query_id: checkout, ok: false, error_message: text };
    const answer = turn.api('answerPreCheckoutQuery', rejection);
    sent();
    await answer;
  } else if (turn.replyAddress !== undefined) await turn.sendOwn(text);
}

/** Later answers of a handler to the same query are dropped: Telegram accepts one. */
function muteAnswers(bot: BotPort, method: string, field: string, id: string): void {
  bot.intercept?.((called, payload) =>
    called === method && Reflect.get(payload, field) === id ? undefined : payload,
  );
}
