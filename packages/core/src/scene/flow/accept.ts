/** Handles a value as an answer: checks it, then continues or rejects it, and counts attempts. */

import { andThen } from '../../base/awaitable.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { UserInput } from '../../update/input.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import { isTextKind } from '../../update/text-kind.ts';
import { acceptsAlbum, checkValue, type Verdict } from './answer.ts';
import { redo } from './ask.ts';
import { type FlowRun, move, note, questionOf, text } from './flow-run.ts';
import type { MemoChange } from './memo.ts';
import { answered } from './moves.ts';
import type { PendingAsk, PendingQuestion } from './pending-question.ts';
import { pathKey, withPassed } from './progress.ts';

type Rejected = Extract<Verdict, { readonly kind: 'rejected' }>;

/** Checks a value, then continues with it or rejects it with a message. */
export function accept(
  flowRun: FlowRun,
  question: PendingAsk,
  value: unknown,
  input?: UserInput,
  next?: () => Promise<void>,
): Awaitable<void> {
  const { turn } = flowRun.run;
  return andThen(checkValue(question.step.question, value, question.answers, turn), (verdict) => {
    switch (verdict.kind) {
      case 'answer': {
        const progress = answered(flowRun.progress, question, verdict.value);
        return move(flowRun, progress, provenance(flowRun, question, input));
      }
      case 'redo':
        return move(flowRun, redo(flowRun, question, verdict.name));
      case 'rejected':
        return reject(flowRun, question, verdict, input, next);
    }
  });
}

async function reject(
  flowRun: FlowRun,
  question: PendingAsk,
  verdict: Rejected,
  input: UserInput | undefined,
  next: (() => Promise<void>) | undefined,
): Promise<void> {
  await rejectInput(flowRun, question, await wordsOf(flowRun, verdict));
  // the money has moved all the same
  if (input?.kind === 'payment') await next?.();
}

/** Continues without an answer. */
export function skip(flowRun: FlowRun, question: PendingQuestion): void {
  move(flowRun, withPassed(flowRun.progress, question.path));
}

/** Says that the input is of another kind than the question takes. */
export async function hint(flowRun: FlowRun, question: PendingQuestion): Promise<void> {
  const { otherwise, accept } = questionOf(question) ?? {};
  const own =
    typeof otherwise === 'function'
      ? await otherwise(question.answers, flowRun.run.turn)
      : otherwise;
  const words = isTextKind(accept) ? wordsOfKind[accept] : 'wrongKind';
  await rejectInput(flowRun, question, own ?? (await text(flowRun, words)));
}

const wordsOfKind = {
  email: 'notEmail',
  phone: 'notPhone',
  url: 'notUrl',
  date: 'notDate',
  number: 'notNumber',
} as const;

/** Returns the text for a user whose answer was rejected. */
export function wordsOf(flowRun: FlowRun, verdict: Rejected): Awaitable<OutgoingMessage> {
  if (verdict.error !== undefined) flowRun.run.rejected(verdict.error);
  return 'say' in verdict ? verdict.say : text(flowRun, verdict.text);
}

/** Says what was wrong; the question stays, and only a limit of attempts is counted. */
async function rejectInput(
  flowRun: FlowRun,
  asked: PendingQuestion,
  say: OutgoingMessage,
): Promise<void> {
  const { plan, run } = flowRun;
  const question = questionOf(asked);
  const limit = question?.attempts ?? plan.options.attempts;
  const album = run.input?.album;
  // an album is rejected as a whole; only where parts are collected the next one may fit
  if (album !== undefined && !(question && acceptsAlbum(question))) note(flowRun, { album });
  const count = (flowRun.memo.attempts ?? 0) + 1;
  if (limit !== undefined && count >= limit) {
    note(flowRun, { over: 'attempts' });
    run.leave('canceled');
    return;
  }
  if (limit !== undefined) note(flowRun, { attempts: count });
  if (run.input?.kind === 'button' && typeof say === 'string') run.answer(say);
  else if (plan.options.prompts === 'edit') run.ask({ below: say });
  else run.say(say);
}

/** The traces of an answer in the memo: its album, and its message where edits count. */
function provenance(
  flowRun: FlowRun,
  question: PendingAsk,
  input: UserInput | undefined,
): MemoChange {
  const { plan, memo } = flowRun;
  const { album = memo.album } = input ?? {};
  if (plan.options.editedMessages !== 'update') return { album };
  const message = input && messageId(flowRun, input);
  if (message === undefined) return { album };
  const others = (memo.gave ?? []).filter(([path]) => pathKey(path) !== pathKey(question.path));
  return { album, gave: [...others, [question.path, message]] };
}

/** The message that the input is; a press of a button is none. */
export function messageId({ run }: FlowRun, { update }: UserInput): number | undefined {
  const { updateType } = run.turn.subject;
  return updateType === undefined ? undefined : wholeIn(objectIn(update, updateType), 'message_id');
}
