/** Takes a press on a button of a question that acts. Loaded with the first one. */

import type { JsonObject } from '../../base/json.ts';
import type { PressedButton } from '../rows/buttons.ts';
import { hasButton, pressedMessage } from '../rows/pressed-message.ts';
import { nothing, type Pressed } from '../rows/rows.ts';
import { verbIn, WithMoves } from '../transition.ts';
import { accept } from './accept.ts';
import { redo } from './ask.ts';
import { goBack } from './controls.ts';
import { type FlowRun, keep, move, note } from './flow-run.ts';
import type { PendingAsk } from './pending-question.ts';
import { withParameters } from './progress.ts';
import { findRowPress, type RowMove } from './question-rows.ts';

/**
 * Does what a button of the rows stands for, and shows the question again unless that has moved the flow on.
 *
 * @param button - bound to the question
 * @returns `false` if the question does not offer it
 */
export async function pressRow(
  flowRun: FlowRun,
  question: PendingAsk,
  button: PressedButton,
): Promise<boolean> {
  const { run, plan } = flowRun;
  const { press, turn } = await findRowPress(flowRun, question, button);
  // a double tap comes when the message has changed already: what it asks for is done
  if (press === nothing) return true;
  const pressed = pressedMessage(run);
  if (press === undefined || (pressed && hasButton(pressed) === false)) return false;
  // discards the moves that rendering has made: they are values of the rows
  WithMoves.takeMade(turn);
  verbIn(await press(pressedIn(flowRun, question) as Pressed<never>), plan.id, turn)?.apply(run);
  await apply(flowRun, question, turn.applied ?? { move: 'again', change: {} });
  return true;
}

async function apply(flowRun: FlowRun, question: PendingAsk, applied: RowMove): Promise<void> {
  const { run } = flowRun;
  switch (applied.move) {
    case 'again':
      change(flowRun, question, applied.change);
      return run.ask();
    case 'answer':
      return accept(flowRun, question, applied.value);
    case 'redo':
      return move(flowRun, redo(flowRun, question, applied.step));
    case 'back':
      return goBack(flowRun);
    case 'cancel':
      return run.leave('canceled');
  }
}

function pressedIn(flowRun: FlowRun, question: PendingAsk): Pressed {
  const { run } = flowRun;
  return {
    data: question.parameters,
    turn: () => run.turn,
    patch: (changed) => change(flowRun, question, changed),
    move: (widget, position) =>
      note(flowRun, { widgets: { ...flowRun.memo.widgets, [widget]: position } }),
  };
}

function change(flowRun: FlowRun, { home }: PendingAsk, changed: JsonObject): void {
  keep(flowRun, withParameters(flowRun.progress, home, changed));
}
