/** Going back and canceling, by command or by a button below the question. */

import type { AnyFlowOptions } from './flow.ts';
import { type FlowRun, locate, move, questionOf, text } from './flow-run.ts';
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
  flowRun: FlowRun,
  question: PendingQuestion,
): Promise<ControlLabels> {
  const { controls = [] } = flowRun.plan.options;
  // the first button of an invoice has to pay it (Bot API, sendInvoice)
  const pays = questionOf(question)?.accept === 'payment';
  if (controls.length === 0 || pays) return {};
  const back =
    controls.includes('back') &&
    mayGoBack(flowRun, question) &&
    (await locate(flowRun)).previous !== undefined;
  // the No of a summary cancels already
  const cancel = controls.includes('cancel') && question.kind !== 'confirm';
  return {
    ...(back && { back: await text(flowRun, 'back') }),
    ...(cancel && { cancel: await text(flowRun, 'cancel') }),
  };
}

/** Goes to the question before the pending one, or says why not. */
export async function goBack(flowRun: FlowRun): Promise<void> {
  const { run } = flowRun;
  const { pending, previous, isClosed } = await locate(flowRun);
  // from the answers to correct, back is the summary
  if (flowRun.memo.editing) return run.ask();
  if (!mayGoBack(flowRun, pending)) return run.say(await text(flowRun, 'noBack'));
  if (previous === undefined) {
    return run.say(await text(flowRun, isClosed ? 'noBack' : 'firstStep'));
  }
  move(flowRun, backTo(flowRun.progress, previous));
}

function mayGoBack({ plan }: FlowRun, question: PendingQuestion | undefined): boolean {
  return questionOf(question)?.back ?? backEverywhere(plan.options);
}
