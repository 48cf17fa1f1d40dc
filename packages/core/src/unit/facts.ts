/** What a unit of work is about, before anything is read, and where it speaks. */

import type { AnyScene } from '../conversation/scene.ts';
import type { UnitId } from '../record/ids.ts';
import type { Scope } from '../update/key.ts';
import { guestChats } from '../update/parties.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { addressOf, type ReplyAddress, type Subject } from '../update/subject.ts';

/** What makes a machine work on a conversation. */
export type Cause = 'update' | 'deadline' | 'outside';

/** The scene of a user who has none, and what it starts with. */
export interface Initial {
  readonly scene: AnyScene;
  start(turn: ServiceTurn): { readonly data?: object; readonly params?: object };
}

/** What services are made from: without an update there is no context. */
export interface ServiceTurn<Context = unknown> {
  readonly ctx: Context | undefined;
  readonly subject: Subject;
  readonly update: RawUpdate | undefined;
}

/** What a unit of work is about. */
export interface UnitFacts {
  readonly key: string | undefined;
  /** The parts of the key. */
  readonly scope: Scope | undefined;
  readonly id: UnitId;
  readonly cause: Cause;
  readonly subject: Subject;
  readonly update: RawUpdate | undefined;
  /** The framework's context. */
  readonly ctx: unknown;
  /** The bot that speaks; absent while none is connected. */
  readonly bot: UnitBot | undefined;
}

/** What a unit of work needs of a bot. */
export interface UnitBot {
  readonly username?: string | undefined;
  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown>;
}

/** Where a conversation speaks as far as its key tells. */
export function placeTold({ subject, scope }: UnitFacts): ReplyAddress | undefined {
  const chat = subject.chat ?? scope?.chat ?? scope?.user;
  if (chat === undefined) return undefined;
  const { thread, business } = subject;
  return {
    chat,
    ...(thread === undefined ? {} : { thread }),
    ...(business === undefined || business === guestChats ? {} : { business }),
  };
}

/** The place of an update, unless the key tells as much. */
export function storedPlace(
  update: RawUpdate,
  { subject, scope }: UnitFacts,
): ReplyAddress | undefined {
  const { chat, thread, business } = subject;
  if (scope?.chat === chat && thread === undefined && business === undefined) return undefined;
  const place = addressOf(update);
  if (place === undefined) return undefined;
  // an answer that only one user sees, or a guest's, is of this update alone
  const { receiver: _, guestQuery: __, ...lasting } = place;
  return lasting;
}
