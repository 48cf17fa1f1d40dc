/**
 * Limits of Telegram (429): what a turn has to say is said when the limit is over. Nobody waits for it, since a framework may handle one
 * update at a time.
 */

import { holds } from '../base/holds.ts';
import { callOf, type OutgoingMessage } from '../conversation/outgoing.ts';
import { secondsToWait } from '../conversation/rejected.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
import { newToken } from '../lease/calls.ts';
import type { Limit, OpenTurn, Postponed, Runtime } from './runtime.ts';

/** How many messages are kept back for one conversation; later ones are reported to observers. */
const mostPostponed = 20;

/** The end of a limit whose timer has fired; the monotonic clock is never there. */
const isOver = -1;

/**
 * Whether a limit keeps back a message, or the question: to try again before it is over makes it longer.
 *
 * @param say - the message; the question, if it is not given
 */
export function isLimited(turn: OpenTurn, say?: OutgoingMessage | Stream): boolean {
  const { rt, copy } = turn;
  const isOn = (name: string) => (rt.limits.get(name)?.until ?? 0) > rt.clock.monotonic();
  if (say !== undefined) return isOn(nameOf(turn, chatIn(say)));
  // a question to somebody else goes to another chat
  return isOn(nameOfOwn(turn)) || (holds(copy.top.memo, 'elsewhere') && isOn(nameOfOthers(turn)));
}

/** Notes the limit that is why a message was not sent. If this process ends before it is over, the next update asks the pending question. */
export function noteLimit(turn: OpenTurn, error: unknown): void {
  const { rt, key = '', facts } = turn;
  const { clock, limits } = rt;
  const { scope, subject } = facts;
  const name = nameOf(turn, chatOf(error));
  const ms = (secondsToWait(error) ?? 1) * 1000;
  const { postponed = [] } = limits.get(name) ?? {};
  const send = async () => {
    // another limit has begun, or an update has come first, or the machine has stopped
    if (limits.get(name) !== limit) return;
    // timers are not exact
    limits.set(name, { ...limit, until: isOver });
    if (scope === undefined) return;
    // the pending question is asked first thing
    await rt.later({ key, scope, subject }, newToken(), sendPostponed);
  };
  const over = new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
    .then(send)
    .catch((failed) => rt.sendFailed(key, failed));
  const limit: Limit = { key, until: clock.monotonic() + ms, over, postponed, error };
  limits.set(name, limit);
}

/** The name of a limit: other chats have one of their own, so that the user does not wait for them. */
function nameOf(turn: OpenTurn, chat: unknown): string {
  const own = turn.replyAddress?.chat;
  const isOther = chat !== undefined && own !== undefined && String(chat) !== String(own);
  return isOther ? nameOfOthers(turn) : nameOfOwn(turn);
}

function nameOfOwn({ key = '' }: OpenTurn): string {
  return key;
}

/** A space is in no key. */
function nameOfOthers({ key = '' }: OpenTurn): string {
  return `${key} others`;
}

/** The chat that a message, or a call, names by itself. */
function chatIn(say: unknown): unknown {
  return holds(say, 'payload') && holds(say.payload, 'chat_id') ? say.payload.chat_id : undefined;
}

/** The chat of the call that has failed: grammY's error has the call itself, Telegraf's in a member. */
function chatOf(error: unknown): unknown {
  return chatIn(holds(error, 'on') ? error.on : error);
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
  for (const { key, postponed, error } of limits.values()) {
    for (const _ of postponed) sendFailed(key, error);
  }
  limits.clear();
}

/** Postpones a message until the limit is over. */
export function postpone(turn: OpenTurn, say: OutgoingMessage | Stream, isQuiet: boolean): void {
  const { rt, key, replyAddress } = turn;
  const { postponed = [], error } = rt.limits.get(nameOf(turn, chatIn(say))) ?? {};
  if (postponed.length >= mostPostponed || isStream(say)) rt.sendFailed(key, error);
  else postponed.push({ call: callOf(say, replyAddress), isQuiet });
}

/** Takes the messages that were kept back by limits that are over. */
export function takePostponed(turn: OpenTurn): readonly Postponed[] {
  const { limits, clock } = turn.rt;
  return [nameOfOthers(turn), nameOfOwn(turn)].flatMap((name) => {
    const limit = limits.get(name);
    if (limit === undefined || limit.until > clock.monotonic()) return none;
    limits.delete(name);
    return limit.postponed;
  });
}

const none: readonly Postponed[] = [];

/** Sends the messages that are still kept back; as the work of a turn. */
function sendPostponed(turn: OpenTurn): void {
  for (const { call, isQuiet } of takePostponed(turn)) {
    if (isQuiet) turn.effects.call(call);
    else turn.effects.send(call);
  }
}
