/** Users of a test: what they do, and what they see. */
import type { Cloud } from '../cloud/cloud.ts';
import { type Place, placeOf, samePlace } from '../cloud/place.ts';
import type { Payload, RawMessage, RawUser } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { memberOf } from '../methods/chats.ts';
import { listOf, objectOf } from '../methods/parameters.ts';
import type { TestBusiness, TestChat } from './chat.ts';
import { complaint } from './complaint.ts';
import { allShown, type Expected, expectNothing, expectShown } from './looking.ts';
import { type Paid, pay } from './paying.ts';
import { press, type Tapped } from './pressing.ts';
import { partsOf, type Sendable } from './sendable.ts';
import { did, privateChat, type Stage, typeFor, write } from './stage.ts';

/**
 * A user in a chat, at first in the private one with the bot.
 *
 * Every action resolves when the bot has finished with it, and rejects with what the bot throws and does not handle.
 */
export interface TestUser {
  /** The user's id, which is the private chat's id too. */
  readonly id: number;
  /** The first name. */
  readonly name: string;
  /** The user as Telegram sends it. */
  readonly raw: RawUser;
  /** Writes a text, a command (`"/start"`) or something of another kind. */
  sends(what: string | Sendable): Promise<void>;
  /**
   * Presses the newest button with this label: under a message (a callback query) or of the reply keyboard (a message).
   *
   * With `on`, presses the button of that message as it was seen, even if it has been edited or deleted since.
   *
   * @throws AssertionError when there is no such button, or it tells the bot nothing (an address)
   */
  taps(label: string, on?: Shown): Promise<Tapped>;
  /** Edits the user's last text here, or the message with a number. */
  edits(text: string, of?: 'last' | number): Promise<void>;
  /** Deletes the user's last message here, or the one with a number; bots hear of it in business chats only. */
  deletes(of?: 'last' | number): Promise<void>;
  /** Sets a reaction to the bot's last message, or to another; `undefined` takes it away. */
  reacts(emoji: string | undefined, to?: Shown): Promise<void>;
  /** Votes in the newest poll of the bot, or in the one shown. */
  votes(option: string, on?: Shown): Promise<void>;
  /** Pays the newest invoice, or the one shown. */
  pays(on?: Shown): Promise<Paid>;
  /** Types `@bot text` and gives back the results that the bot offers. */
  queries(text: string, offset?: string): Promise<readonly Payload[]>;
  /** Chooses one of the results of the last {@link TestUser.queries}, by its id. */
  chooses(resultId: string, query?: string): Promise<void>;
  /** Joins a group or channel. */
  joins(chat: TestChat): Promise<void>;
  /** Leaves a group or channel. */
  leaves(chat: TestChat): Promise<void>;
  /** Asks to join a group or channel; gives back whether the bot let the user in at once. */
  asksToJoin(chat: TestChat): Promise<{ readonly approved: boolean }>;
  /** Blocks the bot: it can write to this user no more. */
  blocks(): Promise<void>;
  /** Lets the bot write again. */
  unblocks(): Promise<void>;
  /** Connects the bot to this user's business account; other users write to it with `customer.in(business)`. */
  connects(): Promise<TestBusiness>;
  /**
   * Finds a message that the bot has shown here since this user last did something: its whole text, a pattern in it, or some of its members.
   *
   * @throws AssertionError with the transcript when there is none
   */
  sees(expected: Expected): Shown;
  /** Checks that the bot has shown nothing here since this user last did something. */
  seesNothing(): void;
  /** The last message that the bot has shown here. */
  readonly last: Shown;
  /** The same user in another chat. */
  in(chat: TestChat | TestBusiness): TestUser;
}

