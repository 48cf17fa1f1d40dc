/** Asks: finds the pending question before the commit and says it after it, or finishes the flow. */

import { sceneError } from '../../base/area-errors.ts';
import { andThen, isPromise } from '../../base/awaitable.ts';
import { toMs } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { Stream } from '../../conversation/stream.ts';
import { isRedo } from './answer.ts';
import { withVerdict } from './dropped-verdict.ts';
import {
  advance,
  awaitsPayment,
  type FlowRun,
  keep,
  locate,
  note,
  questionOf,
  text,
  timeoutOf,
  tokenOf,
  wasAsked,
} from './flow-run.ts';
import type { FlowMemo } from './memo.ts';
import { redone } from './moves.ts';
import type { FinishedRound, PendingQuestion } from './pending-question.ts';
import { type Progress, without, withPassed } from './progress.ts';
import { lastMessageOf, type Shown, show } from './prompt.ts';
import { givenSlot, namedSteps } from './steps.ts';

/** How a question is asked; messages only where it is asked in place. */
export interface Asking {
  /** The message about the last, invalid answer. */
  readonly below?: OutgoingMessage;
  /** Another message of the flow, in place of the question. */
  readonly instead?: OutgoingMessage;
  /** Whether to note the message that asks, so that presses on older ones do not ask again. */
  readonly isNoted?: boolean;
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
  const begun = begin(flowRun);
  if (isPromise(begun)) await begun;
  let redos = 0;
  for (;;) {
    const located = locate(flowRun);
    const { pending, answers, finished } = isPromise(located) ? await located : located;
    if (finished !== undefined) {
      const { step, item, answers: before } = close(flowRun, finished);
      await step.after?.(item, flowRun.run.turn, before);
    } else if (pending === undefined) {
      if (!(await finish(flowRun, answers))) return undefined;
      // a step that does not apply cannot be asked again
      if (++redos > 1) throw sceneError('TRANSITION_LOOP', { scenes: [flowRun.plan.id] });
    } else if (flowRun.memo.given === undefined || !(await acceptGiven(flowRun, pending))) {
      const asked = question(flowRun, pending, params);
      return isPromise(asked) ? await asked : asked;
    }
  }
}

/** Makes the progress in which a step of a question's level is to be answered again. */
export function redo(
  flowRun: FlowRun,
  beside: Pick<PendingQuestion, 'path' | 'level'>,
  name: string,
): Progress {
  const progress = redone(flowRun.progress, beside, name);
  if (progress !== undefined) return progress;
  const known = namedSteps(beside.level).map((step) => step.name);
  throw sceneError('STEP_UNKNOWN', { flow: flowRun.plan.id, step: name, known });
}

/** Starts the clock of a new frame; answers that were given under another definition, or with the trigger, are looked at first. */
function begin(flowRun: FlowRun): Awaitable<void> {
  const { plan, run } = flowRun;
  const timeout = timeoutOf(flowRun);
  if (timeout !== undefined && run.timer('flow') === undefined) run.arm('flow', timeout);
  return flowRun.memo.plan === plan.fingerprint() ? undefined : beginAnew(flowRun);
}

