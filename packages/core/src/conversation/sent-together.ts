/** Messages that one call or one text has sent together: an album, or a long text in parts. */

import { isSent, type Sent } from './outgoing.ts';

/** The messages before the last one. The last one is returned as Telegram has sent it. */
const before = /* @__PURE__ */ new WeakMap<object, readonly number[]>();

/** Returns the last of several messages, and notes the others beside it; any other value as it is. */
export function lastSent<T>(sent: T): T {
  if (!Array.isArray(sent)) return sent;
  const last = sent.at(-1);
  const others = sent.slice(0, -1).filter(isSent);
  const ids = others.map(({ message_id }) => message_id);
  if (isSent(last) && ids.length > 0) before.set(last, ids);
  return last;
}

/** Returns the ids of the messages that were sent together with this one, before it; `undefined` if there are none. */
export function sentBefore(sent: Sent): readonly number[] | undefined {
  return before.get(sent);
}
