/** Renders a view: what it returns becomes a message to send or to edit, and the buttons that it offers. */

import { checkOptions } from '#option-checks';
import { anything, invalidOption, type Rule } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import {
  callOf,
  longestCaption,
  longestText,
  mediaKinds,
  type OutgoingMessage,
  tooLong,
} from '../../conversation/outgoing.ts';
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
/** The members of a view; each name with a rule, since they are checked at each render. */
const parts: Readonly<Record<string, Rule>> = /* @__PURE__ */ partRules();

function partRules() {
  const contents = ['text', 'entities', 'parse_mode', 'caption', ...mediaKinds];
  return { ...Object.fromEntries(contents.map((name) => [name, anything])), rows: buttons };
}

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
  return drawn(made, inlineOf(rows, binding, where), rows, binding, where);
}

/**
 * Makes of what a view has returned what is sent.
 *
 * @throws FsmError `INVALID_OPTION` for a text that is longer than a message: in parts, it could not be edited
 */
export function drawn(
  made: Parts,
  inline_keyboard: InlineRows,
  rows: LaidOut,
  { tag, entry }: Binding,
  where: string,
): Drawing {
  const say = rows.length === 0 ? made : { ...made, keyboard: { inline_keyboard } };
  const call = callOf(say as OutgoingMessage, undefined);
  const long = tooLong(call);
  if (long !== undefined) {
    const most = long === 'text' ? longestText : longestCaption;
    const expected = `at most ${most}, since one message is edited; show a long list by pages`;
    const { length } = String(Reflect.get(call.payload, long));
    throw invalidOption(`${where} ${long}`, expected, `${length} characters`);
  }
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
  const kind = mediaKinds.find((each) => each in made);
  const text: unknown = Reflect.get(made, 'text');
  if (kind !== undefined) {
    if ('text' in made) throw invalidOption(`${where} text`, '`caption` beside media', shown(text));
    const file: unknown = Reflect.get(made, kind);
    if (!file || !/^(?:string|object)$/.test(typeof file))
      throw invalidOption(`${where} ${kind}`, 'an id, an address or a file', shown(file));
  } else if (!('text' in made)) throw noContent(made, where);
  else if (typeof text !== 'string' || text.trim() === '')
    throw invalidOption(`${where} text`, 'a text', shown(text));
  return made;
}
