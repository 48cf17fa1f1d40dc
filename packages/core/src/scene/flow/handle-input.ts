/** Handles the input of a user while a flow is active, except presses of its own buttons: answers, labels, parts of albums, votes. */

import { andThen } from '../../base/awaitable.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import { isEvent, isVote, type UserInput } from '../../update/input.ts';
import { idIn, objectIn, textIn } from '../../update/raw-update.ts';
import { accept, hint } from './accept.ts';
import { acceptsAlbum, takesBurst, valueIn } from './answer.ts';
import {
  answersPaying,
  awaitsPayment,
  type FlowRun,
  locate,
  mayHaveButtons,
  questionOf,
  tokensOf,
  wasAsked,
} from './flow-run.ts';
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

/** Whether an input is no message that the user has written here: it continues to the bot where it answers nothing. */
function isUnwritten(input: UserInput): boolean {
  return input.kind === 'button' || comesByItself(input);
}

/** Handles an input that is not a button of the flow's own. */
export function handleInput(flowRun: FlowRun, input: UserInput, next: Next): Awaitable<void> {
  const { memo } = flowRun;
  // the rest of an album whose first part was the answer
  if (input.album !== undefined && input.album === memo.album && memo.parts === undefined) return;
  const isClosed = awaitsPayment(flowRun) !== undefined && !comesByItself(input);
  if (isClosed || input.kind === 'payment') return handleAtPayment(flowRun, input, next);
  return andThen(locate(flowRun), ({ pending }) => handleAt(flowRun, pending, input, next));
}

/** Handles a payment, and what comes before it. */
async function handleAtPayment(flowRun: FlowRun, input: UserInput, next: Next): Promise<void> {
  if (input.kind !== 'payment') return void (await answersPaying(flowRun));
  const { isPaid } = await import('./payment.ts');
  if (!(await isPaid(flowRun))) return next();
  const { pending } = await locate(flowRun);
  return handleAt(flowRun, pending, input, next);
}

/** Handles an input at the pending question. */
function handleAt(
  flowRun: FlowRun,
  pending: PendingQuestion | undefined,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  const { run } = flowRun;
  if (pending === undefined || !wasAsked(flowRun, pending)) {
    return isUnwritten(input) ? next() : run.ask();
  }
  if (pending.kind === 'ask' && pending.step.question.to !== undefined) {
    return isUnwritten(input) ? next() : sayMeanwhile(flowRun, pending);
  }
  if (isVote(input)) {
    return import('./votes.ts').then(({ mayAnswer }) =>
      mayAnswer(flowRun, pending, input) ? take(flowRun, pending, input, next) : next(),
    );
  }
  const early = run.early ? earlyAt(flowRun, pending, input) : 'answer';
  if (early !== 'answer') return early === 'ask' ? run.ask() : undefined;
  if (input.kind !== 'text' || !mayHaveButtons(flowRun, pending)) {
    return take(flowRun, pending, input, next);
  }
  return import('./choose.ts')
    .then(({ handleLabel }) => handleLabel(flowRun, pending, input.text, input))
    .then((isLabel) => (isLabel ? undefined : take(flowRun, pending, input, next)));
}

/** Takes an input as an answer, if the question accepts it. */
function take(
  flowRun: FlowRun,
  pending: PendingQuestion,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  if (pending.kind !== 'ask') return handleOther(flowRun, pending, input, next);
  const { question } = pending.step;
  const found =
    question.share === undefined ? valueIn(question, input) : sharedValue(pending, input);
  return andThen(found, (value) => {
    if (value === undefined) return takeNothing(flowRun, pending, input, next);
    return acceptsAlbum(question) || takesBurst(question)
      ? import('./parts.ts').then(({ collect }) => collect(flowRun, pending, value, input))
      : accept(flowRun, pending, value, input, next);
  });
}

/** The input is not what the question accepts. It may end an album, but a part of another kind does not end its own. */
function takeNothing(
  flowRun: FlowRun,
  pending: PendingAsk,
  input: UserInput,
  next: Next,
): Awaitable<void> {
  const { parts, album } = flowRun.memo;
  if (parts === undefined) return handleOther(flowRun, pending, input, next);
  if (input.album !== undefined && input.album === album) return;
  return import('./parts.ts').then(({ finishAlbum }) => finishAlbum(flowRun, pending));
}

/** Says that somebody else is asked. */
async function sayMeanwhile(flowRun: FlowRun, question: PendingAsk): Promise<void> {
  const { meanwhile } = await import('./ask-elsewhere.ts');
  flowRun.run.say(await meanwhile(flowRun, question));
}

/** The value of a question that has a button to share users or a chat: others count only if that button has shared them. */
async function sharedValue(pending: PendingAsk, input: UserInput): Promise<unknown> {
  const { question } = pending.step;
  const { isOwnRequest } = await import('./share.ts');
  return isOwnRequest(question, tokensOf(pending), input) ? valueIn(question, input) : undefined;
}

/** The policy for an input that was sent before the question was asked. Presses, and inputs that come by themselves, are never early. */
function earlyAt({ plan }: FlowRun, question: PendingQuestion, input: UserInput): Early {
  if (isUnwritten(input)) return 'answer';
  return questionOf(question)?.early ?? plan.options.early ?? 'ask';
}

/** Returns whether an input is a message in a group and does not reply to the bot. */
export function isOtherTalk({ run, memo }: FlowRun, input: UserInput): boolean {
  const { kind, update, album } = input;
  const { subject } = run.turn;
  if ((subject.chat ?? 0) >= 0) return false;
  if (kind === 'button' || kind === 'command' || isEvent(input)) return false;
  // only the first part of an album is a reply
  if (album !== undefined && album === memo.album) return false;
  const message = objectIn(update, subject.updateType ?? '');
  return idIn(objectIn(message, 'reply_to_message'), 'from') !== subject.bot;
}

/** A command as the text that was sent, for where commands are answers. */
export function asText(
  { run }: FlowRun,
  input: Extract<UserInput, { readonly kind: 'command' }>,
): UserInput {
  const { command, argument } = input.value;
  const message = objectIn(input.update, run.turn.subject.updateType ?? '');
  const text = textIn(message, 'text') ?? `/${command} ${argument}`.trim();
  return { ...input, kind: 'text', value: text, text };
}

async function handleOther(
  flowRun: FlowRun,
  question: PendingQuestion,
  input: UserInput,
  next: Next,
): Promise<void> {
  const { otherInput = 'hint' } = flowRun.plan.options;
  if (comesByItself(input) || otherInput === 'pass') return next();
  if (otherInput === 'hint') await hint(flowRun, question);
}
