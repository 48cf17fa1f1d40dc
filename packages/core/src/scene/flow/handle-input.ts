/** Handles the input of a user while a flow is active, except presses of its own buttons: answers, labels, parts of albums, votes. */

import { andThen } from '../../base/awaitable.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import { isEvent, isVote, type UserInput } from '../../update/input.ts';
import { accept, hint } from './accept.ts';
import {
  type ActiveFlow,
  answersPaying,
  awaitsPayment,
  locate,
  mayHaveButtons,
  questionOf,
  tokensOf,
  wasAsked,
} from './active-flow.ts';
import { acceptsAlbum, takesBurst, valueIn } from './answer.ts';
import type { PendingAsk, PendingQuestion } from './pending-question.ts';
import type { Early } from './question.ts';

/** Passes the update on to the bot. */
type Next = () => Promise<void>;

/** Kinds that a button has sent for the user. */
const shared: ReadonlySet<UserInput['kind']> = new Set(['web_app', 'users_shared', 'chat_shared']);

/** Whether an input comes without being sent as an answer in this chat: it continues to the bot where no step asks for it. */
function comesByItself(input: UserInput): boolean {
  return shared.has(input.kind) || isEvent(input);
}

/** Whether an input is something else than a message of the user in this chat. Without a question for it, the bot gets it. */
function isUnwritten(input: UserInput): boolean {
  return input.kind === 'button' || comesByItself(input);
}

/** Handles an input that is not a button of the flow's own. */
export function handleInput(active: ActiveFlow, input: UserInput, next: Next): Awaitable<void> {
  const { memo } = active;
  // the rest of an album whose first part was the answer
  if (input.album !== undefined && input.album === memo.album && memo.parts === undefined) return;
  const isClosed = awaitsPayment(active) !== undefined && !comesByItself(input);
  if (isClosed || input.kind === 'payment') return handleAtPayment(active, input, next);
  return andThen(locate(active), ({ pending }) => handleAt(active, pending, input, next));
}

/** Handles a payment, and what comes before it. */
async function handleAtPayment(active: ActiveFlow, input: UserInput, next: Next): Promise<void> {
  if (input.kind !== 'payment') return void (await answersPaying(active));
  const { isPaid } = await import('./payment.ts');
  if (!(await isPaid(active))) return next();
  const { pending } = await locate(active);
  return handleAt(active, pending, input, next);
}

/** Handles an input at the pending question. */
function handleAt(
  active: ActiveFlow,
  pending: PendingQuestion | undefined,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  const { run } = active;
  if (pending === undefined || !wasAsked(active, pending)) {
    return isUnwritten(input) ? next() : run.ask();
  }
  if (pending.kind === 'ask' && pending.step.question.to !== undefined) {
    if (isUnwritten(input)) return next();
    return import('./ask-elsewhere.ts').then((asking) =>
      asking.handleMeanwhile(active, pending, input),
    );
  }
  if (isVote(input)) {
    return import('./votes.ts').then(({ mayAnswer }) =>
      mayAnswer(active, pending, input) ? take(active, pending, input, next) : next(),
    );
  }
  const early = run.early ? earlyAt(active, pending, input) : 'answer';
  if (early !== 'answer') return early === 'ask' ? run.ask() : undefined;
  if (input.kind !== 'text' || !mayHaveButtons(active, pending)) {
    return take(active, pending, input, next);
  }
  return import('./choose.ts')
    .then(({ handleLabel }) => handleLabel(active, pending, input.text, input))
    .then((isLabel) => (isLabel ? undefined : take(active, pending, input, next)));
}

/** Takes an input as an answer, if the question accepts it. */
function take(
  active: ActiveFlow,
  pending: PendingQuestion,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  if (pending.kind !== 'ask') return handleOther(active, pending, input, next);
  const { question } = pending.step;
  const found =
    question.share === undefined ? valueIn(question, input) : sharedValue(pending, input);
  return andThen(found, (value) => {
    if (value === undefined) return takeNothing(active, pending, input, next);
    return acceptsAlbum(question) || takesBurst(question)
      ? import('./parts.ts').then(({ collect }) => collect(active, pending, value, input))
      : accept(active, pending, value, input, next);
  });
}

/** The input is not what the question accepts. It may end an album, but a part of another kind does not end its own. */
function takeNothing(
  active: ActiveFlow,
  pending: PendingAsk,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  const { parts, album } = active.memo;
  if (parts === undefined) return handleOther(active, pending, input, next);
  if (input.album !== undefined && input.album === album) return;
  return import('./parts.ts').then(({ finishAlbum }) => finishAlbum(active, pending));
}

/** The value of a question that has a button to share users or a chat: others count only if that button has shared them. */
async function sharedValue(pending: PendingAsk, input: UserInput): Promise<unknown> {
  const { question } = pending.step;
  const { isOwnRequest } = await import('./share.ts');
  return isOwnRequest(question, tokensOf(pending), input) ? valueIn(question, input) : undefined;
}

/** The policy for an input that was sent before the question was asked. Presses, and inputs that come by themselves, are never early. */
function earlyAt({ plan }: ActiveFlow, question: PendingQuestion, input: UserInput): Early {
  if (isUnwritten(input)) return 'answer';
  return questionOf(question)?.early ?? plan.options.early ?? 'ask';
}

async function handleOther(
  active: ActiveFlow,
  question: PendingQuestion,
  input: UserInput,
  next: Next,
): Promise<void> {
  const { otherInput = 'hint' } = active.plan.options;
  if (comesByItself(input) || otherInput === 'pass') return next();
  if (otherInput === 'hint') await hint(active, question);
}
