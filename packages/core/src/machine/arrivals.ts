/** Updates that arrive: whose turn it is in this process, and what becomes of those that must wait. */

import type { Clock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { LocalQueues, Seat } from '../lease/queue.ts';
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
  readonly answerBusy: (update: RawUpdate, bot: BotPort, sent?: () => void) => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** Ms after which a waiting checkout is declined: Telegram takes no answer after 10 s (Bot API, answerPreCheckoutQuery). */
const checkoutBound = 8000;

/** The waiting policy of one update, while a turn of this or another process has its conversation. */
export interface Waiting {
  /** The update begins to wait: from now on Telegram may have to be answered early. Once is enough. */
  begin(): void;
  /** It waits no longer. */
  end(): void;
  /** The conversation is busy, and the policy is not to wait. */
  refuse(): Promise<void>;
}

/** Makes the waiting of one update. */
export function waitingOf(
  options: ArrivalOptions,
  key: string,
  update: RawUpdate,
  bot: BotPort,
): Waiting {
  const { clock, policy, answerBusy } = options;
  let timer: unknown;
  return {
    begin() {
      timer ??= answerEarly(options, update, bot);
    },
    end() {
      if (timer !== undefined) clock.clearTimeout(timer);
    },
    async refuse() {
      if (policy === 'busy') await answerBusy(update, bot);
      else if (policy !== 'drop') {
        if (policy === 'queue') await answerBusyButton(options, update, bot);
        throw policy === 'queue'
          ? new FsmError('QUEUE_FULL', { key, limit: options.limit })
          : new FsmError('BUSY', { key });
      }
    },
  };
}

/**
 * Waits for the turn of an update behind others of its conversation in this process.
 *
 * @param signal - ends the wait
 * @returns the seat at the head, or `undefined` if the policy leaves the update unhandled
 * @throws FsmError `BUSY`, `QUEUE_FULL`
 */
export async function queueBehind(
  { queues, policy, limit }: ArrivalOptions,
  key: string,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<Seat | undefined> {
  if (policy !== 'queue' || queues.waiting(key) >= limit) {
    await waiting.refuse();
    return undefined;
  }
  waiting.begin();
  return queues.join(key, signal);
}

/** Answers what Telegram does not let wait: after a while a button, and a checkout before it is too late. */
function answerEarly(options: ArrivalOptions, update: RawUpdate, bot: BotPort): unknown {
  const { clock, answerCallbacksAfter, report, answerBusy } = options;
  const button = idOf(update, 'callback_query');
  if (button !== undefined) {
    const answer = () => {
      bot.call('answerCallbackQuery', { callback_query_id: button }).catch(report);
      muteAnswers(bot, 'answerCallbackQuery', 'callback_query_id', button);
    };
    return clock.setTimeout(answer, answerCallbacksAfter);
  }
  const checkout = idOf(update, 'pre_checkout_query');
  if (checkout === undefined) return undefined;
  const decline = () => {
    // its text is made first: muted before it is sent, it would be its own victim
    answerBusy(update, bot, () =>
      muteAnswers(bot, 'answerPreCheckoutQuery', 'pre_checkout_query_id', checkout),
    ).catch(report);
  };
  return clock.setTimeout(decline, checkoutBound);
}

/** Later answers of a handler to the same query are dropped: Telegram accepts one. */
function muteAnswers(bot: BotPort, method: string, field: string, id: string): void {
  bot.mute?.((called, payload) => called === method && Reflect.get(payload, field) === id);
}

async function answerBusyButton(
  { answerBusy, report }: ArrivalOptions,
  update: RawUpdate,
  bot: BotPort,
): Promise<void> {
  if (idOf(update, 'callback_query') === undefined) return;
  await answerBusy(update, bot).catch(report);
}

/** The id of a query, for Telegram. */
export function idOf(update: RawUpdate, field: string): string | undefined {
  const id = (update[field] as { readonly id?: unknown } | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
