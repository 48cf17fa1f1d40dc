/** The users or the chat that a user picks if a button of the reply keyboard asks for them. */
import type { Cloud } from '../cloud/cloud.ts';
import type { RawButton, RawUser } from '../cloud/raw.ts';
import { complaint } from './complaint.ts';
import { message, type Sendable } from './sendable.ts';

/** Conditions of the two buttons (Bot API, KeyboardButtonRequestUsers and KeyboardButtonRequestChat). */
interface Request {
  readonly request_id: number;
  readonly max_quantity?: number;
  readonly user_is_bot?: boolean;
  readonly request_name?: boolean;
  readonly request_username?: boolean;
  readonly chat_is_channel?: boolean;
  readonly request_title?: boolean;
}

/**
 * Returns the users or chats that the user picks: the first ones of the test that the button allows.
 *
 * @returns `undefined` for a button that requests neither
 * @throws AssertionError if there is no such user or chat
 */
export function pickedBy(cloud: Cloud, user: RawUser, button: RawButton): Sendable | undefined {
  const users = button['request_users'] as Request | undefined;
  const chat = button['request_chat'] as Request | undefined;
  if (users !== undefined) return pickedUsers(cloud, user, button, users);
  return chat === undefined ? undefined : pickedChat(cloud, button, chat);
}

function pickedUsers(
  cloud: Cloud,
  user: RawUser,
  button: RawButton,
  { request_id, max_quantity = 1, user_is_bot, request_name, request_username }: Request,
): Sendable {
  const users = [...cloud.users.values()]
    .filter(({ id, is_bot }) => id !== user.id && is_bot === (user_is_bot ?? is_bot))
    .slice(0, max_quantity)
    .map(({ id, first_name, username }) => ({
      user_id: id,
      ...(request_name && { first_name }),
      ...(request_username && username !== undefined && { username }),
    }));
  if (users.length === 0) throw nothingFor(cloud, button, 'another user, with `user()`');
  return message({ users_shared: { request_id, users } });
}

function pickedChat(
  cloud: Cloud,
  button: RawButton,
  { request_id, chat_is_channel = false, request_title }: Request,
): Sendable {
  const fits = (type: string) => type !== 'private' && (type === 'channel') === chat_is_channel;
  const found = [...cloud.chats.values()].find(({ chat }) => fits(chat.type))?.chat;
  const kind = chat_is_channel ? 'a channel, with `channel()`' : 'a group, with `group()`';
  if (found === undefined) throw nothingFor(cloud, button, kind);
  const title = request_title && { title: found['title'] };
  return message({ chat_shared: { request_id, chat_id: found.id, ...title } });
}

function nothingFor(cloud: Cloud, button: RawButton, what: string): Error {
  const text = `The button [${button.text}] has nothing to pick: make ${what}.`;
  return complaint(cloud, text, { operator: 'taps' });
}
