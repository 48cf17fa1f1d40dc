/** Buttons of a question that act and leave it open: what they are bound to. Loaded with the first such question. */

import { frozenData, type JsonObject } from '../../base/json.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import type { PressedButton } from '../rows/buttons.ts';
import { type InlineRows, inlineOf, layOut, type Press, pressIn, rowHead } from '../rows/rows.ts';
import { type WidgetHost, WithWidgets } from '../rows/widgets.ts';
import type { Transition } from '../transition.ts';
import { type ActiveFlow, bindingOf, tokenOf } from './active-flow.ts';
import type { PendingAsk } from './pending-question.ts';

/** The move of a question's button. */
export type RowMove =
  | { readonly move: 'again'; readonly change: JsonObject }
  | { readonly move: 'answer'; readonly value: unknown }
  | { readonly move: 'redo'; readonly step: string }
  | { readonly move: 'back' | 'cancel' };

/** The rows of a question as it is now, to show them. */
export async function rowsToShow(active: ActiveFlow, question: PendingAsk): Promise<InlineRows> {
  const { rows, where } = await made(active, question);
  const head = rowHead(bindingOf(active, tokenOf(question)));
  return inlineOf(await layOut(rows, where), head, where);
}

/**
 * Looks a press up in the rows of a question as it is now.
 *
 * @param button - bound to the question
 * @returns what the press does, `undefined` if there is no such button; and what made the rows
 */
export async function findRowPress(
  active: ActiveFlow,
  question: PendingAsk,
  button: PressedButton,
): Promise<{ readonly press: Press | undefined; readonly turn: RowsTurn }> {
  const { rows, where, turn } = await made(active, question);
  return { press: await pressIn(rows, button, where), turn };
}

async function made(active: ActiveFlow, question: PendingAsk) {
  const turn = new RowsTurn(active, question);
  const rows = await question.step.question.rows?.(question.answers, turn as never);
  return { rows, turn, where: question.id };
}

/** The argument of `rows`. Its members need no `this`. */
class RowsTurn extends WithWidgets {
  protected readonly host: WidgetHost;
  readonly #turn: ActiveFlow['run']['turn'];
  /** The move that the applied transition requests. */
  applied: RowMove | undefined;

  constructor({ run, memo }: ActiveFlow, { parameters }: PendingAsk) {
    const { turn } = run;
    super(turn);
    this.#turn = turn;
    this.host = { data: parameters, positions: memo.widgets ?? {}, turn };
  }

  get from(): AskTurn['from'] {
    return this.#turn.from;
  }

  get update(): AskTurn['update'] {
    return this.#turn.update;
  }

  get session(): JsonObject {
    return frozenData(this.#turn.session, 'session');
  }

  get answer(): (value: unknown) => Transition {
    return (value) => this.#verb({ move: 'answer', value });
  }

  get redo(): (step: string) => Transition {
    return (step) => this.#verb({ move: 'redo', step });
  }

  override get again() {
    return (change: object = {}): Transition =>
      this.#verb({ move: 'again', change: change as JsonObject });
  }

  override get back() {
    return (): Transition => this.#verb({ move: 'back' });
  }

  get cancel(): () => Transition {
    return () => this.#verb({ move: 'cancel' });
  }

  #verb(move: RowMove): Transition {
    return this.make({ verb: move.move }, () => {
      this.applied = move;
    });
  }
}
