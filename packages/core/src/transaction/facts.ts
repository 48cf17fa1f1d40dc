/** The subject and the cause of a turn, before anything is read, and its reply address. */

import type { TurnId } from '../record/ids.ts';
import type { ReplyAddress } from '../update/address.ts';
import type { Scope } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { Subject } from '../update/subject.ts';
import { guestChats } from '../update/subject.ts';
import type { Update } from '../update/update.ts';

/** The cause of a turn. */
export type Cause = 'update' | 'deadline' | 'outside';

/** The turn that services are made from; without an update it has no context. */
export interface ServiceTurn<Context = unknown> {
  readonly ctx: Context | undefined;
  readonly subject: Subject;
  readonly update: Update | undefined;
}

/** The turn that the option `language` is asked with. */
export interface LanguageTurn<Context = unknown> extends ServiceTurn<Context> {
  /** Data of the conversation, as `session: typed<…>()` of a scene declares them; empty if the conversation could not be read. */
  readonly session: Readonly<Record<string, unknown>>;
}

/** A bot as a machine needs it; the adapters make one of both frameworks' bots. */
export interface BotPort {
  readonly id: number;
  readonly username?: string | undefined;
  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown>;
  /**
   * From now on each call of this update is first passed to this function, which returns the payload to send. A call for which it returns
   * `undefined` resolves to `true` unsent.
   *
   * Needed where a callback query was answered early, since answering it again is an error, and for `replyKeyboards`.
   */
  intercept?(each: (method: string, payload: object) => object | undefined): void;
  /** Makes the port of the same bot for work without an update, if this one belongs to an update. It is called before the middleware behind the machine. */
  lasting?(): BotPort;
}

/** Names a conversation without an update. */
export interface ConversationAddress {
  readonly key: string;
  readonly scope: Scope;
  readonly subject: Subject;
}

/** The conversation of a turn, and its cause. */
export interface TurnFacts {
  /** `undefined` where the update has no conversation. */
  readonly key: string | undefined;
  /** The parts of the key. */
  readonly scope: Scope | undefined;
  readonly id: TurnId;
  readonly cause: Cause;
  readonly subject: Subject;
  readonly update: RawUpdate | undefined;
  /** The framework's context. */
  readonly ctx: unknown;
  /** Whether the update comes from another chat, where somebody answers a question of this conversation. */
  readonly isElsewhere?: boolean;
  /** Calls the Bot API; absent while no bot is connected. */
  readonly bot: BotPort | undefined;
}

/** Where a conversation can be reached, as far as its key contains it. */
export function addressOfKey({ subject, scope }: TurnFacts): ReplyAddress | undefined {
  const chat = subject.chat ?? scope?.chat ?? scope?.user;
  if (chat === undefined) return undefined;
  const { thread, business } = subject;
  return {
    chat,
    ...(thread === undefined ? {} : { thread }),
    ...(business === undefined || business === guestChats ? {} : { business }),
  };
}
