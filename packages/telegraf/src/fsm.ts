/** `fsm()`: a machine as Telegraf's middleware. */

import type { AnyGroup, AnyScene, AnyState, State } from '@telefsm/core';
import {
  type FsmOptions,
  type KnownAt,
  type LooseOptions,
  type MiddlewareMachine,
  middlewareMachine,
  type None,
  type StatesOfMachine,
} from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'telegraf';
import { filterAt, type Handlers, type Targets } from './composer.ts';
import type { MachineContext } from './context.ts';
import { type TelegrafBot, telegraf } from './port.ts';

/** A machine that is Telegraf's middleware: `bot.use(machine)`. */
export interface TelegrafMachine<C extends Context, All extends AnyState, P extends string = 'fsm'>
  extends MiddlewareMachine<All, TelegrafBot, P, MiddlewareFn<C>> {
  /** `inState` on this machine's own property. */
  inState<D extends MachineContext<P>, const T extends Targets>(
    targets: T,
    ...handlers: Handlers<NoInfer<D> & KnownAt<P, T>>
  ): MiddlewareFn<D>;
}

/**
 * Gives a bot a memory for conversations: one per user in a chat, updates in order, stored in memory by default.
 *
 * Everything that uses `ctx.fsm` is registered behind it: before it, every use of `ctx.fsm` throws `NOT_INSTALLED`. It switches `ctx.telegram.webhookReply` off, since an answer in the
 * response to the webhook would report to Telegram that the update is done before it has been committed.
 *
 * @throws FsmError for options that contradict each other; with the first update `INSTALLED_TWICE`, or `PROPERTY_TAKEN` for a
 *   `property` that the context has
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, state, states } from '@telefsm/telegraf';
 * import { type Context, Telegraf } from 'telegraf';
 *
 * const Form = states('Form', { name: state() });
 * const bot = new Telegraf<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.command('start', async (ctx) => {
 *   ctx.fsm.set(Form.name);
 *   await ctx.reply('What is your name?');
 * });
 * ```
 */
export function fsm<C extends MachineContext>(): TelegrafMachine<C, AnyState>;
/**
 * Makes the middleware of a bot with states, scenes or options of yours.
 *
 * @param options - the states and scenes, the storage, and how updates are handled
 * @throws FsmError for options that contradict each other
 */
export function fsm<
  const States extends readonly (AnyGroup | State)[] = None,
  const Scenes extends readonly AnyScene[] = None,
  const P extends string = 'fsm',
  C extends MachineContext<P> = MachineContext<P>,
>(
  options: FsmOptions<States, Scenes, C, P>,
): TelegrafMachine<C, StatesOfMachine<States, Scenes>, P>;
export function fsm(options: LooseOptions = {}): TelegrafMachine<Context, AnyState, string> {
  return middlewareMachine(options, telegraf, (property) => ({
    inState: (targets: Targets, ...handlers: Handlers<never>) =>
      filterAt(property, targets, handlers),
  }));
}
