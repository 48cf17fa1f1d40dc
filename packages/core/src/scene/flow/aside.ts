/** Messages that ask something else until the question is asked again or answered. Loaded with the first one. */

import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import { type ActiveFlow, note, tidy } from './active-flow.ts';
import type { FlowMemo } from './memo.ts';

/** Asks in place of the question. The flow cleans up the message as it does with its prompts. */
export function askAside(
  active: ActiveFlow,
  aside: NonNullable<FlowMemo['aside']>,
  say: OutgoingMessage,
): void {
  const { plan, run, memo } = active;
  // the message to somebody else is still the question's
  if ((plan.options.prompts ?? 'keep') === 'keep' || memo.elsewhere !== undefined) {
    note(active, { aside });
    run.say(say);
    return;
  }
  tidy(active);
  note(active, { aside, sent: 0 });
  run.ask({ instead: say });
}
