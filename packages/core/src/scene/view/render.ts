/** Renders a view: what it returns becomes a message to send or to edit, and the buttons that it offers. */

import { checkOptions } from '#option-checks';
import { anything, invalidOption, type Rule } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import { callOf, mediaKinds, type OutgoingMessage } from '../../conversation/outgoing.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import {
  type Binding,
  type InlineRows,
  inlineOf,
  type LaidOut,
  layOut,
  type Press,
  pressIn,
  type Rows,
} from '../rows/rows.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import { type LooseView, RenderTurn, type View } from './view-turn.ts';

const buttons: Rule = { expected: 'a list of rows', fits: Array.isArray };
const contents = ['text', 'entities', 'parse_mode', 'caption', ...mediaKinds];
/** The members of a view; each name with a rule, since they are checked at each render. */
const parts = {
  ...Object.fromEntries(contents.map((name) => [name, anything])),
  rows: buttons,
};

/**
 * Renders the view of a frame as it is now, to show it.
 *
 * @throws FsmError `INVALID_OPTION` for what cannot be shown; what the view throws passes
 */
export async function draw(run: FrameRun, view: LooseView, scene: string): Promise<Drawing> {
  const where = whereOf(scene);
  const made = partsOf(await view(new RenderTurn(run)), where);
  const rows = await layOut(made.rows, where);
  const binding = bindingOf(run);
  return drawn(made, inlineOf(rows, binding, where), rows, binding);
}

/** Makes of what a view has returned what is sent. */
export function drawn(
  made: Parts,
  inline_keyboard: InlineRows,
  rows: LaidOut,
  { tag, entry }: Binding,
): Drawing {
  if (rows.length === 0) return drawingOf(callOf(made as OutgoingMessage, undefined));
  const call = callOf({ ...made, keyboard: { inline_keyboard } } as OutgoingMessage, undefined);
  // each callback data begins with the same binding: it is enough to look at that once
  const differing: unknown[] = [tag, entry];
  for (const row of rows) {
    for (const { label, fields, '~button': id } of row) differing.push(label, fields ?? id);
    differing.push(null);
  }
  return drawingOf(call, differing);
}

/**
 * Renders the view of a frame as it is now, to look a press up.
 *
 * @param value - what stands for the button
 * @returns what the press does, `undefined` if the view has no such button; and the turn of the view, whose verbs handlers may call too
 * @throws FsmError as {@link draw} does
 */
export async function findPress(
  run: FrameRun,
  view: LooseView,
  scene: string,
  value: string,
): Promise<{ readonly press: Press | undefined; readonly turn: RenderTurn }> {
  const where = whereOf(scene);
  const turn = new RenderTurn(run);
  // the rest of what it returns is checked where it is shown
  const { rows } = Object(await view(turn)) as Parts;
  return { press: await pressIn(rows, value, bindingOf(run), where), turn };
}

function bindingOf({ tag, entry }: FrameRun): Binding {
  return { tag, entry, question: '' };
}

/** Names a view in messages. */
export function whereOf(scene: string): string {
  return `${scene} view`;
}

/** The result of a view that is more than a text. */
export interface Parts {
  readonly text?: unknown;
  readonly caption?: unknown;
  readonly rows?: Rows;
}

/** Reads what a view has returned. @throws FsmError `INVALID_OPTION` for what cannot be shown */
export function partsOf(made: View, where: string): Parts {
  if (typeof made === 'string') return sayable({ text: made }, where);
  if (typeof made === 'object' && made !== null) return sayable(made as Parts, where);
  throw noContent(made, where);
}

function noContent(made: unknown, where: string) {
  return invalidOption(where, 'a text, or an object with text or media', shown(made));
}

function sayable<T extends object>(made: T, where: string): T {
  checkOptions(`${where} `, made, parts, '');
  if ('text' in made && (made.text === '' || typeof made.text !== 'string'))
    throw invalidOption(`${where} text`, 'a text', shown(made.text));
  if (!('text' in made) && !mediaKinds.some((kind) => kind in made)) throw noContent(made, where);
  return made;
}
