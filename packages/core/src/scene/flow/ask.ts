/** Asks: finds the pending question before the commit and says it after it, or finishes the flow. */

import { sceneError } from '../../base/area-errors.ts';
import { andThen, isPromise } from '../../base/awaitable.ts';
import { toMs } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { Stream } from '../../conversation/stream.ts';
import {
  type ActiveFlow,
  advance,
  awaitsPayment,
  keep,
  locate,
  note,
  questionOf,
  text,
  tidy,
  timeoutOf,
  tokenOf,
  wasAsked,
} from './active-flow.ts';
import { isRedo } from './answer.ts';
import { withVerdict } from './dropped-verdict.ts';
import { corrected } from './memo.ts';
import { redone } from './moves.ts';
import type { FinishedRound, PendingQuestion } from './pending-question.ts';
import { type Progress, without, withPassed } from './progress.ts';
import { show } from './prompt.ts';
import type { Shown } from './shown.ts';
import { givenSlot, namedSteps } from './steps.ts';

/** How a question is asked; messages only where it is asked in place. */
export interface Asking {
  /** The message about the last, invalid answer. */
  readonly below?: OutgoingMessage;
  /** Another message of the flow, instead of the question. */
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
  active: ActiveFlow,
  params: Asking = {},
): Promise<MessageSource | undefined> {
  const begun = begin(active);
  if (isPromise(begun)) await begun;
  let redos = 0;
  for (;;) {
    const located = locate(active);
    const { pending, answers, finished } = isPromise(located) ? await located : located;
    const { compared, given } = active.memo;
    if (finished !== undefined) {
      const { step, item, answers: before } = close(active, finished);
      await step.after?.(item, active.run.turn, before);
    } else if (
      pending?.kind !== 'ask' &&
      compared !== undefined &&
      (await (await import('./outdated.ts')).dropOutdated(active, compared, pending))
    ) {
      // a correction has outdated an answer, and its question is asked again
    } else if (pending === undefined) {
      if (!(await finish(active, answers))) return undefined;
      // a step that does not apply cannot be asked again
      if (++redos > 1) throw sceneError('TRANSITION_LOOP', { scenes: [active.plan.id] });
    } else if (given === undefined || !(await acceptGiven(active, pending))) {
      const asked = question(active, pending, params);
      return isPromise(asked) ? await asked : asked;
    }
  }
}

/** Makes the progress in which a step of a question's level is to be answered again, and notes that later answers may be outdated. */
export function redo(
  active: ActiveFlow,
  beside: Pick<PendingQuestion, 'path' | 'level'>,
  name: string,
): Progress {
  const progress = redone(active.progress, beside, name);
  if (progress !== undefined) {
    note(active, corrected(active, [...beside.path.slice(0, -1), name]));
    return progress;
  }
  const known = namedSteps(beside.level).map((step) => step.name);
  throw sceneError('STEP_UNKNOWN', { flow: active.plan.id, step: name, known });
}

/** Starts the clock of a new frame; answers that were given under another definition, or with the trigger, are looked at first. */
function begin(active: ActiveFlow): Awaitable<void> {
  const { plan, run } = active;
  const timeout = timeoutOf(active);
  if (timeout !== undefined && run.timer('flow') === undefined) run.arm('flow', timeout);
  return active.memo.plan === plan.fingerprint() ? undefined : beginAnew(active);
}

/** A new frame: unpacks what came with the trigger. One from before a deploy: looks at its answers again. */
async function beginAnew(active: ActiveFlow): Promise<void> {
  const { plan, run } = active;
  const fingerprint = plan.fingerprint();
  if (active.memo.plan === undefined) {
    const given = run.data[givenSlot] as JsonObject | undefined;
    keep(active, without(active.progress, [givenSlot]), { plan: fingerprint, given });
  } else {
    const { recheck } = await import('./recheck.ts');
    keep(active, await recheck(active), { plan: fingerprint });
  }
  // rounds that were there before are nobody's to save
  while (plan.closesRounds) {
    const { finished } = await locate(active);
    if (finished === undefined) return;
    close(active, finished);
  }
}

/** Keeps that `after` of a round runs, or is not to run. */
function close(active: ActiveFlow, round: FinishedRound): FinishedRound {
  keep(active, withPassed(active.progress, round.path));
  return round;
}

