/** Warns of inputs of which the code of a bot made no answer: only its author can mend it. Loaded with the first one that nobody observes. */

import { warn } from '../base/warning.ts';
import type { Runtime } from '../transaction/runtime.ts';

const warned = new WeakSet<Runtime>();

/** Warns of the first one: otherwise the author of a `validate` without a `return` sees only that each answer is invalid. */
export function warnOf(rt: Runtime, current: string | null, error: unknown): void {
  if (warned.has(rt)) return;
  warned.add(rt);
  const reason = error instanceof Error ? error.message : String(error);
  const more = `machine.observe('inputRejected', …) or DEBUG='telefsm:warn' reports each one.`;
  const message = `The bot rejected an answer at "${current}": ${reason} ${more}`;
  warn(message, 'TELEFSM_INPUT_REJECTED');
}
