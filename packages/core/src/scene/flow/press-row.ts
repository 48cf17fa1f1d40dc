/** Takes a press on a button of a question that acts. Loaded with the first one. */

import type { JsonObject } from '../../base/json.ts';
import { hasButton, pressedMessage } from '../rows/pressed-message.ts';
import { nothing, type Pressed } from '../rows/rows.ts';
import { verbIn, WithMoves } from '../transition.ts';
import { accept } from './accept.ts';
import { redo } from './ask.ts';
import { goBack } from './controls.ts';
import { memoOf } from './memo.ts';
import type { AskPlace } from './place.ts';
import { withParameters } from './progress.ts';
import { questionRows, type RowMove } from './question-rows.ts';
import { keep, move, note, progressOf, type Visit } from './visit.ts';

/**
 * Does what a button of the rows stands for, and shows the question again unless that has moved the flow on.
 *
 * @param value - what stands for the button
 * @returns `false` if the question does not offer it
 */
export async function pressRow(visit: Visit, place: AskPlace, value: string): Promise<boolean> {
  const { run, plan } = visit;
  const { keyboard, turn } = await questionRows(visit, place);
  const press = keyboard.press(value);
  // a double tap comes when the message has changed already: what it asks for is done
  if (press === nothing) return true;
  const pressed = pressedMessage(run);
  if (press === undefined || (pressed && hasButton(pressed) === false)) return false;
  // what the rows themselves have made are their values
  WithMoves.takeMade(turn);
  verbIn(await press(pressedIn(visit, place) as Pressed<never>), plan.id, turn)?.apply(run);
  await apply(visit, place, turn.applied ?? { move: 'again', change: {} });
  return true;
}

async function apply(visit: Visit, place: AskPlace, applied: RowMove): Promise<void> {
  const { run } = visit;
  switch (applied.move) {
    case 'again':
      change(visit, place, applied.change);
      return run.ask();
    case 'answer':
      return accept(visit, place, applied.value);
    case 'redo':
      return move(visit, redo(visit, place, applied.step));
    case 'back':
      return goBack(visit);
    case 'cancel':
      return run.leave('canceled');
  }
}

function pressedIn(visit: Visit, place: AskPlace): Pressed {
  const { run } = visit;
  return {
    data: place.parameters,
    turn: () => run.turn,
    patch: (changed) => change(visit, place, changed),
    move: (widget, position) =>
      note(visit, { widgets: { ...memoOf(run.memo).widgets, [widget]: position } }),
  };
}

function change(visit: Visit, { home }: AskPlace, changed: JsonObject): void {
  const { run } = visit;
  keep(visit, withParameters(progressOf(run), home, changed), memoOf(run.memo));
}
