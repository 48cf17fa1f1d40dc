/** Buttons in rows: what a view or a question offers, how it becomes an inline keyboard, and how a press finds its button. */

import { holds } from '../../base/holds.ts';
import type { JsonObject } from '../../base/json.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { Leading, Next } from '../transition.ts';
import { buttonData, type FlowButton, valueIn, valueTokens } from './buttons.ts';

/** One button. Made by the widgets of a turn. */
export interface Button {
  readonly '~button': string;
}

/** Several rows, made by a widget. */
export interface Block {
  readonly '~block': string;
}

/** Rows of buttons, top to bottom: a list is one row, a button or a block has its own; `false` and `undefined` are left out. */
export type Rows = readonly (
  | Button
  | readonly (Button | false | undefined)[]
  | Block
  | false
  | undefined
)[];

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
export type Press = ((pressed: Pressed<never>) => Next) & {
  /** Where a transition leads; absent for a handler. */
  readonly leads?: Leading;
};

/** A button as widgets make it. */
export interface PlainButton extends Button {
  readonly label: string;
  /** Absent for a button whose press does not reach the bot, such as a link. */
  readonly press?: Press;
  /** Its fields beside the label, where there is no `press`. */
  readonly fields?: object;
  /** Ids under which it was shown before: a press of one finds done what it asks for. */
  readonly done?: readonly string[];
}

/** Rows as widgets make them. */
export interface PlainBlock extends Block {
  readonly rows: () => Awaitable<readonly (readonly PlainButton[])[]>;
}

/** Rows as `inline_keyboard` takes them. */
export type InlineRows = readonly (readonly { readonly callback_data?: string }[])[];

/** A keyboard to show, or to look a press up in: neither pays for the other. */
export interface Keyboard {
  /** Writes its buttons; empty where there are none. */
  inline(): InlineRows;
  /** The effect of a press; `undefined` if no such button is offered. */
  press(value: string): Press | undefined;
}

/** The binding of buttons to a question. */
export type Binding = Pick<FlowButton, 'tag' | 'entry' | 'question'>;

/**
 * Makes the keyboard of some rows.
 *
 * @param where - what the rows belong to, for messages
 * @throws FsmError `INVALID_OPTION` for what is no button, and for two buttons with one id
 */
export async function keyboardOf(
  rows: Rows | undefined,
  binding: Binding,
  where: string,
): Promise<Keyboard> {
  const laidOut = await layOut(rows, where);
  const presses = pressesOf(laidOut, where);
  const button = { ...binding, action: 'row' } as const;
  const tokens = () => valueTokens([...presses.keys()], button);
  return {
    inline() {
      const head = buttonData(button);
      const written = tokens();
      return laidOut.map((row) =>
        row.map(({ '~button': id, label, fields }) =>
          fields === undefined
            ? { text: label, callback_data: head + (written.get(id) ?? '') }
            : { text: label, ...fields },
        ),
      );
    },
    press(value) {
      const id = valueIn(value);
      if (id !== undefined) return presses.get(id);
      for (const [long, token] of tokens()) if (token === value) return presses.get(long);
      return undefined;
    },
  };
}

/** The id of cells that do nothing: blank days, the number of a page. */
export const blankId = ' ';

function pressesOf(laidOut: LaidOut, where: string): ReadonlyMap<string, Press> {
  const presses = new Map<string, Press>();
  for (const row of laidOut) {
    for (const { '~button': id, press } of row) {
      if (id === blankId || press === undefined) continue;
      if (presses.has(id)) throw invalidOption(`${where} rows`, 'different ids', `'${id}' twice`);
      presses.set(id, press);
    }
  }
  presses.set(blankId, nothing);
  // last, so that what was shown before never hides what is offered now
  for (const row of laidOut) {
    for (const { done } of row) {
      if (done !== undefined) for (const id of done) if (!presses.has(id)) presses.set(id, nothing);
    }
  }
  return presses;
}

/** Rows of buttons, as they are shown. */
export type LaidOut = readonly (readonly PlainButton[])[];

/** The press of a cell that does nothing, and of a button that asks for what is there already. */
export function nothing(): void {}

/** Makes the rows of a view: its blocks become rows of buttons. */
export async function layOut(rows: Rows | undefined, where: string): Promise<LaidOut> {
  const laidOut: (readonly PlainButton[])[] = [];
  for (const row of rows ?? []) {
    if (row === false || row === undefined || row === null) continue;
    if (isBlock(row)) {
      // most widgets have their rows at once
      const made = row.rows();
      const own = Array.isArray(made) ? made : await made;
      for (const each of own) if (each.length > 0) laidOut.push(each);
    } else if (isButton(row)) laidOut.push([row]);
    else if (Array.isArray(row)) {
      const buttons: PlainButton[] = [];
      for (const button of row) if (button) buttons.push(checked(button, where));
      if (buttons.length > 0) laidOut.push(buttons);
    } else throw invalidOption(`${where} rows`, 'buttons', shown(row));
  }
  return laidOut;
}

function isBlock(row: unknown): row is PlainBlock {
  return holds(row, '~block');
}

function isButton(row: unknown): row is PlainButton {
  return holds(row, '~button');
}

function checked(button: unknown, where: string): PlainButton {
  if (isButton(button)) return button;
  throw invalidOption(`${where} rows`, 'buttons', shown(button));
}
