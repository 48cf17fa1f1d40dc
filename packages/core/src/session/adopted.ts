/** Sessions of an earlier store: which conversation they belong to. */

import type { SessionAccess } from '../state/context.ts';
import { parseKey } from '../update/key.ts';

/**
 * Whether an old session belongs to this conversation alone, and may be moved. Each other conversation begins with a copy: that of a member of a
 * group, or of a topic. So does a chat of a business connection, to which grammY gives the key of the user's own chat.
 */
export function isOnlyOf({ key, scope }: SessionAccess, oldKey: string | undefined): boolean {
  const { user, chat = user, thread, custom } = scope ?? {};
  const old = String(oldKey);
  // if the bot makes the keys, a key is the custom part of the scope
  if (custom !== undefined) return custom === old;
  if (thread !== undefined || parseKey(key ?? '')?.business !== undefined) return false;
  // grammY's key is the chat; an anonymous administrator is the chat, too
  const isWhole = user === undefined || (user === chat && user > 0);
  return old === `${user ?? chat}:${chat}` || (isWhole && old === `${chat}`);
}
