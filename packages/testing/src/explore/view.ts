/** Views in an exploration: which button a press is of, and whether a view leaves its user anything to do. */

import { boundTo } from '@telefsm/core/scene-kit';
import { describeMachine, lookAt, type MovedBy, movedBy } from '@telefsm/core/tools';
import type { ExploredMachine } from './explored.ts';
import type { Move } from './move.ts';

/**
 * Names what a move calls or presses; `undefined` for other moves.
 *
 * @param key - of the conversation, if it is known
 * @param pressed - the callback data of a button at hand
 */
export async function causeOf(
  move: Move,
  key: string | undefined,
  machine: ExploredMachine | undefined,
  pressed: (label: string, back: number) => unknown,
): Promise<MovedBy | undefined> {
  if (move.do === 'sends') {
    const [name] = /^\/\w+/.exec(move.text) ?? [];
    return name === undefined ? undefined : { kind: 'command', name };
  }
  if (move.do !== 'taps') return undefined;
  const { label, back } = move;
  const data = pressed(label, back);
  const rows = (await look(machine, key))?.view?.rows ?? [];
  const button = rows.flat().find((each) => each.data === data && data !== undefined);
  if (button !== undefined) return movedBy(button);
  // a stale button of a view leads nowhere, and what the buttons of a flow do is drawn by its steps
  const isOfScene = typeof data === 'string' && boundTo(data) !== undefined;
  return isOfScene ? undefined : { kind: 'button', name: label, label };
}

/** The ids of views that only their buttons lead out of: they take no message and have no timeout. */
export function onlyButtons(machine: ExploredMachine | undefined): ReadonlySet<string | null> {
  const scenes = machine === undefined ? [] : describeMachine(machine).scenes;
  const others: readonly string[] = ['accepts', 'timeout'];
  const found = scenes.filter(({ details }) => {
    const known = Object.entries(details).filter(([, value]) => value !== undefined);
    return 'view' in details && !known.some(([name]) => others.includes(name));
  });
  return new Set(found.map(({ id }) => id));
}

/** Whether the view of a conversation has no button. */
export async function isBare(
  machine: ExploredMachine | undefined,
  key: string | undefined,
): Promise<boolean> {
  const { view } = (await look(machine, key)) ?? {};
  if (view === undefined) return false;
  return view.rows.flat().every(({ data, widget }) => data === undefined || widget === 'cell');
}

/** Looks at a conversation; what its view throws is found when it is shown. */
async function look(machine: ExploredMachine | undefined, key: string | undefined) {
  return machine === undefined || key === undefined
    ? undefined
    : lookAt(machine, key).catch(() => undefined);
}
