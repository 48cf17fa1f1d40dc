/** The world of a test: users, chats, raw updates, scripted failures, the call log and the transcript. */
import type { Duration, RawUpdate } from '@telefsm/core';
import { toMs } from '@telefsm/core/tools';
import type { Failure } from '../cloud/answer.ts';
import type { ApiCall, Cloud } from '../cloud/cloud.ts';
import type { RawChat, RawUser } from '../cloud/raw.ts';
import { awaitAnswer } from '../methods/queries.ts';
import { makeChat, supergroupId, type TestChat } from './chat.ts';
import { conversation } from './complaint.ts';
import { privateChat, type Stage } from './stage.ts';
import { makeUser, type TestUser } from './user.ts';

/** Options of a new user. */
export interface UserOptions {
  /** The id; counted from 1001 when left out. */
  readonly id?: number;
  /** The name without `@`. */
  readonly username?: string;
  /** The last name. */
  readonly last_name?: string;
  /** The language of the user's app; `"en"` when left out. */
  readonly language_code?: string;
  /** Whether the user pays for Telegram. */
  readonly is_premium?: boolean;
}

/** Telegram in memory, as a test sees it. */
export interface World {
  /** A user by first name; asked again for the same name, the same one. */
  user(name: string, options?: UserOptions): TestUser;
  /** A group with the bot and some members in it: a supergroup, or a basic group. With `is_forum`, the bot can open topics in it. */
  group(
    title: string,
    members?: readonly TestUser[],
    options?: {
      readonly type?: 'group' | 'supergroup';
      readonly id?: number;
      readonly is_forum?: boolean;
    },
  ): TestChat;
  /** A channel that the bot administers. */
  channel(title: string, options?: { readonly id?: number; readonly username?: string }): TestChat;
  /** Brings any update to the bot, raw; numbered in its turn when it has no number. */
  update(update: { readonly update_id?: number; readonly [type: string]: unknown }): Promise<void>;
  /** Brings the last update, or another, to the bot again, with its number. */
  redeliver(update?: RawUpdate): Promise<void>;
  /** The updates made so far, oldest first. */
  readonly updates: readonly RawUpdate[];
  /** Sets the next `update_id`, as Telegram does after a week without updates. Earlier updates should be confirmed by then. */
  countsFrom(updateId: number): void;
  /**
   * Lets the next calls of a method fail: with a rejection (`{ error_code: 429, parameters: { retry_after: 5 } }`),
   * before they arrive (`"unreachable"`), or after they were carried out (`"lost answer"`).
   *
   * @param times - how many calls; one when left out
   */
  fails(method: string, failure: Failure, times?: number): void;
  /** Lets every answer to a method wait, on the world's clock. */
  delays(method: string, by: Duration): void;
  /** The calls that the bot made so far, oldest first. */
  readonly calls: readonly ApiCall[];
  /** The conversation so far, to print, compare or snapshot. */
  transcript(): string;
  /** Stops what runs for this world: servers, polling, webhooks. */
  stop(): Promise<void>;
}

/** How a world reaches the bot. */
export interface Courier {
  /** Resolves when the bot has finished with all of them. */
  deliver(updates: readonly RawUpdate[]): Promise<void>;
  /** Brings one again whose number has passed already. */
  redeliver(update: RawUpdate): Promise<void>;
  stop(): Promise<void>;
}

/** Opens a world on a Telegram. */
export function makeWorld(cloud: Cloud, courier: Courier): World {
  const updates: RawUpdate[] = [];
  const stage: Stage = {
    cloud,
    deliver(made) {
      updates.push(...made);
      return courier.deliver(made);
    },
  };
  return {
    user(name, options = {}) {
      const { id, ...fields } = options;
      const known = [...cloud.users.values()].find(
        (each) => each.first_name === name && (id === undefined || each.id === id),
      );
      const user: RawUser = known ?? {
        id: id ?? 1000 + cloud.next('user'),
        is_bot: false,
        first_name: name,
        language_code: 'en',
        ...fields,
      };
      cloud.users.set(user.id, user);
      cloud.record(privateChat(user));
      return makeUser(stage, user);
    },
    group(title, members = [], { type = 'supergroup', id, is_forum } = {}) {
      return openChat(
        title,
        type,
        id ?? (type === 'group' ? -2000 - cloud.next('group') : supergroupId(cloud)),
        members,
        is_forum ? { is_forum } : {},
      );
    },
    channel(title, { id, username } = {}) {
      return openChat(
        title,
        'channel',
        id ?? supergroupId(cloud),
        [],
        username === undefined ? {} : { username },
      );
    },
    async update(raw) {
      const update: RawUpdate = { ...raw, update_id: raw.update_id ?? cloud.updateIds.take() };
      const type = Object.keys(update).find((key) => key !== 'update_id') ?? 'empty';
      cloud.screen.push({
        kind: 'noted',
        what: `(${type} ${cloud.updateIds.nameOf(update.update_id)})`,
      });
      awaitAnswer(cloud, update);
      await stage.deliver([update]);
    },
    async redeliver(update = updates.at(-1)) {
      if (update === undefined)
        throw new Error('There is no update to deliver again: let a user do something first.');
      cloud.screen.push({
        kind: 'noted',
        what: `(update ${cloud.updateIds.nameOf(update.update_id)} again)`,
      });
      await courier.redeliver(update);
    },
    updates,
    countsFrom: (updateId) => cloud.updateIds.set(updateId),
    fails(method, failure, times = 1) {
      cloud.failures.push({ method, failure, times });
    },
    delays(method, by) {
      cloud.delays.set(method, toMs(by, 'delays'));
    },
    calls: cloud.calls,
    transcript: () => conversation(cloud),
    stop: () => courier.stop(),
  };

  function openChat(
    title: string,
    type: RawChat['type'],
    id: number,
    members: readonly TestUser[],
    fields: object,
  ): TestChat {
    const chat: RawChat = { id, type, title, ...fields };
    const record = cloud.record(chat);
    record.members.set(cloud.me.id, 'administrator');
    for (const member of members) record.members.set(member.id, 'member');
    return makeChat(stage, chat);
  }
}
