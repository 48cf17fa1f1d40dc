/** The parts of a conversation's key, for people. */

import { parseKey } from '@telefsm/core/tools';

/** Names the parts of a key; nothing for a key of another machine. */
export function partsOf(key: string): readonly (readonly [string, string])[] {
  const parts = parseKey(key);
  if (parts === undefined) return [];
  const { bot, business, scope } = parts;
  const all = {
    bot,
    business,
    chat: scope.chat,
    topic: scope.thread,
    user: scope.user,
    custom: scope.custom,
  };
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
}
