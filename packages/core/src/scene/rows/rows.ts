/** Buttons in rows: what a view or a question offers, how it becomes an inline keyboard, and how a press finds its button. */

import { andThen, isPromise } from '../../base/awaitable.ts';
import type { JsonObject } from '../../base/json.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { Leading, Next } from '../transition.ts';
import { type FlowButton, headOf, type PressedButton, tokensBehind } from './buttons.ts';

/** One button. Made by the widgets of a turn. */
export interface Button {
  readonly '~button': string;
  readonly '~block'?: never;
}

/** Several rows, made by a widget. */
export interface Block {
  readonly '~block': string;
  readonly '~button'?: never;
}

/** A condition that is not met: the left side of `condition && button(…)`. */
export type Falsy = false | null | undefined | '' | 0;

/** Buttons; falsy values are left out. */
export type Buttons = readonly (Button | Falsy)[];

/**
 * Rows of buttons, top to bottom: a list is one row, a button or a block has its own; falsy values are left out. Keep a list
 * to eight buttons: Telegram accepts a longer row, but its apps do not show the rest.
 */
export type Rows = readonly (Button | Buttons | Block | Falsy)[];

/** The argument of a button's action. */
export interface Pressed<Turn = object> {
  /** The data to which the widgets are bound, as it is now. */
  readonly data: JsonObject;
  /** The argument of handlers; made after the data was changed. */
  turn(): Turn;
  /** Changes data. */
  patch(change: JsonObject): void;
  /** Moves a widget: the page of a list, the month of a calendar. */
  move(widget: string, position: string | number): void;
}

/** The action of a button. */
export type Press = (pressed: Pressed<never>) => Next;

/** A button as widgets make it. */
export interface PlainButton extends Button {
  readonly label: string;
  /** Absent for a button whose press does not reach the bot, such as a link. */
  readonly press?: Press;
  /** Where the press leads; absent for a handler. */
  readonly leads?: Leading | undefined;
  /** Its fields beside the label, where there is no `press`. */
  readonly fields?: object;
  /** Ids under which it was shown before: a press of one finds done what it asks for. */
  readonly done?: readonly string[];
}

/** Rows as widgets make them. */
export interface PlainBlock extends Block {
  /** Makes them; `where` is what they belong to, for messages. */
  readonly rows: (where: string) => Awaitable<LaidOut>;
}

/** Rows as `inline_keyboard` takes them. */
export type InlineRows = readonly (readonly { readonly callback_data?: string }[])[];

/** The binding of buttons to a question. */
export type Binding = Pick<FlowButton, 'tag' | 'entry' | 'question'>;

/** The id of cells that do nothing: blank days, the number of a page. */
export const blankId = ' ';

/** The press of a cell that does nothing, and of a button that asks for what is there already. */
export function nothing(): void {}

/** Rows of buttons, as they are shown. */
export type LaidOut = readonly (readonly PlainButton[])[];

/** The data of buttons in rows before their ids. */
export function rowHead(binding: Binding): string {
  return headOf(binding, 'row');
}

/**
 * Writes the keyboard of some rows; empty where there are no buttons.
 *
 * @param head - the data of its buttons before their ids: {@link rowHead}
 * @param where - what the rows belong to, for messages
 * @throws FsmError `INVALID_OPTION` for two buttons with one id
 */
export function inlineOf(rows: LaidOut, head: string, where: string): InlineRows {
  const tokenOf = tokensBehind(head);
  const ids = new Set<string>();
  const written = ({ '~button': id, label, press, fields }: PlainButton) => {
    if (press === undefined) return { text: label, ...fields };
    if (ids.size === ids.add(id).size && id !== blankId) {
      throw invalidOption(`${where} rows`, 'different ids', `'${id}' twice`);
    }
    return { text: label, callback_data: head + tokenOf(id) };
  };
  return rows.map((row) => row.map(written));
}

/**
 * Looks a press up, and lays out no more rows than are before its button.
 *
 * @param button - bound to what the rows belong to
 * @param where - what the rows belong to, for messages
 * @returns what the press does; `undefined` if no such button is offered
 * @throws FsmError `INVALID_OPTION` for what is no button
 */
export function pressIn(
  rows: Rows | undefined,
  { head, value }: PressedButton,
  where: string,
): Awaitable<Press | undefined> {
  const tokenOf = tokensBehind(head);
  const before: string[] = [blankId];
  let found: Press | undefined;
  const walk = eachRow(rows, where, (buttons) => {
    for (const { '~button': id, press, done } of buttons) {
      if (press !== undefined && id !== blankId && tokenOf(id) === value) {
        found = press;
        return true;
      }
      if (done !== undefined) before.push(...done);
    }
    return false;
  });
  // last, so that what was shown before never hides what is offered now
  const end = () => found ?? (before.some((id) => tokenOf(id) === value) ? nothing : undefined);
  return andThen(walk, end);
}

/** Makes the rows of a view: its blocks become rows of buttons. @throws FsmError `INVALID_OPTION` for what is no button */
export function layOut(rows: Rows | undefined, where: string): Awaitable<LaidOut> {
  const laidOut: (readonly PlainButton[])[] = [];
  const walk = eachRow(rows, where, (buttons) => {
    if (buttons.length > 0) laidOut.push(buttons);
    return false;
  });
  return andThen(walk, () => laidOut);
}

/**
 * Makes rows from top to bottom, one by one. Most widgets make theirs synchronously, so nothing is awaited for them.
 *
 * @param each - gets the buttons of a row; returns whether no further rows are needed
 */
function eachRow(
  rows: Rows = [],
  where: string,
  each: (buttons: readonly PlainButton[]) => boolean,
): Awaitable<void> {
  const walk = (from: number): Awaitable<void> => {
    for (let at = from; at < rows.length; at++) {
      const made = rowsOf(rows[at], where);
      if (isPromise(made)) {
        return made.then((loaded) => (loaded.some(each) ? undefined : walk(at + 1)));
      }
      if (made.some(each)) return;
    }
  };
  return walk(0);
}

/** The rows that one of a view's rows makes. */
function rowsOf(row: Rows[number], where: string): Awaitable<LaidOut> {
  if (!row) return [];
  if (isList(row)) return [buttonsIn(row, where)];
  return isBlock(row) ? row.rows(where) : [buttonsIn([row], where)];
}

/** The buttons of a list, without what is left out. @throws FsmError `INVALID_OPTION` for what is no button */
export function buttonsIn(
  list: readonly (Buttons[number] | Block)[],
  where: string,
): readonly PlainButton[] {
  const buttons: PlainButton[] = [];
  for (const button of list) {
    if (!button) continue;
    if (isButton(button)) buttons.push(button);
    else {
      const found = isBlock(button) ? 'a widget with rows of its own inside a list' : shown(button);
      throw invalidOption(`${where} rows`, 'buttons', found);
    }
  }
  return buttons;
}

/** Whether a value is a list. */
export function isList<T>(value: readonly T[] | object | Falsy): value is readonly T[] {
  return Array.isArray(value);
}

// read and not looked for by `in`: V8 finds a member that is named where it is read several times faster
function isBlock(row: Button | Block): row is PlainBlock {
  return row['~block'] !== undefined;
}

function isButton(row: Button | Block): row is PlainButton {
  return row['~button'] !== undefined;
}
