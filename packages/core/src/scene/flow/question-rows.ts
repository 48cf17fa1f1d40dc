/** Buttons of a question that act and leave it open: what they are bound to, and what a press does. Loaded with the first such question. */

import type { JsonObject } from '../../base/json.ts';
import { pressedMessage } from '../rows/pressed-message.ts';
import { type Keyboard, keyboardOf, nothing, type Pressed } from '../rows/rows.ts';
import { type WidgetHost, WithWidgets } from '../rows/widgets.ts';
import type { Transition } from '../transition.ts';
import { verb, verbIn } from '../transition.ts';
import { accept } from './accept.ts';
import { redo } from './ask.ts';
import { goBack } from './controls.ts';
import { memoOf } from './memo.ts';
import type { AskPlace } from './pending.ts';
import { withParameters } from './progress.ts';
import { bindingOf } from './prompt.ts';
import { keep, move, note, progressOf, tokenOf, type Visit } from './visit.ts';

/** The rows of a question as it is now. */
export async function questionRows(visit: Visit, place: AskPlace): Promise<Keyboard> {
  return (await render(visit, place)).keyboard;
}

/**
 * Does what a button of the rows stands for, and shows the question again unless that has moved the flow on.
 *
 * @param value - what stands for the button
 * @returns `false` if the question does not offer it
 */
export async function pressRow(visit: Visit, place: AskPlace, value: string): Promise<boolean> {
  const { run, plan } = visit;
  const { keyboard, turn } = await render(visit, place);
  const press = keyboard.press(value);
  // a double tap comes when the message has changed already: what it asks for is done
  if (press === nothing) return true;
  if (press === undefined || pressedMessage(run)?.hasButton === false) return false;
  verbIn(await press(pressedIn(visit, place) as Pressed<never>), plan.id)?.apply(run);
  if (turn.next === undefined) run.ask();
  else await turn.next();
  return true;
}

async function render(visit: Visit, place: AskPlace) {
  const turn = new RowsTurn(visit, place);
  const rows = await place.step.question.rows?.(place.answers, turn as never);
  const keyboard = await keyboardOf(rows, bindingOf(visit, tokenOf(place)), `${place.id} rows`);
  return { keyboard, turn };
}

function pressedIn(visit: Visit, place: AskPlace): Pressed {
  const { run } = visit;
  return {
    data: place.parameters,
    turn: () => run.turn,
    patch: (change) => patch(visit, place, change),
    move: (widget, position) =>
      note(visit, { widgets: { ...memoOf(run.memo).widgets, [widget]: position } }),
  };
}

function patch(visit: Visit, { home }: AskPlace, change: JsonObject): void {
  const progress = progressOf(visit.run);
  keep(visit, withParameters(progress, home, change), memoOf(visit.run.memo));
}

/** What makes the rows of a question. Its members need no `this`. */
class RowsTurn extends WithWidgets {
  protected readonly host: WidgetHost;
  readonly #visit: Visit;
  readonly #place: AskPlace;
  /** What moves the flow on, once a transition was applied. */
  next: (() => unknown) | undefined;

  constructor(visit: Visit, place: AskPlace) {
    super();
    const { turn, memo } = visit.run;
    this.#visit = visit;
    this.#place = place;
    this.host = {
      data: place.parameters,
      positions: memoOf(memo).widgets ?? {},
      language: turn.from?.language_code,
      now: turn.now,
    };
  }

  get subject() {
    return this.#visit.run.turn.subject;
  }

  get services() {
    return this.#visit.run.turn.services;
  }

  get from() {
    return this.#visit.run.turn.from;
  }

  get update() {
    return this.#visit.run.turn.update;
  }

  get now() {
    return this.#visit.run.turn.now;
  }

  get answer(): (value: unknown) => Transition {
    return (value) => this.#then('answer', () => accept(this.#visit, this.#place, value));
  }

  get redo(): (step: string) => Transition {
    return (step) =>
      this.#then('redo', () => move(this.#visit, redo(this.#visit, this.#place, step)));
  }

  override get again() {
    return (change: object = {}): Transition =>
      verb({ verb: 'again' }, () => patch(this.#visit, this.#place, change as JsonObject));
  }

  override get back() {
    return (): Transition => this.#then('back', () => goBack(this.#visit));
  }

  get cancel(): () => Transition {
    return () => this.#then('cancel', () => this.#visit.run.leave('cancelled'));
  }

  #then(name: 'answer' | 'redo' | 'back' | 'cancel', next: () => unknown): Transition {
    return verb({ verb: name }, () => {
      this.next = next;
    });
  }
}
