/** How users and the bot come together and part: joining chats, blocking the bot, business connections. */
import type { Membership } from '../cloud/cloud.ts';
import type { RawChat, RawMessage } from '../cloud/raw.ts';
import { memberOf } from '../methods/chats.ts';
import type { TestBusiness, TestChat } from './chat.ts';
import { type Actor, did, privateChat } from './stage.ts';

/** Lets the user block the bot, or unblock it. */
export async function block(actor: Actor, blocked: boolean): Promise<void> {
  const { stage, user } = actor;
  const { cloud } = stage;
  did(cloud, user, undefined, blocked ? 'blocks the bot' : 'unblocks the bot');
  if (blocked) cloud.blocked.add(user.id);
  else cloud.blocked.delete(user.id);
  const [was, is]: readonly [Membership, Membership] = blocked
    ? ['member', 'kicked']
    : ['kicked', 'member'];
  const change = changed(actor, privateChat(user), cloud.me.id, was, is);
  await stage.deliver([cloud.number('my_chat_member', change)]);
}

/** Lets the user join a chat, or leave it: a change of membership, and in groups a message about it. */
export async function move(actor: Actor, chat: TestChat, joins: boolean): Promise<void> {
  const { stage, user } = actor;
  const { cloud } = stage;
  const address = chat['~address'](user);
  const record = cloud.record(address.chat);
  const was = record.members.get(user.id) ?? 'left';
  const is = joins ? 'member' : 'left';
  record.members.set(user.id, is);
  did(cloud, user, undefined, `${joins ? 'joins' : 'leaves'} ${cloud.where(address)}`);
  const updates = [cloud.number('chat_member', changed(actor, record.chat, user.id, was, is))];
  if (record.chat.type !== 'channel') {
    const message: RawMessage = {
      message_id: cloud.messageId(record.chat),
      from: user,
      chat: record.chat,
      date: cloud.date(),
      ...(joins ? { new_chat_members: [user] } : { left_chat_member: user }),
    };
    record.messages.set(message.message_id, { message });
    updates.push(cloud.number('message', message));
  }
  await stage.deliver(updates);
}

/** Lets the user ask to join a chat; returns whether the bot approved immediately. */
export async function askToJoin(
  { stage, user }: Actor,
  chat: TestChat,
): Promise<{ readonly approved: boolean }> {
  const { cloud } = stage;
  const address = chat['~address'](user);
  const record = cloud.record(address.chat);
  cloud.requests.add(`${address.chat.id}/${user.id}`);
  did(cloud, user, undefined, `asks to join ${cloud.where(address)}`);
  const request = { chat: record.chat, from: user, user_chat_id: user.id, date: cloud.date() };
  await stage.deliver([cloud.number('chat_join_request', request)]);
  return { approved: record.members.get(user.id) === 'member' };
}

/** Connects the bot to the user's business account. */
export async function connect({ stage, user }: Actor): Promise<TestBusiness> {
  const { cloud } = stage;
  const id = `business-${cloud.next('business')}`;
  const rights = { can_reply: true, can_read_messages: true };
  const connection = {
    id,
    user,
    user_chat_id: user.id,
    date: cloud.date(),
    rights,
    is_enabled: true,
  };
  cloud.connections.set(id, connection);
  did(cloud, user, undefined, 'connects the bot to the business account');
  await stage.deliver([cloud.number('business_connection', connection)]);
  return { id, '~address': (customer) => ({ chat: privateChat(customer), business: id }) };
}

/** A change of membership (Bot API, ChatMemberUpdated). */
function changed(
  { stage, user }: Actor,
  chat: RawChat,
  id: number,
  was: Membership,
  is: Membership,
): Readonly<Record<string, unknown>> {
  const { cloud } = stage;
  return {
    chat,
    from: user,
    date: cloud.date(),
    old_chat_member: memberOf(cloud, id, was),
    new_chat_member: memberOf(cloud, id, is),
  };
}