/** Takes an answer that came with the trigger. */
async function acceptGiven(active: ActiveFlow, question: PendingQuestion): Promise<boolean> {
  return (await import('./given.ts')).acceptFrom(active, question);
}

/** No entry owns the reply keyboard that is shown. */
const ofNone = -1;

/** Runs `done`. @returns whether a step is to be answered again */
async function finish(active: ActiveFlow, answers: JsonObject): Promise<boolean> {
  const { plan, run } = active;
  const { copy } = run.turn;
  // a message of the handler removes it: no question needs it any more
  if (copy.keyboard === run.entry) copy.keyboard = ofNone;
  // the handler may enter another scene: then the `left` hook still gets the reason "done" for this one
  note(active, { over: 'done' });
  const result = await withVerdict(plan.id, () => plan.handler(answers, run.turn));
  if (isRedo(result)) {
    const progress = redo(active, { path: [''], level: plan.steps }, result['~redo']);
    advance(active, progress, { over: undefined });
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
  active: ActiveFlow,
  asked: PendingQuestion,
  params: Asking,
): Awaitable<MessageSource | undefined> {
  const { plan } = active;
  return plan.options.prompts === 'edit' || (plan.hasRows && params.instead === undefined)
    ? import('./in-place.ts').then((screen) => askOn(screen, active, asked, params))
    : askOn(undefined, active, asked, params);
}

function askOn(
  screen: Screen | undefined,
  active: ActiveFlow,
  asked: PendingQuestion,
  params: Asking,
): Awaitable<MessageSource | undefined> {
  const { run } = active;
  const { instead: say } = params;
  if (say !== undefined) return screen === undefined ? () => say : screen.askInPlace(active, say);
  const { at } = active.memo;
  const isAnother = !wasAsked(active, asked);
  if (at !== undefined && isAnother) advance(active, active.progress);
  if (!isAnother && awaitsPayment(active) !== undefined) {
    // another invoice would be one too many
    return andThen(text(active, 'paying'), (words) => () => words);
  }
  // asked again, its message before is one that is over, and a list begins anew
  const { page, aside, elsewhere } = active.memo;
  if (!isAnother && elsewhere === undefined) tidy(active);
  if ((page ?? aside) !== undefined) note(active, { page: undefined, aside: undefined });
  if (asked.kind === 'ask' && asked.step.question.to !== undefined) {
    // loaded when somebody else is asked: other flows do without it
    return import('./ask-elsewhere.ts').then(({ askElsewhere }) => {
      screen?.retire(run);
      return askElsewhere(active, asked);
    });
  }
  return andThen(show(active, asked), (shown) => {
    noteAsked(active, asked, shown, params);
    if (screen === undefined) return () => shown.say;
    return showOn(screen, active, asked, shown, params, isAnother);
  });
}

/** Keeps which question is asked, and what its answer depends on. */
function noteAsked(
  active: ActiveFlow,
  asked: PendingQuestion,
  { invoice, kind, isRedrawn, labels, heard = active.memo.heard }: Shown,
  { isNoted, below }: Asking,
): void {
  const { plan, run, memo } = active;
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
    // an answer was rejected below the invoice, which stays: this one is not sent
    invoice: below ? memo.invoice : invoice,
    // where answers are deleted, later questions reply to the message before them
    heard: prompts === 'edit' && memo.heard?.[0] === heard?.[0] ? memo.heard : heard,
  };
  note(active, change, asked.id);
  const timeout = questionOf(asked)?.timeout;
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${asked.id} timeout`));
  }
}

function showOn(
  screen: Screen,
  active: ActiveFlow,
  asked: PendingQuestion,
  { say }: Shown,
  { below }: Asking,
  isAnother: boolean,
): MessageSource | undefined {
  const { prompts } = active.plan.options;
  if (prompts === 'edit') return screen.askInPlace(active, say, { asked, below });
  // only a question with rows of its own is edited, until it is answered
  const hasRows = questionOf(asked)?.rows !== undefined;
  if (isAnother || !hasRows) screen.retire(active.run, prompts === 'delete');
  return hasRows ? screen.askInPlace(active, say, { isNew: isAnother }) : () => say;
}
