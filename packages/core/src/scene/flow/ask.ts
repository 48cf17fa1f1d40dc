/** Asks: finds the pending question before the commit and says it after it, or finishes the flow. */

import { sceneError } from '../../base/area-errors.ts';
import { toMs } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Speech } from '../../conversation/behavior.ts';
import type { Say } from '../../conversation/say.ts';
import type { Stream } from '../../conversation/stream.ts';
import { checkGiven, isRedo } from './answer.ts';
import { entriesOf } from './choices.ts';
import { pagesOf } from './keyboard.ts';
import { afterMove, memoOf } from './memo.ts';
import { answered, redone } from './moves.ts';
import { choicesOf } from './offer.ts';
import type { FinishedRound, Place } from './place.ts';
import { type Progress, readAt, without, withPassed } from './progress.ts';
import { heardOf, show } from './prompt.ts';
import { givenSlot, namedSteps } from './steps.ts';
import {
  awaitsPayment,
  keep,
  locate,
  note,
  progressOf,
  text,
  timeoutOf,
  tokenOf,
  type Visit,
  wasAsked,
} from './visit.ts';

/** The messages that go with a question that is asked in place. */
export interface Asking {
  /** What is wrong with the last answer. */
  readonly below?: Say;
  /** Another message of the flow, in place of the question. */
  readonly instead?: Say;
}

/**
 * Asks the pending question; if there is none, finishes the flow.
 *
 * @returns what says the question after the commit; `undefined` if there is nothing to say
 */
export async function ask(visit: Visit, params: Asking = {}): Promise<Speech | undefined> {
  await begin(visit);
  let redos = 0;
  for (;;) {
    const { pending, answers, finished } = await locate(visit);
    if (finished !== undefined) {
      const { step, item, answers: before } = close(visit, finished);
      await step.after?.(item, visit.run.turn, before);
    } else if (pending === undefined) {
      if (!(await finish(visit, answers))) return undefined;
      // a step that does not apply cannot be asked again
      if (++redos > 1) throw sceneError('TRANSITION_LOOP', { scenes: [visit.plan.id] });
    } else if (!(await takeGiven(visit, pending))) {
      return question(visit, pending, params);
    }
  }
}

/** Makes the progress in which a step of a question's level is to be answered again. */
export function redo(visit: Visit, beside: Pick<Place, 'path' | 'level'>, name: string): Progress {
  const progress = redone(progressOf(visit.run), beside, name);
  if (progress !== undefined) return progress;
  const known = namedSteps(beside.level).map((step) => step.name);
  throw sceneError('STEP_UNKNOWN', { flow: visit.plan.id, step: name, known });
}

/** A new frame: starts the clock and unpacks what came with the trigger. One from before a deploy: looks at its answers again. */
async function begin(visit: Visit): Promise<void> {
  const { plan, run } = visit;
  const timeout = timeoutOf(visit);
  if (timeout !== undefined && run.timer('flow') === undefined) run.arm('flow', timeout);
  const memo = memoOf(run.memo);
  const fingerprint = plan.fingerprint();
  if (memo.plan === fingerprint) return;
  if (memo.plan === undefined) {
    const { [givenSlot]: given, ...data } = run.data;
    const progress = { ...progressOf(run), answers: data };
    keep(visit, progress, {
      ...memo,
      plan: fingerprint,
      ...(given !== undefined && { given: given as JsonObject }),
    });
  } else {
    const { recheck } = await import('./recheck.ts');
    keep(visit, await recheck(visit), { ...memo, plan: fingerprint });
  }
  // rounds that were there before are nobody's to save
  while (plan.closesRounds) {
    const { finished } = await locate(visit);
    if (finished === undefined) return;
    close(visit, finished);
  }
}

/** Keeps that `after` of a round runs, or is not to run. */
function close(visit: Visit, round: FinishedRound): FinishedRound {
  keep(visit, withPassed(progressOf(visit.run), round.path), memoOf(visit.run.memo));
  return round;
}

