/**
 * Limits of Telegram (429): what a turn has to say is said when the limit is over. Nobody waits for it, since a framework may handle one
 * update at a time.
 */

import { secondsToWait } from '../conversation/rejected.ts';
import { callOf, type Say } from '../conversation/say.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
import type { Held, Limit, OpenTurn, Runtime } from './runtime.ts';

/** How many messages are held for one conversation; later ones are lost, and were reported. */
const mostHeld = 20;

/** Whether a limit keeps messages back: to try again before it is over makes it longer. */
export function isLimited({ rt, key = '' }: OpenTurn): boolean {
  const limit = rt.limits.get(key);
  return limit !== undefined && limit.until > rt.clock.monotonic();
}

/** Notes the limit that is why a message was not sent. */
export function noteLimit({ rt, key = '', facts }: OpenTurn, error: unknown): void {
  const seconds = secondsToWait(error) ?? 1;
  const { held = [] } = rt.limits.get(key) ?? {};
  const limit: Limit = { until: rt.clock.monotonic() + seconds * 1000, held };
  rt.limits.set(key, limit);
  rt.limited(facts, limit);
}

/** Holds a message until the limit is over. */
export function hold(
  { rt, key = '', replyAddress }: OpenTurn,
  say: Say | Stream,
  isQuiet: boolean,
): void {
  const held = rt.limits.get(key)?.held;
  if (held === undefined || held.length >= mostHeld || isStream(say)) return;
  held.push({ call: callOf(say, replyAddress), isQuiet });
}

/** Takes what was held, if the limit is over. */
export function takeHeld(turn: OpenTurn): readonly Held[] {
  const { rt, key = '' } = turn;
  const limit = rt.limits.get(key);
  if (limit === undefined || isLimited(turn)) return none;
  rt.limits.delete(key);
  return limit.held;
}

const none: readonly Held[] = [];

/** The limit of a conversation is over: timers are not exact. */
export function endLimit({ limits }: Runtime, key: string): void {
  const limit = limits.get(key);
  if (limit !== undefined) limits.set(key, { ...limit, until: Number.NEGATIVE_INFINITY });
}

/** Says what is still held; as the work of a turn. */
export function sayHeld(turn: OpenTurn): void {
  for (const { call, isQuiet } of takeHeld(turn)) {
    if (isQuiet) turn.effects.call(call);
    else turn.effects.send(call);
  }
}
