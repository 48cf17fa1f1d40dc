/** The command or the button in an update. */

import { boundTo } from '@telefsm/core/scene-kit';
import type { MovedBy } from '@telefsm/core/tools';
import { labelOf, type Press } from './chat-log.ts';

/** Names the cause of a move by the id of the update that was handled. */
export function causesIn(server: {
  readonly updates: readonly RawCause[];
}): (id: number, buttons: ReadonlyMap<string, MovedBy>) => MovedBy | undefined {
  return (id, buttons) => {
    const update = server.updates.findLast(({ update_id }) => update_id === id);
    return update && causeIn(update, buttons);
  };
}

/**
 * Names the command or button of an update; `undefined` for other updates.
 *
 * @param buttons - those of views, by their callback data
 */
function causeIn(
  { message, callback_query: press }: RawCause,
  buttons: ReadonlyMap<string, MovedBy>,
): MovedBy | undefined {
  const [command] = /^\/\w+/.exec(message?.text ?? '') ?? [];
  if (command !== undefined) return { kind: 'command', name: command };
  if (press === undefined) return undefined;
  const data = String(press.data);
  // a stale button of a view leads nowhere, and what the buttons of a flow do is drawn by its steps
  if (boundTo(data) !== undefined) return buttons.get(data);
  const label = labelOf(press);
  return { kind: 'button', name: label, label };
}

/** An update, as far as it is looked at. */
interface RawCause {
  readonly update_id?: number;
  readonly message?: { readonly text?: string };
  readonly callback_query?: Press;
}
