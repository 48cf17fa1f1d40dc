/** `fsm()`: a machine as Telegraf's middleware. */

import type {
  AnyGroup,
  AnyScene,
  AnyState,
  Machine,
  MachineOptions,
  RawUpdate,
  State,
  StatesIn,
  StateView,
  Turn,
} from '@telefsm/core';
import {
  debugLog,
  install,
  machineOf,
  rejectTaken,
  reserve,
  type ServicesOption,
  type StatesOfMachine,
} from '@telefsm/core/adapter';
import createDebug from 'debug';
import { Context, type MiddlewareFn } from 'telegraf';
import { forward } from './bag.ts';
import { filterAt, type Handlers, type Targets } from './composer.ts';
import type { MachineContext } from './context.ts';
import { botPort, type TelegrafBot, UpdatePort } from './port.ts';

/** A machine that is Telegraf's middleware: `bot.use(machine)`. */
export interface TelegrafMachine<C extends Context, All extends AnyState, P extends string = 'fsm'>
  extends Machine<All, TelegrafBot> {
  /** The context property of the FSM. */
  readonly '~property': P;
  /** The argument of `bot.use`. */
  middleware(): MiddlewareFn<C>;
  /** `inState` on this machine's own property. */
  inState<D extends MachineContext<P>, const T extends Targets>(
    targets: T,
    ...handlers: Handlers<NoInfer<D> & { readonly [K in P]: StateView<StatesIn<T>> }>
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
  const States extends readonly (AnyGroup | State)[] = readonly [],
  const Scenes extends readonly AnyScene[] = readonly [],
  const P extends string = 'fsm',
  C extends MachineContext<P> = MachineContext<P>,
>(
  options: MachineOptions<States, Scenes, C, P> & ServicesOption<[...States, ...Scenes], C>,
): TelegrafMachine<C, StatesOfMachine<States, Scenes>, P>;
export function fsm(
  options: Parameters<typeof machineOf>[0] = {},
): TelegrafMachine<Context, AnyState, string> {
  const property = options.property ?? 'fsm';
  if (property === 'fsm') reserve(Context.prototype, property);
  const opened = ({ state }: Turn, ctx: unknown) => {
    install(ctx as Context, property, state);
    if (property === 'fsm') forward((ctx as Context).state, state);
  };
  const machine = machineOf(options, { opened, portOf: botPort });
  debugLog(machine, createDebug);
  const middleware: MiddlewareFn<Context> = (ctx, next) => {
    rejectTaken(ctx, property);
    ctx.telegram.webhookReply = false;
    return machine.handle(
      ctx.update as unknown as RawUpdate,
      new UpdatePort(ctx),
      () => next(),
      ctx,
    );
  };
  return Object.assign(machine, {
    '~property': property,
    middleware: () => middleware,
    inState: (targets: Targets, ...handlers: Handlers<never>) =>
      filterAt(property, targets, handlers),
  });
}
