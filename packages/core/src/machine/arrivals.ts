/** Updates that arrive: whose turn it is in this process, and what becomes of those that must wait. */

import type { Clock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { LocalQueues, Place } from '../unit/queue.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { BotPort } from './machine-interface.ts';
import type { WaitingOptions } from './machine-options.ts';

/** How updates of one conversation wait for each other. */
export interface ArrivalOptions {
  readonly queues: LocalQueues;
  readonly clock: Clock;
  readonly policy: NonNullable<WaitingOptions['policy']>;
  readonly limit: number;
  /** Ms after which a waiting callback query is answered. */
  readonly answerCallbacksAfter: number;
  /** Says that the bot is busy. */
  readonly sayBusy: (update: RawUpdate, bot: BotPort) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** Ms after which a waiting checkout is declined: Telegram takes no answer after 10 s (Bot API, answerPreCheckoutQuery). */
const checkoutBound = 8000;

/**
 * Waits for the turn of an update behind others of its conversation.
 *
 * @param signal - ends the wait
 * @returns the place at the head, or `undefined` if the policy leaves the update unhandled
 * @throws FsmError `BUSY`, `QUEUE_FULL`
 */
export async function waitInLine(
  options: ArrivalOptions,
  key: string,
  update: RawUpdate,
  bot: BotPort,
  signal: AbortSignal,
): Promise<Place | undefined> {
  const { queues, policy, limit, sayBusy } = options;
  if (policy === 'refuse') throw new FsmError('BUSY', { key });
  if (policy === 'drop') return undefined;
  if (policy === 'busy') {
    await sayBusy(update, bot);
    return undefined;
  }
  if (queues.waiting(key) >= limit) {
    await sayBusyToButton(options, update, bot);
    throw new FsmError('QUEUE_FULL', { key, limit });
  }
  const stop = answerEarly(options, update, bot);
  try {
    return await queues.join(key, signal);
  } finally {
    stop();
  }
}

/** Answers what Telegram does not let wait. */
function answerEarly(options: ArrivalOptions, update: RawUpdate, bot: BotPort): () => void {
  const { clock, answerCallbacksAfter, report } = options;
  const button = idOf(update, 'callback_query');
  const checkout = idOf(update, 'pre_checkout_query');
  if (button === undefined && checkout === undefined) return () => {};
  const answer = () => {
    const [method, field, id] =
      button === undefined
        ? (['answerPreCheckoutQuery', 'pre_checkout_query_id', checkout] as const)
        : (['answerCallbackQuery', 'callback_query_id', button] as const);
    const said =
      button === undefined ? options.sayBusy(update, bot) : bot.call(method, { [field]: id });
    said.catch(report);
    bot.mute?.((called, payload) => called === method && Reflect.get(payload, field) === id);
  };
  const timer = clock.setTimeout(
    answer,
    button === undefined ? checkoutBound : answerCallbacksAfter,
  );
  return () => clock.clearTimeout(timer);
}

async function sayBusyToButton(
  { sayBusy, report }: ArrivalOptions,
  update: RawUpdate,
  bot: BotPort,
): Promise<void> {
  if (idOf(update, 'callback_query') === undefined) return;
  await sayBusy(update, bot).catch(report);
}

/** The id of a query, as Telegram wants it back. */
export function idOf(update: RawUpdate, field: string): string | undefined {
  const id = (update[field] as { readonly id?: unknown } | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