/** Puts a user on the stage. */
export function makeUser(
  stage: Stage,
  user: RawUser,
  place: Place = { chat: privateChat(user) },
): TestUser {
  const { cloud } = stage;
  const record = () => cloud.record(place.chat, place.business);

  function ownMessage(of: 'last' | number | undefined, verb: string): RawMessage {
    const messages = [...record().messages.values()].map(({ message }) => message);
    const mine = (message: RawMessage) =>
      (message.from?.id === user.id || place.chat.type === 'channel') &&
      samePlace(placeOf(message), place);
    const found = messages.findLast((message) =>
      typeof of === 'number' ? message.message_id === of : mine(message),
    );
    if (found === undefined)
      throw complaint(cloud, `${user.first_name} has no message here to ${verb}.`, {
        operator: verb,
      });
    return found;
  }

  /** Changes the bot's or the user's own belonging to a chat. */
  function membership(
    type: 'my_chat_member' | 'chat_member',
    chat: Place['chat'],
    id: number,
    from: string,
    to: string,
  ): [string, unknown] {
    const member = (status: string) => memberOf(cloud, id, status as never);
    return [
      type,
      {
        chat,
        from: user,
        date: cloud.date(),
        old_chat_member: member(from),
        new_chat_member: member(to),
      },
    ];
  }

  async function block(blocked: boolean): Promise<void> {
    did(cloud, user, undefined, blocked ? 'blocks the bot' : 'unblocks the bot');
    if (blocked) cloud.blocked.add(user.id);
    else cloud.blocked.delete(user.id);
    const [was, is] = blocked ? (['member', 'kicked'] as const) : (['kicked', 'member'] as const);
    await stage.deliver([
      cloud.number(...membership('my_chat_member', privateChat(user), cloud.me.id, was, is)),
    ]);
  }

  async function move(chat: TestChat, joins: boolean): Promise<void> {
    const at = chat['~place'](user);
    const there = cloud.record(at.chat);
    const was = there.members.get(user.id) ?? 'left';
    there.members.set(user.id, joins ? 'member' : 'left');
    const updates = [
      cloud.number(
        ...membership('chat_member', there.chat, user.id, was, joins ? 'member' : 'left'),
      ),
    ];
    did(cloud, user, undefined, `${joins ? 'joins' : 'leaves'} ${cloud.where(at)}`);
    if (there.chat.type !== 'channel') {
      const service = joins ? { new_chat_members: [user] } : { left_chat_member: user };
      const message: RawMessage = {
        message_id: cloud.messageId(there.chat),
        from: user,
        chat: there.chat,
        date: cloud.date(),
        ...service,
      };
      there.messages.set(message.message_id, { message });
      updates.push(cloud.number('message', message));
    }
    await stage.deliver(updates);
  }

  return {
    id: user.id,
    name: user.first_name,
    raw: user,
    async sends(what) {
      if (
        cloud.blocked.has(user.id) &&
        place.chat.type === 'private' &&
        place.business === undefined
      ) {
        throw complaint(
          cloud,
          `${user.first_name} has blocked the bot and must call unblocks() before writing.`,
          { operator: 'sends' },
        );
      }
      await write(stage, user, place, partsOf(what, { cloud, user }));
    },
    taps: (label, on) => press(stage, user, place, label, on),
    async edits(text, of) {
      const message = ownMessage(of, 'edit');
      const field = message.text === undefined ? 'caption' : 'text';
      const { entities: _, caption_entities: __, ...rest } = message;
      const [written] = partsOf(text, { cloud, user });
      const marked =
        written?.['entities'] === undefined
          ? {}
          : { [field === 'text' ? 'entities' : 'caption_entities']: written['entities'] };
      const edited = { ...(rest as RawMessage), [field]: text, ...marked, edit_date: cloud.date() };
      record().messages.set(message.message_id, { message: edited });
      did(cloud, user, place, `edits: ${text}`);
      await stage.deliver([cloud.number(typeFor(place, 'edited'), structuredClone(edited))]);
    },
    async deletes(of) {
      const { message_id, chat } = ownMessage(of, 'delete');
      record().messages.delete(message_id);
      did(cloud, user, place, 'deletes a message');
      if (place.business === undefined) return;
      const deleted = { business_connection_id: place.business, chat, message_ids: [message_id] };
      await stage.deliver([cloud.number('deleted_business_messages', deleted)]);
    },
    async reacts(emoji, to = lastShown(cloud, user, place)) {
      did(cloud, user, place, emoji === undefined ? 'takes the reaction away' : `reacts ${emoji}`);
      const key = `${place.chat.id}/${to.message_id}/${user.id}`;
      const list = (each: string | undefined) =>
        each === undefined ? [] : [{ type: 'emoji', emoji: each }];
      const body = {
        chat: to.message.chat,
        message_id: to.message_id,
        user,
        date: cloud.date(),
        old_reaction: list(cloud.reactions.get(key)),
        new_reaction: list(emoji),
      };
      if (emoji === undefined) cloud.reactions.delete(key);
      else cloud.reactions.set(key, emoji);
      await stage.deliver([cloud.number('message_reaction', body)]);
    },
    async votes(option, on) {
      const shown = on ?? allShown(cloud, place).findLast(({ kind }) => kind === 'poll');
      const poll =
        shown === undefined
          ? undefined
          : objectOf(record().messages.get(shown.message_id)?.message ?? shown.message, 'poll');
      const options =
        poll === undefined
          ? []
          : (listOf(poll, 'options') as readonly {
              readonly text: string;
              readonly voter_count: number;
            }[]);
      const index = options.findIndex(({ text }) => text === option);
      if (shown === undefined || poll === undefined || index < 0) {
        throw complaint(
          cloud,
          `${user.first_name} cannot vote for '${option}': ${options.length === 0 ? 'there is no poll' : `the options are ${options.map(({ text }) => text).join(', ')}`}.`,
          { operator: 'votes' },
        );
      }
      did(cloud, user, place, `votes for ${option}`);
      const voted = {
        ...poll,
        options: options.map((each, at) => ({
          ...each,
          voter_count: each.voter_count + (at === index ? 1 : 0),
        })),
        total_voter_count: Number(poll['total_voter_count']) + 1,
      };
      const kept = record().messages.get(shown.message_id);
      if (kept !== undefined) kept.message = { ...kept.message, poll: voted };
      const answer = {
        poll_id: poll['id'],
        user,
        option_ids: [index],
        option_persistent_ids: [String(index)],
      };
      const updates = [cloud.number('poll', voted)];
      if (poll['is_anonymous'] === false) updates.push(cloud.number('poll_answer', answer));
      await stage.deliver(updates);
    },
    pays: (on) => pay(stage, user, place, on),
    async queries(text, offset = '') {
      did(cloud, user, undefined, `types @${String(cloud.me['username'] ?? 'bot')} ${text}`);
      const id = `inline-${cloud.next('inline')}`;
      const query = { id, kind: 'inline' as const, user, answer: undefined as Payload | undefined };
      cloud.queries.set(id, query);
      await stage.deliver([
        cloud.number('inline_query', { id, from: user, query: text, offset, chat_type: 'sender' }),
      ]);
      return query.answer === undefined
        ? []
        : (listOf(query.answer, 'results') as readonly Payload[]);
    },
    async chooses(result_id, query = '') {
      did(cloud, user, undefined, `chooses ${result_id}`);
      const inline_message_id = `inline-${cloud.next('inline message')}`;
      await stage.deliver([
        cloud.number('chosen_inline_result', { result_id, from: user, query, inline_message_id }),
      ]);
    },
    joins: (chat) => move(chat, true),
    leaves: (chat) => move(chat, false),
    async asksToJoin(chat) {
      const at = chat['~place'](user);
      cloud.requests.add(`${at.chat.id}/${user.id}`);
      did(cloud, user, undefined, `asks to join ${cloud.where(at)}`);
      const request = {
        chat: cloud.record(at.chat).chat,
        from: user,
        user_chat_id: user.id,
        date: cloud.date(),
      };
      await stage.deliver([cloud.number('chat_join_request', request)]);
      return { approved: cloud.record(at.chat).members.get(user.id) === 'member' };
    },
    blocks: () => block(true),
    unblocks: () => block(false),
    async connects() {
      const id = `business-${cloud.next('business')}`;
      const connection = {
        id,
        user,
        user_chat_id: user.id,
        date: cloud.date(),
        rights: { can_reply: true, can_read_messages: true },
        is_enabled: true,
      };
      cloud.connections.set(id, connection);
      did(cloud, user, undefined, 'connects the bot to the business account');
      await stage.deliver([cloud.number('business_connection', connection)]);
      return { id, '~place': (customer) => ({ chat: privateChat(customer), business: id }) };
    },
    sees: (expected) => expectShown(cloud, user, place, expected),
    seesNothing: () => expectNothing(cloud, user, place),
    get last() {
      return lastShown(cloud, user, place);
    },
    in: (chat) => makeUser(stage, user, enter(cloud, user, chat['~place'](user))),
  };
}

/** Whoever writes in a group is a member of it. */
function enter(cloud: Cloud, user: RawUser, place: Place): Place {
  const record = cloud.record(place.chat, place.business);
  if (place.business === undefined && !record.members.has(user.id))
    record.members.set(user.id, 'member');
  return place;
}

function lastShown(cloud: Cloud, user: RawUser, place: Place): Shown {
  const last = allShown(cloud, place).at(-1);
  if (last === undefined)
    throw complaint(cloud, `The bot has shown nothing to ${user.first_name} here.`, {
      operator: 'last',
    });
  return last;
}
