/** Methods about chats: who is in them, topics, invitations. */
import { reject } from '../cloud/answer.ts';
import type { ChatRecord, Cloud, Membership } from '../cloud/cloud.ts';
import type { Call } from './contents.ts';
import { numberOf, textParameter } from './parameters.ts';
import { chatOf } from './target.ts';

/** Methods about chats, by name. */
export const chatMethods: Readonly<Record<string, (call: Call) => unknown>> = {
  getChat: ({ cloud, payload }) => ({
    ...chatOf(cloud, payload).chat,
    accent_color_id: 0,
    max_reaction_count: 11,
  }),
  getChatMember: ({ cloud, payload }) => {
    const record = chatOf(cloud, payload);
    const id = numberOf(payload, 'user_id') ?? Number.NaN;
    const membership = record.members.get(id);
    const known = cloud.users.has(id) || id === cloud.me.id;
    if (!known) return reject(400, 'Bad Request: user not found');
    return memberOf(cloud, id, membership ?? (record.chat.id === id ? 'member' : 'left'));
  },
  getChatAdministrators: ({ cloud, payload }) =>
    [...chatOf(cloud, payload).members]
      .filter(([, membership]) => membership === 'creator' || membership === 'administrator')
      .map(([id, membership]) => memberOf(cloud, id, membership)),
  getChatMemberCount: ({ cloud, payload }) => present(chatOf(cloud, payload)).length,
  leaveChat: ({ cloud, payload }) => setMember(chatOf(cloud, payload), cloud.me.id, 'left'),
  banChatMember: ({ cloud, payload }) =>
    setMember(chatOf(cloud, payload), numberOf(payload, 'user_id'), 'kicked'),
  unbanChatMember: ({ cloud, payload }) =>
    setMember(chatOf(cloud, payload), numberOf(payload, 'user_id'), 'left'),
  promoteChatMember: ({ cloud, payload }) =>
    setMember(chatOf(cloud, payload), numberOf(payload, 'user_id'), 'administrator'),
  restrictChatMember: ({ cloud, payload }) =>
    setMember(chatOf(cloud, payload), numberOf(payload, 'user_id'), 'member'),
  approveChatJoinRequest: ({ cloud, payload }) =>
    settleRequest(cloud, chatOf(cloud, payload), numberOf(payload, 'user_id'), 'member'),
  declineChatJoinRequest: ({ cloud, payload }) =>
    settleRequest(cloud, chatOf(cloud, payload), numberOf(payload, 'user_id'), 'left'),
  createForumTopic: ({ cloud, payload }) => {
    const record = chatOf(cloud, payload);
    const name = textParameter(payload, 'name') ?? '';
    if (record.chat['is_forum'] !== true && record.chat.type !== 'private')
      reject(400, 'Bad Request: the chat is not a forum');
    return { message_thread_id: openTopic(cloud, record, name), name, icon_color: 7_322_096 };
  },
  exportChatInviteLink: ({ cloud, payload }) => inviteLink(cloud, chatOf(cloud, payload)),
  createChatInviteLink: ({ cloud, payload }) => ({
    invite_link: inviteLink(cloud, chatOf(cloud, payload)),
    creator: cloud.me,
    creates_join_request: payload['creates_join_request'] === true,
    is_primary: false,
    is_revoked: false,
  }),
  getUserChatBoosts: ({ cloud, payload }) => {
    chatOf(cloud, payload);
    return { boosts: [] };
  },
};

/** A member of a chat as the Bot API describes it. */
export function memberOf(
  cloud: Cloud,
  id: number,
  status: Membership,
): Readonly<Record<string, unknown>> {
  const user = id === cloud.me.id ? cloud.me : cloud.users.get(id);
  return {
    user,
    status,
    ...(status === 'creator' || status === 'administrator' ? { is_anonymous: false } : {}),
    ...(status === 'administrator'
      ? {
          can_be_edited: false,
          can_manage_chat: true,
          can_delete_messages: true,
          can_invite_users: true,
        }
      : {}),
    ...(status === 'kicked' ? { until_date: 0 } : {}),
  };
}

/** Opens a topic and gives its number. */
export function openTopic(cloud: Cloud, record: ChatRecord, name: string): number {
  const thread = cloud.messageId(record.chat);
  record.topics.set(thread, name);
  return thread;
}

function present(record: ChatRecord): readonly number[] {
  if (record.chat.type === 'private') return [record.chat.id, 0];
  return [...record.members]
    .filter(([, membership]) => membership !== 'left' && membership !== 'kicked')
    .map(([id]) => id);
}

function setMember(record: ChatRecord, id: number | undefined, membership: Membership): true {
  if (id === undefined || Number.isNaN(id))
    return reject(400, 'Bad Request: invalid user_id specified');
  if (record.members.get(id) === 'creator') reject(400, "Bad Request: can't remove chat owner");
  record.members.set(id, membership);
  return true;
}

function settleRequest(
  cloud: Cloud,
  record: ChatRecord,
  id: number | undefined,
  membership: Membership,
): true {
  if (id === undefined || !cloud.requests.delete(`${record.chat.id}/${id}`))
    return reject(400, 'Bad Request: HIDE_REQUESTER_MISSING');
  return setMember(record, id, membership);
}

function inviteLink(cloud: Cloud, record: ChatRecord): string {
  return `https://t.me/+invite${Math.abs(record.chat.id)}x${cloud.next('invite link')}`;
}
