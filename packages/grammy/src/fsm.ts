/** `fsm()`: a machine as grammY's middleware. */

import type {
  AnyGroup,
  AnyScene,
  AnyState,
  FsmContext,
  MachineOptions,
  State,
} from '@telefsm/core';
import {
  type Framework,
  type LooseOptions,
  type MiddlewareMachine,
  middlewareMachine,
  type ServicesOption,
  type StatesOfMachine,
} from '@telefsm/core/adapter';
import debug from 'debug';
import { Context, type MiddlewareFn } from 'grammy';
import type { Installed } from './context.ts';
import { filterAt, type PropertyFilter, type Targets } from './in-state.ts';
import { type GrammyBot, portOf, updatePortOf } from './port.ts';

/** A machine that is grammY's middleware: `bot.use(machine)`. */
export interface GrammyMachine<C extends Context, All extends AnyState, P extends string = 'state'>
  extends MiddlewareMachine<All, GrammyBot, P, MiddlewareFn<C>> {
  /** `inState` on this machine's own property. */
  inState<const T extends Targets>(...targets: T): PropertyFilter<P, T>;
}

const grammy: Framework<Context, GrammyBot> = {
  contexts: Context,
  properties: ['state', 'fsm'],
  portOf,
  updatePortOf,
  debug,
};

/**
 * Gives a bot a memory for conversations: one per user in a chat, updates in order, stored in memory by default.
 *
 * Everything that uses `ctx.state` is registered behind it: before it, every use of `ctx.state` throws `NOT_INSTALLED`.
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
  const States extends readonly (AnyGroup | State)[] = readonly [],
  const Scenes extends readonly AnyScene[] = readonly [],
  const P extends string = 'state',
  C extends Context & { readonly [K in P]: FsmContext } = Context & {
    readonly [K in P]: FsmContext;
  },
>(
  options: MachineOptions<States, Scenes, C, P> & ServicesOption<[...States, ...Scenes], C>,
): GrammyMachine<C, StatesOfMachine<States, Scenes>, P>;
export function fsm(options: LooseOptions = {}): GrammyMachine<Context, AnyState, string> {
  const machine = middlewareMachine(options, grammy);
  const { '~property': property } = machine;
  return Object.assign(machine, {
    inState: <const T extends Targets>(...targets: T) => filterAt(property, targets) as never,
  });
}
