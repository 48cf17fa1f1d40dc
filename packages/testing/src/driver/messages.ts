/** Actions of users on existing messages: editing and deleting their own, reacting. */
import { addressOf, sameAddress } from '../cloud/chat-address.ts';
import type { RawMessage } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { complaint } from './complaint.ts';
import { partsOf } from './sendable.ts';
import { type Actor, did, typeFor } from './stage.ts';

/** Edits a message of the user. */
export async function editOwn(
  actor: Actor,
  text: string,
  of: 'last' | number | undefined,
): Promise<void> {
  const { stage, user, address } = actor;
  const { cloud } = stage;
  const message = own(actor, of, 'edit');
  const [field, entitiesField] =
    message.text === undefined ? ['caption', 'caption_entities'] : ['text', 'entities'];
  const { entities: _, caption_entities: __, ...rest } = message;
  const found = partsOf(text, { cloud, user })[0]?.['entities'];
  const edited: RawMessage = {
    ...(rest as RawMessage),
    [field]: text,
    ...(found === undefined ? {} : { [entitiesField]: found }),
    edit_date: cloud.date(),
  };
  recordOf(actor).messages.set(message.message_id, { message: edited });
  did(cloud, user, address, `edits: ${text}`);
  await stage.deliver([cloud.number(typeFor(address, 'edited'), structuredClone(edited))]);
}

/** Deletes a message of the user; only business chats notify the bot. */
export async function deleteOwn(actor: Actor, of: 'last' | number | undefined): Promise<void> {
  const { stage, user, address } = actor;
  const { message_id, chat } = own(actor, of, 'delete');
  recordOf(actor).messages.delete(message_id);
  did(stage.cloud, user, address, 'deletes a message');
  if (address.business === undefined) return;
  const deleted = { business_connection_id: address.business, chat, message_ids: [message_id] };
  await stage.deliver([stage.cloud.number('deleted_business_messages', deleted)]);
}

/** Sets the user's reaction to a message, or takes it away. */
export async function react(
  { stage, user, address }: Actor,
  emoji: string | undefined,
  to: Shown,
): Promise<void> {
  const { cloud } = stage;
  did(cloud, user, address, emoji === undefined ? 'takes the reaction away' : `reacts ${emoji}`);
  const key = `${address.chat.id}/${to.message_id}/${user.id}`;
  const list = (each: string | undefined) =>
    each === undefined ? [] : [{ type: 'emoji', emoji: each }];
  const reaction = {
    chat: to.message.chat,
    message_id: to.message_id,
    user,
    date: cloud.date(),
    old_reaction: list(cloud.reactions.get(key)),
    new_reaction: list(emoji),
  };
  if (emoji === undefined) cloud.reactions.delete(key);
  else cloud.reactions.set(key, emoji);
  await stage.deliver([cloud.number('message_reaction', reaction)]);
}

function own(actor: Actor, of: 'last' | number | undefined, verb: string): RawMessage {
  const { stage, user, address } = actor;
  const mine = (message: RawMessage) =>
    (message.from?.id === user.id || address.chat.type === 'channel') &&
    sameAddress(addressOf(message), address);
  const found = [...recordOf(actor).messages.values()].findLast(({ message }) =>
    typeof of === 'number' ? message.message_id === of : mine(message),
  );
  if (found === undefined) {
    throw complaint(stage.cloud, `${user.first_name} has no message here to ${verb}.`, {
      operator: verb,
    });
  }
  return found.message;
}

function recordOf({ stage, address }: Actor) {
  return stage.cloud.record(address.chat, address.business);
}
