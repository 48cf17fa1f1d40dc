/** The view of a node at work: when it is rendered, where it is shown, and what a press of one of its buttons does. */

import type { Speech } from '../../conversation/behaviour.ts';
import { type TextName, textOf } from '../../conversation/texts.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { idIn, objectIn, textIn, wholeIn } from '../../update/raw-update.ts';
import { nodeTurn } from '../node-turn.ts';
import { type FlowButton, readButton } from '../rows/buttons.ts';
import { type PressedMessage, pressedMessage } from '../rows/pressed-message.ts';
import { nothing, type Pressed } from '../rows/rows.ts';
import { patched, verbIn } from '../transition.ts';
import { display, shows } from './display.ts';
import { kindIn, type Rendered, render } from './render.ts';
import {
  deletionOf,
  noteShown,
  retire,
  type ShownMessage,
  shownIn,
  withoutButtons,
} from './shown-message.ts';
import { type LooseView, positionsOf } from './view-turn.ts';

/** Options of a node that concern its view. */
interface ViewOptions {
  readonly afterInput?: 'edit' | 'resend';
  readonly deleteInput?: boolean;
}

/** What the input of a turn does to the message: `stays` edits it where it is, `moves` sends it again below the input. */
type Placing = 'stays' | 'moves';

/** Turns whose input a view has taken, or whose deadline has passed; of others a message of the user brings the view below it. */
const placings = new WeakMap<object, Placing>();

/** The view of a node, as the engine uses it. */
export interface OpenView {
  /** A fresh view leaves the message that is shown to what it is. */
  enter(run: FrameRun, params: object, fresh?: boolean): void;
  /**
   * Renders the view, before the commit.
   *
   * @returns what shows it after the commit; `undefined` if the message shows it already
   */
  ask(run: FrameRun): Promise<Speech | undefined>;
  /** Takes a press of one of its buttons, which is looked up in the view of the stored data; `false` if the update is none. */
  press(run: FrameRun): Promise<boolean>;
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
  return {
    enter(run, _params, fresh) {
      if (fresh === true) retire(run);
    },

    async ask(run) {
      const { keyboard: _, ...drawn } = await render(run, view, id);
      const shown = shownIn(run);
      const placing = placings.get(run.turn) ?? (isMessage(run) ? 'moves' : 'stays');
      const target = adopted(run) ?? shown;
      if (target === undefined || target !== shown || placing === 'stays') {
        if (target !== undefined && target === shown && shows(shown, drawn)) return undefined;
        if (shown !== undefined) {
          if (target === shown) uncertain(run, shown);
          else retire(run);
        }
        return () => display(run, drawn, target, undefined);
      }
      if (target.visit === run.visit) return () => display(run, drawn, undefined, target);
      retire(run);
      return () => display(run, drawn, undefined, undefined);
    },

    async press(run) {
      const button = run.input?.kind === 'button' ? readButton(run.input.value) : undefined;
      const pressed = pressedMessage(run);
      if (button === undefined || pressed === undefined) return false;
      const say = async (name: TextName, alert?: boolean) =>
        run.answer(await textOf(run.defaults.texts, name, run.turn), alert);
      if (button.tag !== run.tag) {
        await say('notYours', true);
        return true;
      }
      if (!isAt(pressed, shownIn(run))) {
        // an older message, whose buttons could not be taken or which a crash has left behind
        if (pressed.hasButton !== false) run.call(withoutButtons(pressed));
        await say('stale');
        return true;
      }
      const press = await offered(id, view, run, button, pressed);
      if (press === nothing) return true;
      if (press === undefined) await say('stale');
      else verbIn(await press(pressedIn(run) as Pressed<never>), id)?.apply(run);
      showAgain(run);
      return true;
    },

    tookInput(run) {
      placings.set(run.turn, afterInput === 'resend' ? 'moves' : 'stays');
      const { update, subject } = run.turn;
      const message = objectIn(update, subject.updateType ?? '');
      const message_id = wholeIn(message, 'message_id');
      if (deleteInput !== true || message_id === undefined || !isMessage(run)) return;
      const business = textIn(message, 'business_connection_id');
      run.call(deletionOf({ chat: idIn(message, 'chat'), id: message_id, business }));
    },

    tookDeadline(run) {
      placings.set(run.turn, 'stays');
    },

    showAgain,
  };
}

function showAgain(run: FrameRun): void {
  if (run.isActive) run.ask();
}

async function offered(
  id: string,
  view: LooseView,
  run: FrameRun,
  { visit, question, action, value }: FlowButton,
  { hasButton }: PressedMessage,
) {
  if (visit !== run.visit || action !== 'row' || question !== '') return undefined;
  const { keyboard }: Rendered = await render(run, view, id);
  const press = keyboard.press(value);
  // a double tap comes when the message has changed already: what it asks for is done
  return hasButton === false && press !== nothing ? undefined : press;
}

function pressedIn(run: FrameRun): Pressed {
  return {
    get data() {
      return run.data;
    },
    turn: () => nodeTurn(run, {}),
    patch: (change) => patched(run, change),
    move: (widget, position) =>
      run.keep({ memo: { ...run.memo, at: { ...positionsOf(run), [widget]: position } } }),
  };
}

/** Whether the update is a message that the user has written. */
function isMessage({ input }: FrameRun): boolean {
  return input !== undefined && !['button', 'poll_answer', 'payment'].includes(input.kind);
}

function isAt({ chat, id, inline }: PressedMessage, shown: ShownMessage | undefined): boolean {
  if (shown === undefined) return false;
  return inline === undefined ? id === shown.id && chat === shown.chat : inline === shown.inline;
}

/**
 * A pressed message that becomes the shown one. It is an inline message whose button has opened the view, since nothing can be sent there;
 * or it was sent by a turn whose commit was lost.
 */
function adopted(run: FrameRun): ShownMessage | undefined {
  const pressed = pressedMessage(run);
  if (pressed === undefined || run.input?.kind !== 'button') return undefined;
  const { chat, id, inline, business } = pressed;
  const found = { visit: run.visit, body: '', keys: '' };
  if (inline !== undefined) {
    const isNew = shownIn(run)?.visit !== run.visit && shownIn(run)?.inline !== inline;
    return isNew ? { inline, kind: 'text', ...found } : undefined;
  }
  const button = readButton(run.input.value);
  if (shownIn(run) !== undefined || pressed.hasButton !== true) return undefined;
  if (button?.tag !== run.tag || button.visit !== run.visit) return undefined;
  return { chat, id, business, kind: kindIn(pressed.message), ...found };
}

/** What the message shows is not certain before the next commit: if the process dies in between, it is edited whatever it shows. */
function uncertain(run: FrameRun, shown: ShownMessage): void {
  noteShown(run, { ...shown, body: '' });
}
