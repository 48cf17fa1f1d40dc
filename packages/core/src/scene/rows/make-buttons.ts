/** The parts that widgets are made of: buttons, cells that do nothing, and what a press does. */

import { checkOption } from '#option-checks';
import { anyText } from '../../base/rules.ts';
import type { Leading, Next, Transition, Verb } from '../transition.ts';
import { dash } from './buttons.ts';
import { blankId, nothing, type PlainBlock, type PlainButton, type Press } from './rows.ts';
import { pressable, visible } from './widget-rules.ts';

/** A handler of any widget. */
export type LooseHandler = (turn: never) => Next;

/** {@link After} of any widget. */
export interface LooseAfter {
  readonly after?: (value: never, turn: never) => Next;
}

/** A button whose press reaches the bot. */
export function button(id: string, label: string, press: Press, leads?: Leading): PlainButton {
  checkOption('label of the button', label, anyText, id);
  return { '~button': id, label: label || dash, press, leads };
}

/** A cell that says something and does nothing. */
export function blank(label: string): PlainButton {
  checkOption('label of a button', label, anyText);
  return { '~button': blankId, label: label || dash, press: nothing };
}

/** A button whose press does not reach the bot, such as a link. */
export function plain(label: string, fields: object): PlainButton {
  checkOption('label of a button', label, anyText);
  return { '~button': '', label: label || dash, fields };
}

/** A button with a transition or a handler. */
export function acting(id: string, label: string, act: Transition | LooseHandler): PlainButton {
  // the label first, since an id that was left out moves the others
  checkOption('label of the button', label, anyText, id);
  checkOption('press of the button', act, pressable, id);
  checkOption('id of a button', id, visible);
  if (typeof act !== 'function') return button(id, label, () => act, (act as Verb).leads);
  return button(id, label, (pressed) => act(pressed.turn()));
}

/** Sets a value, and then does what the widget's `after` says. */
export function setting(key: string, value: unknown, { after }: LooseAfter): Press {
  return (pressed) => {
    pressed.patch({ [key]: value });
    return after?.(value as never, pressed.turn());
  };
}

/** Moves a widget. */
export function moving(widget: string, position: string | number): Press {
  return (pressed) => pressed.move(widget, position);
}

/** Rows that are made when the view is shown. */
export function block(rows: PlainBlock['rows']): PlainBlock {
  return { '~block': '', rows };
}
