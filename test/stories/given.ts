/** Hands a machine what the demo and the tests bring along, and nothing else. */

import type { Clock, FsmStorage } from '@telefsm/core';
import type { BotOptions } from './example.ts';

/** The options that an example's `setUp` accepts. */
export interface Given {
  readonly storage?: FsmStorage;
  readonly clock?: Clock;
}

/** Options of `fsm()` that were given; what was not is left to its defaults. */
export function given({ storage, clock }: BotOptions): Given {
  return { ...(storage && { storage }), ...(clock && { clock }) };
}
