/** The view of a node at work: when it is rendered, where it is shown, and what a press of one of its buttons does. */

import { andThen } from '../../base/awaitable.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import { resolveText, type TextName } from '../../conversation/texts.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { isInaccessible } from '../../update/address.ts';
import { nodeTurn } from '../node-turn.ts';
import { type PressedButton, readButton } from '../rows/buttons.ts';
import { hasButton, type PressedMessage, pressedMessage } from '../rows/pressed-message.ts';
import { type LaidOut, layOut, nothing, type Pressed, pressIn } from '../rows/rows.ts';
import { patched, verbIn, WithMoves } from '../transition.ts';
import { isShown, showInPlace, tookDeadline, tookInput } from './placing.ts';
import { drawn, type Parts, partsOf, whereOf } from './render.ts';
import { shownIn, withoutButtons } from './shown-message.ts';
import { type LooseView, positionsOf, RenderTurn, type View } from './view-turn.ts';

/** Options of a node that concern its view. */
interface ViewOptions {
  readonly afterInput?: 'edit' | 'resend';
  readonly deleteInput?: boolean;
}

/** The view of a node, as the engine uses it. */
export interface OpenView {
  /**
   * Renders the view, before the commit.
   *
   * @returns what shows it after the commit; `undefined` if the message shows it already
   */
  ask(run: FrameRun): Awaitable<MessageSource | undefined>;
  /** Whether the user has the view of this entry before them, as it was before the last change. */
  isSeen(run: FrameRun): boolean;
  /** Takes a press of one of its buttons, which is looked up in the view of the stored data; `false` if the update is none. */
  press(run: FrameRun): Awaitable<void> | false;
  /** The node has taken a message of the user. */
  tookInput(run: FrameRun): void;
  /** A deadline has passed: whatever update has found it, the view is edited where it is. */
  tookDeadline(run: FrameRun): void;
  /** Shows the view again unless the conversation has left it. */
  showAgain(run: FrameRun): void;
}

/**
 * Opens the view of a node.
 *
 * @param id - of the node
 */
export function openView(
  id: string,
  view: LooseView,
  { afterInput, deleteInput }: ViewOptions,
): OpenView {
  const where = whereOf(id);

  function take(run: FrameRun, pressed: PressedMessage, button: PressedButton): Awaitable<void> {
    if (button.tag !== run.tag) {
      return isInaccessible(run.turn.update) ? answer(run, 'stale') : answer(run, 'notYours', true);
    }
    if (!isShown(run, pressed)) {
      // an older message, whose buttons could not be taken or which a crash has left behind
      if (hasButton(pressed) !== false) run.call(withoutButtons(pressed));
      return answer(run, 'stale');
    }
    const { entry, action, question } = button;
    if (entry !== run.entry || action !== 'row' || question !== '') return takeStale(run);
    const turn = new RenderTurn(run);
    // the rest of what the view returns is checked where it is shown
    const lookUp = (made: View) => pressIn((Object(made) as Parts).rows, button, where);
    return andThen(andThen(view(turn), lookUp), (press) => {
      if (press === nothing) return undefined;
      // a double tap comes when the message has changed already: what it asks for is done
      if (press === undefined || hasButton(pressed) === false) return takeStale(run);
      // discards the moves that rendering has made: they are values of the view
      WithMoves.takeMade(turn);
      const own = new PressedView(run);
      return andThen(press(own), (next) => {
        verbIn(next, id, turn, own.made)?.apply(run);
        showAgain(run);
      });
    });
  }

  return {
    ask: (run) =>
      andThen(view(new RenderTurn(run)), (returned) => {
        const made = partsOf(returned, where);
        const show = (rows: LaidOut) => showInPlace(run, drawn(made, rows, run, where));
        return andThen(layOut(made.rows, where), show);
      }),

    isSeen: (run) => shownIn(run)?.entry === run.entry,

    press(run) {
      const pressed = pressedMessage(run);
      const button = pressed && readButton(pressed.data);
      return button !== undefined && pressed !== undefined && take(run, pressed, button);
    },

    tookInput: (run) => tookInput(run, afterInput === 'resend', deleteInput === true),
    tookDeadline,
    showAgain,
  };
}

async function answer(run: FrameRun, name: TextName, alert?: boolean): Promise<void> {
  run.answer(await resolveText(run.defaults.texts, name, run.turn), alert);
}

async function takeStale(run: FrameRun): Promise<void> {
  await answer(run, 'stale');
  showAgain(run);
}

function showAgain(run: FrameRun): void {
  if (run.isActive) run.ask();
}

/** A class, since one is made for each press. */
class PressedView implements Pressed<never> {
  /** The turn that a handler got. */
  made: ReturnType<typeof nodeTurn> | undefined;
  readonly #run: FrameRun;

  constructor(run: FrameRun) {
    this.#run = run;
  }

  get data(): Pressed['data'] {
    return this.#run.data;
  }

  turn(): never {
    this.made = nodeTurn(this.#run, {});
    return this.made as never;
  }

  patch(change: JsonObject): void {
    patched(this.#run, change);
  }

  move(widget: string, position: string | number): void {
    const run = this.#run;
    run.keep({ memo: { ...run.memo, at: { ...positionsOf(run), [widget]: position } } });
  }
}
