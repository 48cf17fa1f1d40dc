/** Causes of moves from one state to another, for diagrams. */

import type { SeenButton, SeenWidget } from './look.ts';

/** The cause of a move from one state to another: a button of a view or of the bot's own, a command, a deadline. */
export interface MovedBy {
  readonly kind: Exclude<SeenWidget, 'cell'> | 'command' | 'deadline';
  /** Id of the button, key of the widget's data, the command with its slash; empty for a deadline. */
  readonly name: string;
  /** Label of the button. */
  readonly label?: string;
  /** Id of the list whose item the button is; which item makes no difference. */
  readonly list?: string;
}

/** Names a button of a view as what leads somewhere; `undefined` for a cell that does nothing. */
export function movedBy({ widget, name, label, list }: SeenButton): MovedBy | undefined {
  if (widget === 'cell') return undefined;
  if (list !== undefined) return { kind: widget, name: list, list };
  return widget === 'button' ? { kind: widget, name, label } : { kind: widget, name };
}
