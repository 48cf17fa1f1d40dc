/**
 * Limits of Telegram (429): what a turn has to say is said when the limit is over. Nobody waits for it, since a framework may handle one
 * update at a time.
 */

import { callOf, type OutgoingMessage } from '../conversation/outgoing.ts';
import { secondsToWait } from '../conversation/rejected.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
import { newToken } from '../lease/calls.ts';
import type { Limit, OpenTurn, Postponed, Runtime } from './runtime.ts';

/** How many messages are kept back for one conversation; later ones are reported to observers. */
const mostPostponed = 20;

/** The end of a limit whose timer has fired; the monotonic clock is never there. */
const isOver = -1;

/** Whether a limit keeps messages back: to try again before it is over makes it longer. */
export function isLimited({ rt, key = '' }: OpenTurn): boolean {
  const limit = rt.limits.get(key);
  return limit !== undefined && limit.until > rt.clock.monotonic();
}

/** Notes the limit that is why a message was not sent. If this process ends before it is over, the next update asks the pending question. */
export function noteLimit({ rt, key = '', facts }: OpenTurn, error: unknown): void {
  const { clock, limits } = rt;
  const { scope, subject } = facts;
  const ms = (secondsToWait(error) ?? 1) * 1000;
  const { postponed = [] } = limits.get(key) ?? {};
  const send = async () => {
    // another limit has begun, or an update has come first, or the machine has stopped
    if (limits.get(key) !== limit) return;
    // timers are not exact
    limits.set(key, { ...limit, until: isOver });
    if (scope === undefined) return;
    // the pending question is asked first thing
    await rt.later({ key, scope, subject }, newToken(), sendPostponed);
  };
  const over = new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
    .then(send)
    .catch((failed) => rt.sendFailed(key, failed));
  const limit: Limit = { until: clock.monotonic() + ms, over, postponed, error };
  limits.set(key, limit);
}

/**
 * Waits for the limits that are over by then, and for what they have kept back: the machine stops.
 *
 * @param until - in ms of the monotonic clock
 */
export async function untilSent({ limits, stopping }: Runtime, until: number): Promise<void> {
  const soon = () =>
    [...limits.values()].filter((limit) => limit.until > isOver && limit.until <= until);
  // a message may be limited again, and turns send what the limits of others have kept back
  for (let waiting = soon(); waiting.length > 0; waiting = soon()) {
    await Promise.all(waiting.map(({ over }) => over));
    await stopping.stop();
  }
}

/** Reports what limits still keep back: the machine has stopped, and nobody sends it. A question is pending in the record. */
export function reportUnsent({ limits, sendFailed }: Runtime): void {
  for (const [key, { postponed, error }] of limits) {
    for (const _ of postponed) sendFailed(key, error);
  }
  limits.clear();
}

/** Postpones a message until the limit is over. */
export function postpone(
  { rt, key = '', replyAddress }: OpenTurn,
  say: OutgoingMessage | Stream,
  isQuiet: boolean,
): void {
  const { postponed = [], error } = rt.limits.get(key) ?? {};
  if (postponed.length >= mostPostponed || isStream(say)) rt.sendFailed(key, error);
  else postponed.push({ call: callOf(say, replyAddress), isQuiet });
}

/** Takes the messages that were kept back, if the limit is over. */
export function takePostponed(turn: OpenTurn): readonly Postponed[] {
  const { rt, key = '' } = turn;
  const limit = rt.limits.get(key);
  if (limit === undefined || isLimited(turn)) return none;
  rt.limits.delete(key);
  return limit.postponed;
}

const none: readonly Postponed[] = [];

/** Sends the messages that are still kept back; as the work of a turn. */
function sendPostponed(turn: OpenTurn): void {
  for (const { call, isQuiet } of takePostponed(turn)) {
    if (isQuiet) turn.effects.call(call);
    else turn.effects.send(call);
  }
}
