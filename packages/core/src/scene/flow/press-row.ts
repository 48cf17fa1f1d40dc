/** Takes a press on a button of a question that acts. Loaded with the first one. */

import type { JsonObject } from '../../base/json.ts';
import type { PressedButton } from '../rows/buttons.ts';
import { hasButton, pressedMessage } from '../rows/pressed-message.ts';
import { nothing, type Pressed } from '../rows/rows.ts';
import { verbIn, WithMoves } from '../transition.ts';
import { accept, hint } from './accept.ts';
import { type ActiveFlow, keep, move, note } from './active-flow.ts';
import { asSent } from './as-sent.ts';
import { redo } from './ask.ts';
import { goBack } from './controls.ts';
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
  active: ActiveFlow,
  question: PendingAsk,
  button: PressedButton,
): Promise<boolean> {
  const { run, plan } = active;
  const { press, turn } = await findRowPress(active, question, button);
  // a double tap comes when the message has changed already: what it asks for is done
  if (press === nothing) return true;
  const pressed = pressedMessage(run);
  if (press === undefined || (pressed && hasButton(pressed) === false)) return false;
  // discards the moves that rendering has made: they are values of the rows
  WithMoves.takeMade(turn);
  verbIn(await press(pressedIn(active, question) as Pressed<never>), plan.id, turn)?.apply(run);
  await apply(active, question, turn.applied ?? { move: 'again', change: {} });
  return true;
}

async function apply(active: ActiveFlow, question: PendingAsk, applied: RowMove): Promise<void> {
  const { run } = active;
  switch (applied.move) {
    case 'again':
      change(active, question, applied.change);
      return run.ask();
    case 'answer': {
      const value = await asSent(active, question, applied.value);
      return value === undefined ? hint(active, question) : accept(active, question, value);
    }
    case 'redo':
      return move(active, redo(active, question, applied.step));
    case 'back':
      return goBack(active);
    case 'cancel':
      return run.leave('canceled');
  }
}

function pressedIn(active: ActiveFlow, question: PendingAsk): Pressed {
  const { run } = active;
  return {
    data: question.parameters,
    turn: () => run.turn,
    patch: (changed) => change(active, question, changed),
    move: (widget, position) =>
      note(active, { widgets: { ...active.memo.widgets, [widget]: position } }),
  };
}

function change(active: ActiveFlow, { home }: PendingAsk, changed: JsonObject): void {
  keep(active, withParameters(active.progress, home, changed));
}
