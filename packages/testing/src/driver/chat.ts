/** Chats of a test: groups with topics, channels, business accounts. */

import { addressOf, type ChatAddress } from '../cloud/chat-address.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { RawChat, RawUser } from '../cloud/raw.ts';
import { type Shown, shownOf } from '../cloud/screen.ts';
import { openTopic } from '../methods/chats.ts';
import { partsOf, type Sendable } from './sendable.ts';
import { type Stage, typeFor, write } from './stage.ts';

/** A group, a topic of one, or a channel. */
export interface TestChat {
  /** The chat's id. */
  readonly id: number;
  /** The topic's number, in a topic. */
  readonly thread: number | undefined;
  /** A topic of this group by its name, opened when it is new; the group becomes a forum. */
  topic(name: string): TestChat;
  /** The direct messages of this channel: each user writes in a topic of their own, and the bot answers with `direct_messages_topic_id`. */
  directMessages(): TestChat;
  /** The current messages of the bot here, as they look now. */
  readonly messages: readonly Shown[];
  /** Publishes something in this channel, in its own name. */
  posts(what: string | Sendable): Promise<void>;
  /** Edits the last post of this channel. */
  edits(text: string): Promise<void>;
  /** Turns a basic group into a supergroup with another id, as Telegram does with growing groups, and gives that one. */
  migrates(): Promise<TestChat>;
  /** Where users of this chat write; read by the driver. */
  readonly '~address': (user: RawUser) => ChatAddress;
}

/** A business account that the bot is connected to. */
export interface TestBusiness {
  /** The id of the connection. */
  readonly id: string;
  /** Where customers write; read by the driver. */
  readonly '~address': (customer: RawUser) => ChatAddress;
}

/** Puts a chat on the stage. */
export function makeChat(stage: Stage, chat: RawChat, thread?: number): TestChat {
  const { cloud } = stage;
  const record = () => cloud.record(chat);
  const address = (): ChatAddress => ({
    chat: record().chat,
    ...(thread === undefined ? {} : { thread }),
  });
  /** Posts of a channel have no user; this one stands for it in the transcript. */
  const publisher = (): RawUser => ({
    id: chat.id,
    is_bot: false,
    first_name: cloud.where(address()),
  });
  return {
    id: chat.id,
    thread,
    topic(name) {
      const { topics } = record();
      if (record().chat['is_forum'] !== true) record().chat = { ...record().chat, is_forum: true };
      const known = [...topics].find(([, title]) => title === name)?.[0];
      return makeChat(stage, record().chat, known ?? openTopic(cloud, record(), name));
    },
    directMessages() {
      const channel = record().chat;
      if (channel.type !== 'channel') {
        throw new Error(
          `Only channels have direct messages, and ${cloud.where(address())} is none.`,
        );
      }
      const id = channel.id - 1_000_000;
      const title = `${String(channel['title'])} direct messages`;
      const direct: RawChat = { id, type: 'supergroup', title, is_direct_messages: true };
      cloud.record(direct).members.set(cloud.me.id, 'administrator');
      return makeChat(stage, direct);
    },
    get messages() {
      return [...record().messages.values()].flatMap(({ message, call }) =>
        call !== undefined && addressOf(message).thread === thread ? [shownOf(message, call)] : [],
      );
    },
    async posts(what) {
      const user = publisher();
      await write(stage, user, address(), partsOf(what, { cloud, user }));
    },
    async edits(text) {
      const kept = [...record().messages.values()].findLast(({ call }) => call === undefined);
      if (kept === undefined)
        throw new Error(
          `Nothing has been posted in ${cloud.where(address())} yet: call posts() first.`,
        );
      kept.message = { ...kept.message, text, edit_date: cloud.date() };
      cloud.screen.push({ kind: 'did', user: publisher(), what: `edits: ${text}`, says: false });
      await stage.deliver([
        cloud.number(typeFor(address(), 'edited'), structuredClone(kept.message)),
      ]);
    },
    async migrates() {
      const old = record().chat;
      const supergroup: RawChat = { ...old, id: supergroupId(cloud), type: 'supergroup' };
      const grown = cloud.record(supergroup);
      for (const [id, membership] of record().members) grown.members.set(id, membership);
      record().chat = { ...old, migrated_to: supergroup.id };
      const service = (at: RawChat, fields: Readonly<Record<string, unknown>>) =>
        cloud.number('message', {
          message_id: cloud.messageId(at),
          from: cloud.me,
          chat: at,
          date: cloud.date(),
          ...fields,
        });
      cloud.screen.push({
        kind: 'noted',
        what: `${cloud.where({ chat: old })} becomes a supergroup`,
      });
      await stage.deliver([
        service(old, { migrate_to_chat_id: supergroup.id }),
        service(supergroup, { migrate_from_chat_id: old.id }),
      ]);
      return makeChat(stage, supergroup);
    },
    '~address': (user) =>
      record().chat['is_direct_messages'] === true ? { ...address(), direct: user.id } : address(),
  };
}

/** The next id for a supergroup or channel (Bot API: such ids begin with -100). */
export function supergroupId(cloud: Cloud): number {
  return -1_001_000_000_000 - cloud.next('supergroup');
}
