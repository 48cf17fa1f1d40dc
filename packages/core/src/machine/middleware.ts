/** A machine as the middleware of a framework, for both adapters: they add their framework's own words, as a {@link Framework}. */

import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { AnyState } from '../conversation/states.ts';
import {
  isFree,
  propertiesOf,
  rejectOneNamespace,
  rejectTaken,
  reserve,
} from '../state/install.ts';
import type { BotPort } from '../transaction/facts.ts';
import { botIdOf } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { type Debug, debugLog } from './debug-log.ts';
import { machineOf } from './machine.ts';
import type { Machine, UpdateMachine } from './machine-interface.ts';
import { defaultNamespace, type LooseOptions } from './settings.ts';

/** How a framework's client calls the Bot API. */
export interface ClientCalls<Client> {
  /** Calls any method of the Bot API. */
  call(client: Client, method: string, payload: object, signal?: AbortSignal): Promise<unknown>;
  /** Passes each later call of a client that belongs to one update to a function, see {@link BotPort.intercept}. */
  intercept(client: Client, each: (method: string, payload: object) => object | undefined): void;
  /** Copies a client that belongs to one update, as it is now: calls that are changed later are not changed in the copy. */
  copy(client: Client): Client;
}

/** The port of one update. A class, since one is made for every update: its members are on the prototype. */
export class UpdatePort<Client> implements BotPort {
  private readonly calls: ClientCalls<Client>;
  private readonly client: Client;
  readonly id: number;
  readonly username: string | undefined;

  /** @param client - the client of this update alone */
  constructor(
    calls: ClientCalls<Client>,
    client: Client,
    { id, username }: Pick<BotPort, 'id' | 'username'>,
  ) {
    this.calls = calls;
    this.client = client;
    this.id = id;
    this.username = username;
  }

  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown> {
    return this.calls.call(this.client, method, payload, signal);
  }

  intercept(each: (method: string, payload: object) => object | undefined): void {
    this.calls.intercept(this.client, each);
  }

  lasting(): BotPort {
    const { calls, client } = this;
    return new UpdatePort(calls, calls.copy(client), this);
  }
}

/** The port of a bot, for work without an update. */
export function botPort<Client>(
  { call }: ClientCalls<Client>,
  client: Client,
  token: string,
): BotPort {
  return {
    id: botIdOf(token),
    call: (method, payload, signal) => call(client, method, payload, signal),
  };
}

/** The framework's own words: what a machine needs to be its middleware. */
export interface Framework<Context extends object, Bot> {
  /** The class of the framework's contexts. */
  readonly contexts: { readonly prototype: object };
  /** Context properties of the machine: the default of the option `property`, and its aliases. */
  readonly properties: readonly [string, ...string[]];
  /** Makes the port of a bot, for work without an update. */
  portOf(bot: Bot): BotPort;
  /** Makes the port of an update. */
  updatePortOf(ctx: Context): BotPort;
  /** Called when the FSM was put at the default property of a context. */
  readonly installed?: (ctx: Context, fsm: FsmContext) => void;
  /** Loads the package `debug`. */
  debug(): Promise<Debug>;
}

/** A machine that is middleware: `bot.use(machine)`. */
export interface MiddlewareMachine<out All extends AnyState, Bot, P extends string, Middleware>
  extends Machine<All, Bot> {
  /** The context property of the FSM. */
  readonly '~property': P;
  /** The argument of `bot.use`. */
  middleware(): Middleware;
}

/**
 * Makes a machine that is the middleware of a framework, without types that depend on the options.
 *
 * @param options - the options of `fsm()`
 * @param own - makes the members that need the framework's types
 * @throws FsmError as `createMachine` does; the middleware `INSTALLED_TWICE`, `PROPERTY_TAKEN`, and `INVALID_OPTION` if another
 *   machine of the bot has the same namespace, and the same storage or scenes too
 */
export function middlewareMachine<Context extends { readonly update: object }, Bot, Own>(
  options: LooseOptions,
  { contexts, properties, portOf, updatePortOf, installed, debug }: Framework<Context, Bot>,
  own: (property: string) => Own,
): UpdateMachine<AnyState, Bot> &
  MiddlewareMachine<
    AnyState,
    Bot,
    string,
    (ctx: Context, next: () => Awaitable<unknown>) => Promise<void>
  > &
  Own {
  const { property = properties[0], namespace = defaultNamespace } = options;
  const isDefault = property === properties[0];
  const names = isDefault ? properties : [property];
  if (isDefault) reserve(contexts.prototype, ...names);
  const opened = ({ state }: { readonly state: FsmContext }, given: unknown) => {
    if (given === undefined) return;
    const fields = given as Record<string, unknown>;
    // it prints and serializes as nothing, so that logs of a context are as before
    for (const name of names) fields[name] = state;
    if (isDefault) installed?.(given as Context, state);
  };
  const machine = machineOf(options, opened, portOf);
  const { storage, engine } = machine['~runtime'];
  const facts = { storage, hasScenes: engine !== undefined };
  const others = propertiesOf(contexts.prototype).add(property);
  debugLog(machine, debug);
  const middleware = (ctx: Context, next: () => Awaitable<unknown>) => {
    for (const name of names) if (!isFree(ctx, name)) rejectTaken(ctx, name);
    if (others.size > 1) rejectOneNamespace(ctx, property, others, namespace, facts);
    return machine.handle(ctx.update as RawUpdate, updatePortOf(ctx), () => next(), ctx);
  };
  const members = { '~property': property, middleware: () => middleware };
  return Object.assign(machine, members, own(property));
}
