/** Going back and canceling, by command or by a button below the question. */

import { type ActiveFlow, locate, move, questionOf, text } from './active-flow.ts';
import type { AnyFlowOptions } from './flow.ts';
import { sayBeside } from './forced-reply.ts';
import { backTo } from './moves.ts';
import type { PendingQuestion } from './pending-question.ts';

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
export async function controlsAt(
  active: ActiveFlow,
  question: PendingQuestion,
): Promise<ControlLabels> {
  const { controls = [] } = active.plan.options;
  // the first button of an invoice has to pay it (Bot API, sendInvoice)
  const pays = questionOf(question)?.accept === 'payment';
  if (controls.length === 0 || pays) return {};
  const back =
    controls.includes('back') &&
    mayGoBack(active, question) &&
    (await locate(active)).previous !== undefined;
  // the No of a summary cancels already
  const cancel = controls.includes('cancel') && question.kind !== 'confirm';
  return {
    ...(back && { back: await text(active, 'back') }),
    ...(cancel && { cancel: await text(active, 'cancel') }),
  };
}

/** Goes to the question before the pending one, or says why not. */
export async function goBack(active: ActiveFlow): Promise<void> {
  const { run } = active;
  const { pending, previous, isClosed } = await locate(active);
  // from the answers to correct, back is the summary
  if (active.memo.aside === 'edit') return run.ask();
  if (!mayGoBack(active, pending)) return sayBeside(active, pending, await text(active, 'noBack'));
  if (previous === undefined) {
    return sayBeside(active, pending, await text(active, isClosed ? 'noBack' : 'firstStep'));
  }
  move(active, backTo(active.progress, previous));
}

function mayGoBack({ plan }: ActiveFlow, question: PendingQuestion | undefined): boolean {
  return questionOf(question)?.back ?? backEverywhere(plan.options);
}
