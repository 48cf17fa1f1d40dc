/** Handles the input of a user while a flow is active, except presses of its own buttons: answers, labels, parts of albums, votes. */

import { isPromise } from '../../base/awaitable.ts';
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

/** Kinds that a button has sent for the user. */
const shared: ReadonlySet<UserInput['kind']> = new Set(['web_app', 'users_shared', 'chat_shared']);

/** Whether an input comes without being sent as an answer in this chat: it continues to the bot where no step asks for it. */
function comesByItself(input: UserInput): boolean {
  return shared.has(input.kind) || isEvent(input);
}

/** Handles an input that is not a button of the flow's own. */
export async function handleInput(
  flowRun: FlowRun,
  input: UserInput,
  next: () => Promise<void>,
): Promise<void> {
  const { run } = flowRun;
  const memo = flowRun.memo;
  // the rest of an album whose first part was the answer
  if (input.album !== undefined && input.album === memo.album && memo.parts === undefined) return;
  if (input.kind === 'payment') {
    const { isPaid } = await import('./payment.ts');
    if (!(await isPaid(flowRun))) return next();
  } else if (!comesByItself(input) && awaitsPayment(flowRun) !== undefined) {
    return void (await answersPaying(flowRun));
  }
  const located = locate(flowRun);
  const { pending } = isPromise(located) ? await located : located;
  if (pending === undefined || !wasAsked(flowRun, pending)) {
    return comesByItself(input) || input.kind === 'button' ? next() : run.ask();
  }
  if (pending.kind === 'ask' && pending.step.question.to !== undefined) {
    if (comesByItself(input) || input.kind === 'button') return next();
    const { meanwhile } = await import('./ask-elsewhere.ts');
    return run.say(await meanwhile(flowRun, pending));
  }
  if (isVote(input)) {
    const { mayAnswer } = await import('./votes.ts');
    if (!mayAnswer(flowRun, pending, input)) return next();
  }
  const early = run.early ? earlyAt(flowRun, pending, input) : 'answer';
  if (early !== 'answer') return early === 'ask' ? run.ask() : undefined;
  if (input.kind === 'text' && mayHaveButtons(flowRun, pending)) {
    const { handleLabel } = await import('./choose.ts');
    if (await handleLabel(flowRun, pending, input.text, input)) return;
  }
  if (pending.kind === 'ask') {
    const { question } = pending.step;
    const isOwn = question.share === undefined || (await isOwnShare(pending, input));
    const found = isOwn ? valueIn(question, input) : undefined;
    const value = isPromise(found) ? await found : found;
    if (value !== undefined) {
      if (acceptsAlbum(question) || takesBurst(question)) {
        const { collect } = await import('./parts.ts');
        return collect(flowRun, pending, value, input);
      }
      const taken = accept(flowRun, pending, value, input, next);
      return isPromise(taken) ? await taken : taken;
    }
    if (memo.parts !== undefined) {
      // a part of another kind does not end its album
      if (input.album !== undefined && input.album === memo.album) return;
      const { finishAlbum } = await import('./parts.ts');
      return finishAlbum(flowRun, pending);
    }
  }
  return handleOther(flowRun, pending, input, next);
}

/** Whether users or a chat were shared by the button of this question. */
async function isOwnShare(question: PendingAsk, input: UserInput): Promise<boolean> {
  const { isOwnRequest } = await import('./share.ts');
  return isOwnRequest(question.step.question, tokensOf(question), input);
}

/** The policy for an input that was sent before the question was asked. Presses, and inputs that come by themselves, are never early. */
function earlyAt({ plan }: FlowRun, question: PendingQuestion, input: UserInput): Early {
  if (input.kind === 'button' || comesByItself(input)) return 'answer';
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
  next: () => Promise<void>,
): Promise<void> {
  const { otherInput = 'hint' } = flowRun.plan.options;
  if (comesByItself(input) || otherInput === 'pass') return next();
  if (otherInput === 'hint') await hint(flowRun, question);
}
