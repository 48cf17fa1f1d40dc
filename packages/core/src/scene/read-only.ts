/** The turn of code that only shows something. */

import { frozenData } from '../base/json.ts';
import type { SessionAskTurn, SessionTurn } from '../conversation/turn.ts';

/** A turn whose session is a frozen copy: a change of it is rejected with `DATA_FROZEN`. */
export function readOnly(turn: SessionTurn<object>): SessionAskTurn {
  return Object.create(turn, { session: { get: () => frozenData(turn.session, 'session') } });
}
