/** Asks: finds the pending question before the commit and says it after it, or finishes the flow. */

import { sceneError } from '../../base/area-errors.ts';
import { toMs } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { Stream } from '../../conversation/stream.ts';
import { checkGiven, isRedo } from './answer.ts';
import { entriesOf } from './choices.ts';
import {
  awaitsPayment,
  type FlowRun,
  keep,
  locate,
  note,
  progressOf,
  questionOf,
  text,
  timeoutOf,
  tokenOf,
  wasAsked,
} from './flow-run.ts';
import { pagesOf } from './keyboard.ts';
import { afterMove, memoOf } from './memo.ts';
import { answered, redone } from './moves.ts';
import { choicesOf } from './offer.ts';
import type { FinishedRound, PendingQuestion } from './pending-question.ts';
import { type Progress, readAt, without, withPassed } from './progress.ts';
import { lastMessageOf, show } from './prompt.ts';
import { givenSlot, namedSteps } from './steps.ts';

/** The messages that go with a question that is asked in place. */
export interface Asking {
  /** The message about the last, invalid answer. */
  readonly below?: OutgoingMessage;
  /** Another message of the flow, in place of the question. */
  readonly instead?: OutgoingMessage;
}

/**
 * Asks the pending question; if there is none, finishes the flow.
 *
 * @returns what says the question after the commit; `undefined` if there is nothing to say
 */
export async function ask(
  flowRun: FlowRun,
  params: Asking = {},
): Promise<MessageSource | undefined> {
  await begin(flowRun);
  let redos = 0;
  for (;;) {
    const { pending, answers, finished } = await locate(flowRun);
    if (finished !== undefined) {
      const { step, item, answers: before } = close(flowRun, finished);
      await step.after?.(item, flowRun.run.turn, before);
    } else if (pending === undefined) {
      if (!(await finish(flowRun, answers))) return undefined;
      // a step that does not apply cannot be asked again
      if (++redos > 1) throw sceneError('TRANSITION_LOOP', { scenes: [flowRun.plan.id] });
    } else if (!(await acceptGiven(flowRun, pending))) {
      return question(flowRun, pending, params);
    }
  }
}

/** Makes the progress in which a step of a question's level is to be answered again. */
export function redo(
  flowRun: FlowRun,
  beside: Pick<PendingQuestion, 'path' | 'level'>,
  name: string,
): Progress {
  const progress = redone(progressOf(flowRun.run), beside, name);
  if (progress !== undefined) return progress;
  const known = namedSteps(beside.level).map((step) => step.name);
  throw sceneError('STEP_UNKNOWN', { flow: flowRun.plan.id, step: name, known });
}

/** A new frame: starts the clock and unpacks what came with the trigger. One from before a deploy: looks at its answers again. */
async function begin(flowRun: FlowRun): Promise<void> {
  const { plan, run } = flowRun;
  const timeout = timeoutOf(flowRun);
  if (timeout !== undefined && run.timer('flow') === undefined) run.arm('flow', timeout);
  const memo = memoOf(run.memo);
  const fingerprint = plan.fingerprint();
  if (memo.plan === fingerprint) return;
  if (memo.plan === undefined) {
    const { [givenSlot]: given, ...data } = run.data;
    const progress = { ...progressOf(run), answers: data };
    keep(flowRun, progress, {
      ...memo,
      plan: fingerprint,
      ...(given !== undefined && { given: given as JsonObject }),
    });
  } else {
    const { recheck } = await import('./recheck.ts');
    keep(flowRun, await recheck(flowRun), { ...memo, plan: fingerprint });
  }
  // rounds that were there before are nobody's to save
  while (plan.closesRounds) {
    const { finished } = await locate(flowRun);
    if (finished === undefined) return;
    close(flowRun, finished);
  }
}

/** Keeps that `after` of a round runs, or is not to run. */
function close(flowRun: FlowRun, round: FinishedRound): FinishedRound {
  keep(flowRun, withPassed(progressOf(flowRun.run), round.path), memoOf(flowRun.run.memo));
  return round;
}

