/** Handles a value as an answer: checks it, then continues or rejects it, and counts attempts. */

import { andThen } from '../../base/awaitable.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { UserInput } from '../../update/input.ts';
import { wholeIn } from '../../update/raw-update.ts';
import { payloadOf } from '../../update/subject.ts';
import { isTextKind } from '../../update/text-kind.ts';
import {
  type ActiveFlow,
  askTurnOf,
  inGroup,
  move,
  note,
  questionOf,
  text,
} from './active-flow.ts';
import { acceptsAlbum, checkValue, type Verdict } from './answer.ts';
import { redo } from './ask.ts';
import type { MemoChange } from './memo.ts';
import { answered } from './moves.ts';
import type { PendingAsk, PendingQuestion } from './pending-question.ts';
import { withPassed } from './progress.ts';

type Rejected = Extract<Verdict, { readonly kind: 'rejected' }>;

/** Checks a value, then continues with it or rejects it with a message. */
export function accept(
  active: ActiveFlow,
  question: PendingAsk,
  value: unknown,
  input?: UserInput,
  next?: () => Promise<void>,
): Awaitable<void> {
  const { turn } = active.run;
  return andThen(checkValue(question.step.question, value, question.answers, turn), (verdict) => {
    switch (verdict.kind) {
      case 'answer': {
        const progress = answered(active.progress, question, verdict.value);
        return move(active, progress, provenance(active, question, input));
      }
      case 'redo': {
        const { album = active.memo.album } = input ?? {};
        return move(active, redo(active, question, verdict.name), { album });
      }
      case 'rejected':
        return reject(active, question, verdict, input, next);
    }
  });
}

async function reject(
  active: ActiveFlow,
  question: PendingAsk,
  verdict: Rejected,
  input: UserInput | undefined,
  next: (() => Promise<void>) | undefined,
): Promise<void> {
  await rejectInput(active, question, await wordsOf(active, verdict));
  // the money has moved all the same
  if (input?.kind === 'payment') await next?.();
}

/** Continues without an answer. */
export function skip(active: ActiveFlow, question: PendingQuestion): void {
  move(active, withPassed(active.progress, question.path));
}

/** Says that the input is of another kind than the question takes. */
export async function hint(active: ActiveFlow, question: PendingQuestion): Promise<void> {
  const { otherwise, accept } = questionOf(question) ?? {};
  const own =
    typeof otherwise === 'function'
      ? await otherwise(question.answers, askTurnOf(active))
      : otherwise;
  const words = isTextKind(accept) ? wordsOfKind[accept] : 'wrongKind';
  // another button is no attempt to answer
  const isAttempt = active.run.input?.kind !== 'button';
  await rejectInput(active, question, own ?? (await text(active, words)), isAttempt);
}

const wordsOfKind = {
  email: 'notEmail',
  phone: 'notPhone',
  url: 'notUrl',
  date: 'notDate',
  number: 'notNumber',
} as const;

/** Returns the text for a user whose answer was rejected. */
export function wordsOf(active: ActiveFlow, verdict: Rejected): Awaitable<OutgoingMessage> {
  if (verdict.error !== undefined) active.run.rejected(verdict.error);
  return 'say' in verdict ? verdict.say : text(active, verdict.text);
}

/** Says what was wrong; the question stays, and only a limit of attempts is counted. */
async function rejectInput(
  active: ActiveFlow,
  asked: PendingQuestion,
  say: OutgoingMessage,
  isAttempt = true,
): Promise<void> {
  const { plan, run } = active;
  const question = questionOf(asked);
  const limit = isAttempt ? (question?.attempts ?? plan.options.attempts) : undefined;
  const album = run.input?.album;
  // an album is rejected as a whole; only where parts are collected the next one may fit
  if (album !== undefined && !(question && acceptsAlbum(question))) note(active, { album });
  const count = (active.memo.attempts ?? 0) + 1;
  if (limit !== undefined && count >= limit) {
    note(active, { over: 'attempts' });
    run.leave('canceled');
    return;
  }
  if (limit !== undefined) note(active, { attempts: count });
  if (run.input?.kind === 'button' && typeof say === 'string') run.answer(say);
  else if (plan.options.prompts === 'edit') run.ask({ below: say });
  else if (inGroup(active)) (await import('./forced-reply.ts')).sayBeside(active, asked, say);
  else run.say(say);
}

/** The traces of an answer in the memo: its album, and its message where edits count. */
function provenance(
  active: ActiveFlow,
  question: PendingAsk,
  input: UserInput | undefined,
): MemoChange {
  const { plan, memo } = active;
  const { album = memo.album } = input ?? {};
  if (plan.options.editedMessages !== 'update') return { album };
  const message = input && messageId(input);
  if (message === undefined) return { album };
  return { album, gave: [[question.path, message]] };
}

/** The message that the input is; a press of a button is none. */
export function messageId({ update }: UserInput): number | undefined {
  return wholeIn(payloadOf(update), 'message_id');
}