/** A new frame: unpacks what came with the trigger. One from before a deploy: looks at its answers again. */
async function beginAnew(flowRun: FlowRun): Promise<void> {
  const { plan, run } = flowRun;
  const fingerprint = plan.fingerprint();
  if (flowRun.memo.plan === undefined) {
    const given = run.data[givenSlot] as JsonObject | undefined;
    keep(flowRun, without(flowRun.progress, [givenSlot]), { plan: fingerprint, given });
  } else {
    const { recheck } = await import('./recheck.ts');
    keep(flowRun, await recheck(flowRun), { plan: fingerprint });
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
  keep(flowRun, withPassed(flowRun.progress, round.path));
  return round;
}

/** Takes an answer that came with the trigger. */
async function acceptGiven(flowRun: FlowRun, question: PendingQuestion): Promise<boolean> {
  const { acceptFrom } = await import('./given.ts');
  return acceptFrom(flowRun, question);
}

/** Runs `done`. @returns whether a step is to be answered again */
async function finish(flowRun: FlowRun, answers: JsonObject): Promise<boolean> {
  const { plan, run } = flowRun;
  // the handler may enter another scene: then the `left` hook still gets the reason "done" for this one
  note(flowRun, { over: 'done' });
  const result = await withVerdict(plan.id, () => plan.handler(answers, run.turn));
  if (isRedo(result)) {
    const level = { path: [''], level: plan.steps };
    const progress = redo(flowRun, level, result['~redo']);
    advance(flowRun, progress, { over: undefined });
    return true;
  }
  if (result !== undefined && result !== null) run.say(result as OutgoingMessage | Stream);
  run.leave('done', answers);
  return false;
}

/** The module that shows questions in place; other flows do without it. */
type Screen = typeof import('./in-place.ts');

/** Asks a question, also if it was asked before. */
function question(
  flowRun: FlowRun,
  asked: PendingQuestion,
  params: Asking,
): Awaitable<MessageSource | undefined> {
  const { plan } = flowRun;
  return plan.options.prompts === 'edit' || plan.hasRows
    ? import('./in-place.ts').then((screen) => askOn(screen, flowRun, asked, params))
    : askOn(undefined, flowRun, asked, params);
}

function askOn(
  screen: Screen | undefined,
  flowRun: FlowRun,
  asked: PendingQuestion,
  params: Asking,
): Awaitable<MessageSource | undefined> {
  const { run } = flowRun;
  if (params.instead !== undefined) return screen?.askInPlace(run, params.instead);
  const { at, heard } = flowRun.memo;
  const isAnother = !wasAsked(flowRun, asked);
  if (at !== undefined && isAnother) advance(flowRun, flowRun.progress);
  if (!isAnother && awaitsPayment(flowRun) !== undefined) {
    // another invoice would be one too many
    return andThen(text(flowRun, 'paying'), (words) => () => words);
  }
  // asked again, a list begins anew
  const { page, editing } = flowRun.memo;
  if (page !== undefined || editing !== undefined)
    note(flowRun, { page: undefined, editing: undefined });
  if (asked.kind === 'ask' && asked.step.question.to !== undefined) {
    // loaded when somebody else is asked: other flows do without it
    return import('./ask-elsewhere.ts').then(({ askElsewhere }) => {
      screen?.retire(run);
      return askElsewhere(flowRun, asked);
    });
  }
  return andThen(show(flowRun, asked), (shown) => {
    noteAsked(flowRun, asked, shown, heard, params);
    return screen === undefined
      ? () => shown.say
      : showOn(screen, flowRun, asked, shown, params, isAnother);
  });
}

/** Keeps which question is asked, and what its answer depends on. */
function noteAsked(
  flowRun: FlowRun,
  asked: PendingQuestion,
  { invoice, kind, isRedrawn, labels }: Shown,
  heard: FlowMemo['heard'],
  { isNoted }: Asking,
): void {
  const { plan, run } = flowRun;
  const { prompts } = plan.options;
  // a keyboard that is redrawn, or a message that is cleaned up; 0 marks that the message's id is wanted
  const wanted =
    isNoted === true ||
    prompts === 'delete' ||
    (kind === 'inline' && (prompts === 'removeKeyboards' || isRedrawn));
  const change = {
    at: tokenOf(asked),
    labels,
    sent: wanted ? 0 : undefined,
    invoice,
    heard: lastMessageOf(flowRun) ?? heard,
  };
  note(flowRun, change, asked.id);
  const timeout = questionOf(asked)?.timeout;
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${asked.id} timeout`));
  }
}

function showOn(
  screen: Screen,
  { plan, run }: FlowRun,
  asked: PendingQuestion,
  { say }: Shown,
  { below }: Asking,
  isAnother: boolean,
): MessageSource | undefined {
  const { prompts } = plan.options;
  if (prompts === 'edit') return screen.askInPlace(run, say, below);
  // only a question with rows of its own is edited, until it is answered
  const hasRows = questionOf(asked)?.rows !== undefined;
  if (isAnother || !hasRows) screen.retire(run, prompts === 'delete');
  return hasRows ? screen.askInPlace(run, say) : () => say;
}
