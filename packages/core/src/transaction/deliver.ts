/** Sends what a turn has collected, after its commit. */

import type { OutgoingMessage } from '../conversation/outgoing.ts';
import { codeOf, isOfOneChat, isRejected } from '../conversation/rejected.ts';
import type { Stream } from '../conversation/stream.ts';
import { promptRejected } from '../record/record.ts';
import type { Effects } from './effects.ts';
import type { OpenTurn } from './runtime.ts';

type Outgoing = OutgoingMessage | Stream;

/**
 * Sends what the committed turn has to say: first the answer to a button, then the outbox, then the question.
 *
 * A message that Telegram rejects would be rejected again, and the handler that caused it has ended. So observers get the error, and the user reads
 * that something failed; of a question once, however often it is tried again. A user who has blocked the bot, and a limit, are reported to
 * observers only. A question that was not sent stays pending: an answer to a question that nobody saw is none. What a limit has
 * kept back is sent when the limit is over.
 *
 * @param silently - do not notify the user of a rejection
 */
export async function deliver(turn: OpenTurn, silently = false): Promise<void> {
  if (turn.used === undefined) return;
  turn.hooks++;
  try {
    await send(turn, turn.used, silently);
  } finally {
    turn.hooks--;
  }
}

async function send(turn: OpenTurn, effects: Effects, silently: boolean): Promise<void> {
  const { rt, key = '' } = turn;
  const { limits, queues, early } = rt;
  const answer = effects.take('answer');
  const outbox = effects.take('outbox');
  const quiet = effects.take('quiet');
  const prompt = effects.take('prompt');
  let rejection: unknown;
  // a query that has waited for long cannot be answered any more; what else is to be sent does not depend on it
  if (answer !== undefined) await attempt(turn, () => turn.answerCallback(answer), true);
  if (outbox !== undefined || limits.size > 0) {
    rejection = await sendOutbox(turn, outbox ?? [], quiet);
  }
  if (prompt !== undefined && !(limits.size > 0 && (await loadLimits()).isLimited(turn))) {
    if (queues.waiting(key) > 0) early.asks(key);
    const error = await attempt(turn, prompt);
    if (error !== undefined) rejection = (await notAsked(turn, error, silently)) ?? rejection;
  }
  if (rejection === undefined || silently) return;
  const { sayFailed } = await import('./apologies.ts');
  await sayFailed(turn, rejection, attempt);
}

/**
 * Sends messages, after those that a limit has kept back.
 *
 * @param quiet - the messages whose failure concerns observers only
 * @returns the first rejection that the user is notified of
 */
async function sendOutbox(
  turn: OpenTurn,
  outbox: readonly Outgoing[],
  quiet: ReadonlySet<Outgoing> | undefined,
): Promise<unknown> {
  let limits = turn.rt.limits.size === 0 ? undefined : await loadLimits();
  const postponed = limits?.takePostponed(turn) ?? [];
  let rejection: unknown;
  for (const { call, isQuiet } of [...postponed, ...outbox.map(quietly)]) {
    if (limits?.isLimited(turn, call)) {
      limits.postpone(turn, call, isQuiet);
      continue;
    }
    const error = await attempt(turn, () => turn.sendOwn(call), isQuiet);
    // a call that may fail quietly keeps nothing else back
    if (error === undefined || isQuiet) continue;
    if (isRejected(error)) rejection ??= error;
    if (codeOf(error) !== 429) continue;
    limits ??= await loadLimits();
    limits.noteLimit(turn, error);
    limits.postpone(turn, call, isQuiet);
  }
  return rejection;

  function quietly(call: Outgoing) {
    return { call, isQuiet: quiet?.has(call) === true };
  }
}

/** The question was not sent. @returns its rejection, unless the user was notified before */
async function notAsked(turn: OpenTurn, error: unknown, silently: boolean): Promise<unknown> {
  const { copy } = turn;
  if (codeOf(error) === 429) (await loadLimits()).noteLimit(turn, error);
  // it is tried again before each input: an apology each time would answer an album with ten of them
  if (!isRejected(error) || copy.pendingPrompt === promptRejected) return undefined;
  if (!silently) copy.pendingPrompt = promptRejected;
  return error;
}

/**
 * Sends something. A failure that concerns only this chat, or only observers, is returned.
 *
 * @param isQuiet - whether any failure concerns only observers
 */
async function attempt(turn: OpenTurn, send: () => unknown, isQuiet = false): Promise<unknown> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (!isQuiet && !isOfOneChat(error)) throw error;
    // the turn goes on: if it fails later, that is for another reason
    turn.effects.apology = undefined;
    turn.rt.sendFailed(turn.key, error);
    return error;
  }
}

/** Loaded with the first limit (429): other bots do without it. */
const loadLimits = () => import('./limits.ts');
