/** Renders a view: what it returns becomes a message to send or to edit, and the buttons that it offers. */

import { checkOptions, invalidOption, type Rule } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import { callOf, type Say } from '../../conversation/say.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { type Binding, type Keyboard, keyboardOf, type Rows } from '../rows/rows.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import { type LooseView, type View, viewTurn } from './view-turn.ts';

/** A rendered view. */
export interface Rendered {
  readonly drawing: Drawing;
  readonly keyboard: Keyboard;
}

const buttons: Rule = { expected: 'a list of rows', fits: Array.isArray };
const parts = 'text entities parse_mode caption photo video document audio voice animation sticker';

/** What binds the buttons of a view. */
function bindingOf({ tag, visit }: FrameRun): Binding {
  return { tag, visit, question: '' };
}

/**
 * Renders the view of a frame as it is now.
 *
 * @throws FsmError `INVALID_OPTION` for what cannot be shown; what the view throws passes
 */
export async function render(run: FrameRun, view: LooseView, scene: string): Promise<Rendered> {
  const where = `${scene} view`;
  const { rows, ...say }: { readonly rows?: Rows } = partsOf(await view(viewTurn(run)), where);
  const keyboard = await keyboardOf(rows, bindingOf(run), where);
  const markup = keyboard.rows.length > 0 ? { inline_keyboard: keyboard.rows } : undefined;
  const said = { ...say, ...(markup && { keyboard: markup }) } as Say;
  return { keyboard, drawing: drawingOf(callOf(said, undefined)) };
}

function partsOf(made: View, where: string): Exclude<View, string> {
  if (typeof made === 'string') return sayable({ text: made }, where);
  if (typeof made === 'object' && made !== null) return sayable(made, where);
  throw invalidOption(where, 'a text, or an object with text or media', shown(made));
}

function sayable<T extends object>(made: T, where: string): T {
  checkOptions(`${where} `, made, { rows: buttons }, parts);
  if ('text' in made && (made.text === '' || typeof made.text !== 'string'))
    throw invalidOption(`${where} text`, 'a text', shown(made.text));
  return made;
}