/** Takes an answer that came with the trigger, checked as if the user had sent it. */
async function acceptGiven(flowRun: FlowRun, question: PendingQuestion): Promise<boolean> {
  const memo = memoOf(flowRun.run.memo);
  const given = memo.given && readAt(memo.given, question.path);
  if (given === undefined) return false;
  const progress = progressOf(flowRun.run);
  if (question.kind === 'again' && Array.isArray(given)) {
    const more = question.rounds.length < given.length ? 'yes' : 'no';
    keep(flowRun, answered(progress, question, more), afterMove(memo));
    return true;
  }
  const rest = without({ answers: memo.given ?? {}, passed: [], open: [] }, question.path).answers;
  if (question.kind !== 'ask') {
    note(flowRun, { given: rest });
    return false;
  }
  const listing = await choicesOf(flowRun, question);
  const verdict = await checkGiven(
    question.step.question,
    given,
    listing?.options,
    question.answers,
    flowRun.run.turn,
  );
  if (verdict?.kind !== 'answer') {
    note(flowRun, { given: rest });
    return false;
  }
  keep(flowRun, answered(progress, question, verdict.value), { ...afterMove(memo), given: rest });
  return true;
}

/** Runs `done`. @returns whether a step is to be answered again */
async function finish(flowRun: FlowRun, answers: JsonObject): Promise<boolean> {
  const { plan, run } = flowRun;
  // the handler may enter another scene: then the `left` hook still gets the reason "done" for this one
  note(flowRun, { over: 'done' });
  const result = await plan.handler(answers, run.turn);
  if (isRedo(result)) {
    const level = { path: [''], level: plan.steps };
    const progress = redo(flowRun, level, result['~redo']);
    const { over: _, ...memo } = afterMove(memoOf(run.memo));
    keep(flowRun, progress, memo);
    return true;
  }
  if (result !== undefined && result !== null) run.say(result as OutgoingMessage | Stream);
  run.leave('done', answers);
  return false;
}

async function question(
  flowRun: FlowRun,
  asked: PendingQuestion,
  params: Asking,
): Promise<MessageSource | undefined> {
  const { plan, run } = flowRun;
  const { prompts = 'keep' } = plan.options;
  const isEdited = prompts === 'edit';
  const screen = isEdited || plan.hasRows ? await import('./in-place.ts') : undefined;
  if (params.instead !== undefined) return screen?.askInPlace(run, params.instead);
  const before = memoOf(run.memo);
  const isAnother = !wasAsked(flowRun, asked);
  if (before.at !== undefined && isAnother) run.keep({ memo: afterMove(before) });
  if (awaitsPayment(flowRun) !== undefined && wasAsked(flowRun, asked)) {
    // another invoice would be one too many
    const words = await text(flowRun, 'paying');
    return () => words;
  }
  // asked again, a list begins anew
  const { page, editing } = memoOf(run.memo);
  if (page !== undefined || editing !== undefined)
    note(flowRun, { page: undefined, editing: undefined });
  if (asked.kind === 'ask' && asked.step.question.to !== undefined) {
    // loaded when somebody else is asked: other flows do without it
    const { askElsewhere } = await import('./ask-elsewhere.ts');
    screen?.retire(run);
    return askElsewhere(flowRun, asked);
  }
  const { say, options, loaded, keyboard, invoice } = await show(flowRun, asked);
  // a keyboard that is redrawn, or a message that is cleaned up; 0 marks that the message's id is wanted
  const pages = loaded?.pages ?? (options === undefined ? 1 : pagesOf(options));
  const isRedrawn = options !== undefined && (pages > 1 || questionOf(asked)?.multiple === true);
  const wanted =
    prompts === 'delete' || (keyboard === 'inline' && (prompts === 'removeKeyboards' || isRedrawn));
  const change = {
    at: tokenOf(asked),
    labels:
      keyboard === 'reply' && madeForUser(asked)
        ? options?.map(({ value, label }) => [value, label] as const)
        : undefined,
    sent: wanted ? 0 : undefined,
    invoice,
    heard: lastMessageOf(flowRun) ?? before.heard,
  };
  note(flowRun, change, asked.id);
  const timeout = questionOf(asked)?.timeout;
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${asked.id} timeout`));
  }
  if (screen === undefined) return () => say;
  if (isEdited) return screen.askInPlace(run, say, params.below);
  // only a question with rows of its own is edited, until it is answered
  const hasRows = questionOf(asked)?.rows !== undefined;
  if (isAnother || !hasRows) screen.retire(run, prompts === 'delete');
  return hasRows ? screen.askInPlace(run, say) : () => say;
}

/** Whether labels differ between users or times, so that those which were shown have to be kept. */
function madeForUser(question: PendingQuestion): boolean {
  const choices = questionOf(question)?.choices;
  if (choices === undefined || typeof choices === 'function') return choices !== undefined;
  return entriesOf(choices).some(([, label]) => typeof label === 'function');
}
