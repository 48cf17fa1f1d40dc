/** Keeps the state of `@grammyjs/conversations` inside the turn. */

import {
  type AnyMachine,
  installedAt,
  propertyOf,
  sessionOf,
  slotStore,
} from '@telefsm/core/adapter';
import type { Context } from 'grammy';
import { updateOf } from './absent.ts';

/** The `storage` option of `@grammyjs/conversations` 2: an adapter that gets the context. */
export interface ConversationStorage<C extends Context> {
  readonly type: 'context';
  readonly adapter: {
    // biome-ignore lint/suspicious/noExplicitAny: the plugin's own state, which it alone reads
    read(ctx: C): any;
    write(ctx: C, state: unknown): void;
    delete(ctx: C): void;
  };
}

/** The slot of the record in which the plugin's state is. */
const slot = '@grammyjs/conversations';

/**
 * Keeps the state of `@grammyjs/conversations` in the conversation's record of a machine. Updates are in order, a redelivered one runs
 * nothing twice, and what a conversation has done is committed together with the session and `ctx.state`. An update without a chat, such
 * as an inline query or a checkout, is never for a conversation of a chat.
 *
 * The machine is installed before `conversations()`.
 *
 * @param machine - what `fsm()` returned
 * @throws FsmError `INVALID_OPTION` if `machine` is not a machine; with the first update `NOT_INSTALLED` if the machine is not installed before
 *
 * @example
 * ```ts
 * import { conversationStorage, fsm, type FsmFlavor } from '@telefsm/grammy';
 * import { type ConversationFlavor, conversations } from '@grammyjs/conversations';
 * import { Bot, type Context } from 'grammy';
 *
 * const bot = new Bot<ConversationFlavor<FsmFlavor<Context>>>('12345:token');
 * const machine = fsm();
 * bot.use(machine);
 * bot.use(conversations({ storage: conversationStorage(machine) }));
 * ```
 */
export function conversationStorage<C extends Context>(
  machine: AnyMachine,
): ConversationStorage<C> {
  const property = propertyOf('conversationStorage()', machine);
  const storeOf = (ctx: C) => slotStore(sessionOf(installedAt(ctx, property)), updateOf(ctx), slot);
  return {
    type: 'context',
    adapter: {
      read: (ctx) => storeOf(ctx).read(),
      write: (ctx, state) => storeOf(ctx).write(state),
      delete: (ctx) => storeOf(ctx).write(undefined),
    },
  };
}
