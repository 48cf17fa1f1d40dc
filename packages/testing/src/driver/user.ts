/** Users of a test: what they do, and what they see. */

import type { ChatAddress } from '../cloud/chat-address.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Payload, RawUser } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { openTopic } from '../methods/chats.ts';
import { listOf } from '../methods/parameters.ts';
import type { TestBusiness, TestChat } from './chat.ts';
import { complaint } from './complaint.ts';
import { type Expected, expectNothing, expectShown, lastShown, screenOf } from './looking.ts';
import { askToJoin, block, connect, move } from './membership.ts';
import { deleteOwn, editOwn, react } from './messages.ts';
import { type Paid, pay } from './paying.ts';
import { press, type Tapped } from './pressing.ts';
import { partsOf, type Sendable } from './sendable.ts';
import { type Actor, did, privateChat, type Stage, write } from './stage.ts';
import { vote } from './voting.ts';

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
   * @throws AssertionError when there is no such button, or it sends the bot nothing (an address)
   */
  taps(label: string, on?: Shown): Promise<Tapped>;
  /** Edits the user's last text here, or the message with a number. */
  edits(text: string, of?: 'last' | number): Promise<void>;
  /** Deletes the user's last message here, or the one with a number; bots are notified in business chats only. */
  deletes(of?: 'last' | number): Promise<void>;
  /** Sets a reaction to the bot's last message, or to another; `undefined` takes it away. */
  reacts(emoji: string | undefined, to?: Shown): Promise<void>;
  /**
   * Votes in the newest poll of the bot, or in the one shown: for an option, or for several in a list. A second vote replaces the first;
   * `undefined` takes it back.
   *
   * @throws AssertionError for a vote that the poll does not accept
   */
  votes(options: string | readonly string[] | undefined, on?: Shown): Promise<void>;
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
  /** Asks to join a group or channel. Returns whether the bot approved immediately. */
  asksToJoin(chat: TestChat): Promise<{ readonly approved: boolean }>;
  /** Blocks the bot, which can then no longer write to this user. */
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
  /** The messages of the bot that are here now, as they look now, oldest first: edited ones once, deleted ones not at all. */
  screen(): readonly Shown[];
  /** The same user in a topic of the private chat, by its name; opened when it is new. */
  topic(name: string): TestUser;
  /** The same user in another chat. */
  in(chat: TestChat | TestBusiness): TestUser;
}

/** Puts a user on the stage. */
export function makeUser(
  stage: Stage,
  user: RawUser,
  address: ChatAddress = { chat: privateChat(user) },
): TestUser {
  const { cloud } = stage;
  const actor: Actor = { stage, user, address };

  return {
    id: user.id,
    name: user.first_name,
    raw: user,
    async sends(what) {
      if (
        cloud.blocked.has(user.id) &&
        address.chat.type === 'private' &&
        address.business === undefined
      ) {
        throw complaint(
          cloud,
          `${user.first_name} has blocked the bot and must call unblocks() before writing.`,
          { operator: 'sends' },
        );
      }
      await write(stage, user, address, partsOf(what, { cloud, user }));
    },
    taps: (label, on) => press(stage, user, address, label, on),
    edits: (text, of) => editOwn(actor, text, of),
    deletes: (of) => deleteOwn(actor, of),
    reacts: (emoji, to = lastShown(cloud, user, address)) => react(actor, emoji, to),
    votes: (options, on) => vote(actor, options, on),
    pays: (on) => pay(stage, user, address, on),
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
    joins: (chat) => move(actor, chat, true),
    leaves: (chat) => move(actor, chat, false),
    asksToJoin: (chat) => askToJoin(actor, chat),
    blocks: () => block(actor, true),
    unblocks: () => block(actor, false),
    connects: () => connect(actor),
    sees: (expected) => expectShown(cloud, user, address, expected),
    seesNothing: () => expectNothing(cloud, user, address),
    get last() {
      return lastShown(cloud, user, address);
    },
    screen: () => screenOf(cloud, address),
    topic(name) {
      const chat = privateChat(user);
      const record = cloud.record(chat);
      const known = [...record.topics].find(([, title]) => title === name)?.[0];
      const thread = known ?? openTopic(cloud, record, name);
      return makeUser(stage, user, { chat, thread });
    },
    in: (chat) => makeUser(stage, user, enter(cloud, user, chat['~address'](user))),
  };
}

/** A user who writes in a group is a member of it. */
function enter(cloud: Cloud, user: RawUser, address: ChatAddress): ChatAddress {
  const record = cloud.record(address.chat, address.business);
  if (address.business === undefined && !record.members.has(user.id))
    record.members.set(user.id, 'member');
  return address;
}
