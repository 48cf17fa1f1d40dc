/** The identity of the bot: the default one, and the one of its token. */
import type { Cloud } from './cloud.ts';
import type { RawUser } from './raw.ts';

/** A bot with an id (Bot API, getMe). */
export function identity(id: number): RawUser {
  return {
    id,
    is_bot: true,
    first_name: 'Bot',
    username: 'test_bot',
    can_join_groups: true,
    can_read_all_group_messages: true,
    supports_inline_queries: true,
    can_connect_to_business: true,
    has_main_web_app: false,
    has_topics_enabled: true,
    allows_users_to_create_topics: true,
  };
}

/** The id that a token begins with; 1 for a token that begins with none. */
export function idInToken(token: string): number {
  const id = Number.parseInt(token, 10);
  return Number.isNaN(id) ? 1 : id;
}

/** Gives the bot the id of its token, also in the chats that it is in already. */
export function takeIdentity(cloud: Cloud, token: string): void {
  const id = idInToken(token);
  for (const { members } of cloud.chats.values()) {
    const membership = members.get(cloud.me.id);
    if (membership === undefined) continue;
    members.delete(cloud.me.id);
    members.set(id, membership);
  }
  cloud.me = { ...cloud.me, id };
}
