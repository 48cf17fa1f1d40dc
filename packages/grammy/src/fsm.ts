/** `fsm()`: a machine as grammY's middleware. */

import type { AnyGroup, AnyScene, AnyState, State } from '@telefsm/core';
import {
  type FsmAt,
  type FsmOptions,
  type LooseOptions,
  type MiddlewareMachine,
  middlewareMachine,
  type None,
  type StatesOfMachine,
  type Targets,
} from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'grammy';
import type { Installed } from './context.ts';
import { filterAt, type PropertyFilter } from './in-state.ts';
import { type GrammyBot, grammy } from './port.ts';

/** A machine that is grammY's middleware: `bot.use(machine)`. */
export interface GrammyMachine<C extends Context, All extends AnyState, P extends string = 'state'>
  extends MiddlewareMachine<All, GrammyBot, P, MiddlewareFn<C>> {
  /** `inState` on this machine's own property. */
  inState<const T extends Targets>(...targets: T): PropertyFilter<P, T>;
}

/**
 * Gives a bot a memory for conversations: one per user in a chat, updates in order, stored in memory by default.
 *
 * Everything that uses `ctx.state` is registered behind it: before it, every use of `ctx.state` throws `NOT_INSTALLED`. It switches `canUseWebhookReply` off, since an answer in the
 * response to the webhook would report to Telegram that the update is done before it has been committed.
 *
 * @throws FsmError for options that contradict each other; with the first update `INSTALLED_TWICE`, or `PROPERTY_TAKEN` for a
 *   `property` that the context has
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, state, states } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * const Form = states('Form', { name: state() });
 * const bot = new Bot<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.command('start', async (ctx) => {
 *   ctx.state.set(Form.name);
 *   await ctx.reply('What is your name?');
 * });
 * ```
 */
export function fsm<C extends Context & Installed>(): GrammyMachine<C, AnyState>;
/**
 * Makes the middleware of a bot with states, scenes or options of yours.
 *
 * @param options - the states and scenes, the storage, and how updates are handled
 * @throws FsmError for options that contradict each other
 */
export function fsm<
  const States extends readonly (AnyGroup | State)[] = None,
  const Scenes extends readonly AnyScene[] = None,
  const P extends string = 'state',
  C extends Context & FsmAt<P> = Context & FsmAt<P>,
>(options: FsmOptions<States, Scenes, C, P>): GrammyMachine<C, StatesOfMachine<States, Scenes>, P>;
export function fsm(options: LooseOptions = {}): GrammyMachine<Context, AnyState, string> {
  return middlewareMachine(options, grammy, (property) => ({
    inState: <const T extends Targets>(...targets: T) => filterAt(property, targets) as never,
  }));
}
