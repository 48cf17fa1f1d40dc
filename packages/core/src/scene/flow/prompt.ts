/** The message of a question: its prompt, with its keyboard. */

import { andThen } from '../../base/awaitable.ts';
import { invalidOption } from '../../base/rules.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import {
  checkMessage,
  isInvoice,
  isSent,
  type OutgoingMessage,
} from '../../conversation/outgoing.ts';
import { isStream, type Stream, withOptions } from '../../conversation/stream.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import { type ActiveFlow, askTurnOf, inGroup, mayHaveButtons, questionOf } from './active-flow.ts';
import { checkPoll } from './check-poll.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { PlainPrompt, Shown } from './shown.ts';
import type { AnyPrompt } from './steps.ts';

/** Evaluates a question's prompt and choices; what they throw passes through. */
export function show(active: ActiveFlow, asked: PendingQuestion): Awaitable<Shown> {
  const prompt = promptOf(asked);
  const made = typeof prompt === 'function' ? prompt(asked.answers, askTurnOf(active)) : prompt;
  const checked = andThen(made, (message) => checkedPrompt(active, asked, message));
  return andThen(checked, (plain) =>
    mayHaveButtons(active, asked) || inGroup(active)
      ? import('./prompt-keyboard.ts').then(({ dressed }) => dressed(active, asked, plain))
      : plain,
  );
}

/** The message that a prompt has made, without a keyboard of the flow's, and the invoice that it is. */
function checkedPrompt(
  active: ActiveFlow,
  asked: PendingQuestion,
  made: OutgoingMessage | Stream,
): Awaitable<PlainPrompt> {
  checkMade(asked, made);
  const accept = questionOf(asked)?.accept;
  const plain = isStream(made)
    ? { say: withOptions(made), invoice: undefined }
    : accept === 'payment' || isInvoice(made)
      ? boundInvoice(active, asked, made)
      : { say: made, invoice: undefined };
  return kindsIn(accept).includes('poll_answer') ? asPoll(asked, plain) : plain;
}

/** Rejects what a prompt has returned, unless it is a message to send. */
export function checkMade(asked: PendingQuestion, made: OutgoingMessage | Stream): void {
  const option = `${asked.id} prompt`;
  if (isSent(made)) {
    const expected = 'a message, which telefsm sends';
    throw invalidOption(option, expected, 'a message that reply() has sent');
  }
  if (made == null || made === '') {
    throw invalidOption(option, 'a message', made === '' ? "''" : 'nothing');
  }
  checkMessage(made, option);
}

async function asPoll(asked: PendingQuestion, plain: Awaitable<PlainPrompt>): Promise<PlainPrompt> {
  const { say, invoice } = await plain;
  checkPoll(asked.id, questionOf(asked)?.accept, say);
  return { say, invoice };
}

function promptOf(asked: PendingQuestion): AnyPrompt {
  switch (asked.kind) {
    case 'ask':
      return asked.step.question.prompt;
    case 'again':
      return asked.step.again;
    case 'confirm':
      return asked.step.prompt;
  }
}

async function boundInvoice(
  active: ActiveFlow,
  asked: PendingQuestion,
  say: OutgoingMessage,
): Promise<PlainPrompt> {
  const { bindInvoice } = await import('./payment.ts');
  return bindInvoice(active, asked, say);
}
