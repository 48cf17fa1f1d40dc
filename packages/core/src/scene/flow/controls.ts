/** Going back and cancelling, by command or by a button below the question. */

import type { AnyFlowOptions } from './flow.ts';
import { memoOf } from './memo.ts';
import { backTo } from './moves.ts';
import type { Place } from './pending.ts';
import { locate, move, progressOf, text, type Visit } from './visit.ts';

/** Labels of the buttons that a question shows beside its own. */
export interface ControlLabels {
  readonly back?: string;
  readonly cancel?: string;
}

/** Whether one may go back at every question that does not say otherwise. */
export function backEverywhere({ back, controls }: AnyFlowOptions): boolean {
  return back ?? controls?.includes('back') ?? false;
}

/** The buttons of `controls` that mean something at this question. */
export async function controlsAt(visit: Visit, place: Place): Promise<ControlLabels> {
  const { controls = [] } = visit.plan.options;
  // the first button of an invoice has to pay it (Bot API, sendInvoice)
  const pays = place.kind === 'ask' && place.step.question.accept === 'payment';
  if (controls.length === 0 || pays) return {};
  const back =
    controls.includes('back') &&
    mayGoBack(visit, place) &&
    (await locate(visit)).previous !== undefined;
  // the No of a summary cancels already
  const cancel = controls.includes('cancel') && place.kind !== 'confirm';
  return {
    ...(back && { back: await text(visit, 'back') }),
    ...(cancel && { cancel: await text(visit, 'cancel') }),
  };
}

/** Goes to the question before the pending one, or says why not. */
export async function goBack(visit: Visit): Promise<void> {
  const { run } = visit;
  const { pending, previous, isClosed } = await locate(visit);
  // from the answers to correct, back is the summary
  if (memoOf(run.memo).editing) return run.ask();
  if (!mayGoBack(visit, pending)) return run.say(await text(visit, 'noBack'));
  if (previous === undefined) {
    return run.say(await text(visit, isClosed ? 'noBack' : 'firstStep'));
  }
  move(visit, backTo(progressOf(run), previous));
}

function mayGoBack({ plan }: Visit, place: Place | undefined): boolean {
  const own = place?.kind === 'ask' ? place.step.question.back : undefined;
  return own ?? backEverywhere(plan.options);
}