/** Takes an answer that came with the trigger, checked as if the user had sent it. */
async function takeGiven(visit: Visit, place: Place): Promise<boolean> {
  const memo = memoOf(visit.run.memo);
  const given = memo.given && readAt(memo.given, place.path);
  if (given === undefined) return false;
  const progress = progressOf(visit.run);
  if (place.kind === 'again' && Array.isArray(given)) {
    const more = place.rounds.length < given.length ? 'yes' : 'no';
    keep(visit, answered(progress, place, more), afterMove(memo));
    return true;
  }
  const rest = without({ answers: memo.given ?? {}, passed: [], open: [] }, place.path).answers;
  if (place.kind !== 'ask') {
    note(visit, { given: rest });
    return false;
  }
  const listing = await choicesOf(visit, place);
  const verdict = await checkGiven(
    place.step.question,
    given,
    listing?.options,
    place.answers,
    visit.run.turn,
  );
  if (verdict?.kind !== 'answer') {
    note(visit, { given: rest });
    return false;
  }
  keep(visit, answered(progress, place, verdict.value), { ...afterMove(memo), given: rest });
  return true;
}

/** Runs `done`. @returns whether a step is to be answered again */
async function finish(visit: Visit, answers: JsonObject): Promise<boolean> {
  const { plan, run } = visit;
  // the handler may enter another scene: then the `left` hook still hears that this one was done
  note(visit, { over: 'done' });
  const said = await plan.handler(answers, run.turn);
  if (isRedo(said)) {
    const level = { path: [''], level: plan.steps };
    const progress = redo(visit, level, said['~redo']);
    const { over: _, ...memo } = afterMove(memoOf(run.memo));
    keep(visit, progress, memo);
    return true;
  }
  if (said !== undefined && said !== null) run.say(said as Say | Stream);
  run.leave('done', answers);
  return false;
}

async function question(visit: Visit, place: Place, params: Asking): Promise<Speech | undefined> {
  const { plan, run } = visit;
  const { prompts = 'keep' } = plan.options;
  const isEdited = prompts === 'edit';
  const screen = isEdited || plan.hasRows ? await import('./in-place.ts') : undefined;
  if (params.instead !== undefined) return screen?.askInPlace(run, params.instead);
  const before = memoOf(run.memo);
  const isAnother = !wasAsked(visit, place);
  if (before.at !== undefined && isAnother) run.keep({ memo: afterMove(before) });
  if (awaitsPayment(visit) !== undefined && wasAsked(visit, place)) {
    // another invoice would be one too many
    const words = await text(visit, 'paying');
    return () => words;
  }
  // asked again, a list begins anew
  const { page, editing } = memoOf(run.memo);
  if (page !== undefined || editing !== undefined)
    note(visit, { page: undefined, editing: undefined });
  if (place.kind === 'ask' && place.step.question.to !== undefined) {
    // loaded when somebody else is asked: other flows do without it
    const { askElsewhere } = await import('./ask-elsewhere.ts');
    screen?.retire(run);
    return askElsewhere(visit, place);
  }
  const { say, options, loaded, keyboard, invoice } = await show(visit, place);
  // a keyboard that is redrawn, or a message that is cleaned up; 0 marks that the message's id is wanted
  const pages = loaded?.pages ?? (options === undefined ? 1 : pagesOf(options));
  const isRedrawn = options !== undefined && (pages > 1 || severalAt(place));
  const wanted =
    prompts === 'delete' || (keyboard === 'inline' && (prompts === 'removeKeyboards' || isRedrawn));
  const change = {
    at: tokenOf(place),
    labels:
      keyboard === 'reply' && madeForUser(place)
        ? options?.map(({ value, label }) => [value, label] as const)
        : undefined,
    sent: wanted ? 0 : undefined,
    invoice,
    heard: heardOf(visit) ?? before.heard,
  };
  note(visit, change, place.id);
  const timeout = place.kind === 'ask' ? place.step.question.timeout : undefined;
  if (timeout !== undefined && run.timer('step') === undefined) {
    run.arm('step', toMs(timeout, `${place.id} timeout`));
  }
  if (screen === undefined) return () => say;
  if (isEdited) return screen.askInPlace(run, say, params.below);
  // only a question with rows of its own is edited, until it is answered
  const hasRows = place.kind === 'ask' && place.step.question.rows !== undefined;
  if (isAnother || !hasRows) screen.retire(run, prompts === 'delete');
  return hasRows ? screen.askInPlace(run, say) : () => say;
}

function severalAt(place: Place): boolean {
  return place.kind === 'ask' && place.step.question.multiple === true;
}

/** Whether labels differ between users or times, so that those which were shown have to be kept. */
function madeForUser(place: Place): boolean {
  if (place.kind !== 'ask') return false;
  const { choices } = place.step.question;
  if (choices === undefined || typeof choices === 'function') return choices !== undefined;
  return entriesOf(choices).some(([, label]) => typeof label === 'function');
}
