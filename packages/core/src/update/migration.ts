/** A group that becomes a supergroup gets another id, and its conversations other keys. */

import { keyOf, parseKey } from './key.ts';
import { idIn, objectIn, type RawUpdate, whole } from './raw-update.ts';

/** A group that has become a supergroup, with its ids before and after. */
export interface Migration {
  readonly from: number;
  readonly to: number;
}

/**
 * Begins the keys of a chat, for listing a storage.
 *
 * `c-5` also begins `c-50`: compare `parseKey`, or use {@link migratedKey}, which does.
 */
export function chatPrefix(namespace: string, bot: number, chat: number): string {
  return keyOf(namespace, bot, undefined, { chat });
}

/** Recognises both service messages that tell of a group becoming a supergroup. */
export function migrationOf(update: RawUpdate): Migration | undefined {
  const message = objectIn(update, 'message');
  if (message === undefined) return undefined;
  const { migrate_to_chat_id, migrate_from_chat_id } = message;
  if (migrate_to_chat_id === undefined && migrate_from_chat_id === undefined) return undefined;
  const chat = idIn(message, 'chat');
  const to = whole(migrate_to_chat_id);
  const from = whole(migrate_from_chat_id);
  if (chat === undefined) return undefined;
  if (to !== undefined) return { from: chat, to };
  return from === undefined ? undefined : { from, to: chat };
}

/** The key of a conversation after its group has become a supergroup; `undefined` for a key of another chat. */
export function migratedKey(key: string, { from, to }: Migration): string | undefined {
  const parts = parseKey(key);
  if (parts === undefined || parts.scope.chat !== from) return undefined;
  const { namespace, bot, business, scope } = parts;
  // Anonymous administrators are keyed by the group itself.
  const user = scope.user === from ? to : scope.user;
  return keyOf(namespace, bot, business, { ...scope, chat: to, user });
}
