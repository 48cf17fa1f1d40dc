/** The messages and hooks of a flow that ends, and what its timers do. Loaded with the first of them. */

import { isStorable } from '../../base/json.ts';
import type { OutgoingMessage, Sent } from '../../conversation/outgoing.ts';
import type { LeaveReason } from '../../conversation/turn.ts';
import { noAnswer } from '../no-answer.ts';
import { type ActiveFlow, awaitsPayment, locate, move, text, timeoutOf } from './active-flow.ts';
import type { EndingTurn } from './flow.ts';
import { answered } from './moves.ts';
import { finishAlbum } from './parts.ts';

/**
 * The flow was left: its hooks run and may send messages. Conditions are not asked, so that one that throws traps nobody.
 *
 * @param truly - the reason that observers and the hook `left` get
 */
export async function runEnding(
  active: ActiveFlow,
  reason: LeaveReason,
  truly: LeaveReason,
): Promise<void> {
  const { plan, run } = active;
  const { over } = active.memo;
  const { canceled, timedOut, left: always } = plan.hooks;
  const isLate = reason === 'timeout';
  const hook = isLate ? timedOut : reason === 'canceled' ? canceled : undefined;
  const words = over === 'attempts' ? 'tooManyAttempts' : isLate ? 'timedOut' : 'canceled';
  // a time-out is tried again as a whole
  const attempt = (work: () => Promise<void>) =>
    isLate ? work().then(() => true) : run.attempt(work);
  const say = () => attempt(async () => run.say(await text(active, words)));
  if (over === 'attempts') await say();
  const isNotified =
    hook !== undefined &&
    (await attempt(async () => sendEnding(active, await hook(run.data, endingTurn(active)))));
  if (!isNotified && over !== 'attempts' && (isLate || reason === 'canceled')) await say();
  if (always !== undefined) await attempt(async () => always(truly, run.data, endingTurn(active)));
}

/** A timer has passed. */
export async function pass(active: ActiveFlow, timer: string): Promise<void> {
  const { run } = active;
  const closed = awaitsPayment(active);
  if (closed !== undefined) return run.arm(timer, closed);
  // a deploy may have removed the timeout that has set it
  if (timer === 'flow') return timeoutOf(active) === undefined ? undefined : run.leave('timeout');
  const { pending } = await locate(active);
  if (pending?.kind !== 'ask') return;
  if (timer === 'album') return finishAlbum(active, pending);
  const { onTimeout, timeout } = pending.step.question;
  if (timeout === undefined) return;
  const decision = (await onTimeout?.(pending.answers, run.turn)) ?? 'end';
  if (decision === 'end') return run.leave('timeout');
  const { answer } = Object(decision) as { readonly answer?: unknown };
  if (answer === undefined || isStorable(answer)) {
    return move(active, answered(active.progress, pending, answer));
  }
  run.rejected(noAnswer('onTimeout', answer));
  run.leave('timeout');
}

function sendEnding({ run }: ActiveFlow, message: OutgoingMessage | Sent | undefined | void): void {
  if (message !== undefined && message !== null) run.say(message);
}

/** The turn, with the name of the step that was pending. It inherits, so that services are not looked at before their time. */
function endingTurn({ run }: ActiveFlow): EndingTurn<object> {
  const step = run.state?.slice(run.state.lastIndexOf(':') + 1) ?? '';
  return Object.create(run.turn, { step: { value: step, enumerable: true } });
}
