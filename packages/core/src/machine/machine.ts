/** The machine: its options become the ways into it, for updates, for work from outside and for deadlines. */

import { checkListener } from '#option-rules';
import { systemClock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { warn } from '../base/warning.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, AnyState, State } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { observers, type WatchedEvents } from '../transaction/events.ts';
import type { BotPort } from '../transaction/facts.ts';
import { checkAddress, subjectAt } from '../update/address.ts';
import { keyOf, scopeOf } from '../update/key.ts';
import type { UpdateMachine } from './machine-interface.ts';
import type { FsmOptions, None, StatesOfMachine } from './machine-options.ts';
import { conversationOf, runOutside } from './outside.ts';
import { runtimeOf } from './runtime.ts';
import type { LooseOptions } from './settings.ts';
import type { Sweeper } from './sweeper.ts';
import { updatesOf } from './updates.ts';

const unattended =
  'A deadline was stored, but this process does not poll for deadlines. Each fires only with the next update of its conversation. Call machine.start(bot), or machine.sweep() on a schedule.';

/** Ms that stopping waits for running turns. */
const drainBound = 25_000;

/**
 * Makes a machine that is fed raw updates. Bot authors use `fsm()` of their framework's adapter, which is made of it.
 *
 * @throws FsmError `INVALID_OPTION`, `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `SCENE_UNKNOWN`, `INVALID_MIGRATION`, `DEADLINES_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import { state, states, type RawUpdate } from '@telefsm/core';
 * import { createMachine, type BotPort } from '@telefsm/core/adapter';
 *
 * const Form = states('Form', { name: state() });
 * const machine = createMachine({ states: [Form] });
 *
 * async function onUpdate(update: RawUpdate, bot: BotPort): Promise<void> {
 *   await machine.handle(update, bot, async ({ state, reply }) => {
 *     state.set(Form.name);
 *     await reply('What is your name?');
 *   });
 * }
 * ```
 */
export function createMachine<
  const States extends readonly (AnyGroup | State)[] = None,
  const Scenes extends readonly AnyScene[] = None,
>(options?: FsmOptions<States, Scenes, undefined>): UpdateMachine<StatesOfMachine<States, Scenes>> {
  const machine = machineOf((options ?? {}) as LooseOptions, undefined, ownPort);
  return machine as UpdateMachine<StatesOfMachine<States, Scenes>>;
}

/** The port of a bot that is one. */
export const ownPort = (bot: BotPort): BotPort => bot;

/**
 * Makes a machine without types that depend on the options.
 *
 * @param opened - called for each turn, before services, scenes or handlers run: the place to put `turn.state` on the framework's context, if the
 *   turn has one
 * @param portOf - makes the port of a bot, for work without an update
 * @throws FsmError as `createMachine` does
 */
export function machineOf<Bot>(
  options: LooseOptions,
  opened: ((turn: Turn, ctx: unknown) => void) | undefined,
  portOf: (bot: Bot) => BotPort,
): UpdateMachine<AnyState, Bot> {
  const watchers = observers<WatchedEvents>();
  // a given clock means a test, which decides when deadlines pass
  let mayWarn = options.deadlines !== 'on-update' && (options.clock ?? systemClock) === systemClock;
  let loaded: Promise<Sweeper> | undefined;
  // a bot without deadlines does without it
  const sweeper = () => {
    loaded ??= import('./sweeper.ts').then(({ sweeperOf }) => sweeperOf(rt));
    return loaded;
  };
  const armed = (ms: number) => {
    if (mayWarn && loaded === undefined && !storage.features.alarms)
      warn(unattended, 'TELEFSM_DEADLINES');
    mayWarn = false;
    void loaded?.then(({ expect }) => expect(ms));
  };
  const rt = runtimeOf(options, watchers, opened, armed, runOutside);
  const { clock, storage, registry, bots, stopping } = rt;
  const { namespace, strategy, strategyName } = rt.options;

  return {
    storage,
    handle: updatesOf(rt),
    at(address) {
      checkAddress(address);
      rt.reentry.enable();
      const bot = address.bot ?? onlyOf([...bots.keys()]);
      if (bot === undefined) throw new FsmError('NOT_CONNECTED', { method: 'machine.at' });
      const subject = subjectAt(address, bot);
      const scope = scopeOf(strategy, subject);
      if (scope === undefined) {
        const missing = (['chat', 'user'] as const).filter((part) => subject[part] === undefined);
        const without = missing.length > 0 ? ` without ${missing.join(' and ')}` : '';
        const updateType = `an address${without}`;
        throw new FsmError('NO_CONVERSATION', { updateType, strategy: strategyName });
      }
      const key = keyOf(namespace, bot, subject.business, scope);
      return conversationOf(rt, { key, scope, subject });
    },
    observe(...args: unknown[]) {
      const [event, listener] = args.length === 1 ? ['committed', args[0]] : args;
      checkListener(String(event), listener);
      return watchers.on(event as 'committed', listener as () => void);
    },
    connect(...connected) {
      for (const port of connected.map(portOf)) bots.set(port.id, port);
      return this;
    },
    start(...connected) {
      stopping.start();
      void sweeper().then(({ start }) => start());
      return this.connect(...connected);
    },
    async stop() {
      const { starts } = stopping;
      // a machine that was started again drains by its next stop, if there is one
      const isLast = () => stopping.isStopped && stopping.starts === starts;
      const until = clock.monotonic() + drainBound;
      const limits = () => (rt.limits.size > 0 ? import('../transaction/limits.ts') : undefined);
      const drained = async () => {
        await Promise.all([stopping.stop(), loaded?.then(({ stop }) => stop())]);
        await (await limits())?.untilSent(rt, until);
      };
      // the timers of the clock do not keep the process alive
      const alive = setTimeout(() => {}, drainBound);
      let timer: unknown;
      const bound = new Promise<void>((resolve) => {
        timer = clock.setTimeout(() => {
          // a turn that has not begun by now would begin when nobody waits for it any more
          if (isLast()) stopping.giveUp();
          resolve();
        }, drainBound);
      });
      await Promise.race([drained(), bound]);
      clock.clearTimeout(timer);
      clearTimeout(alive);
      const unsent = await limits();
      if (!isLast()) return;
      unsent?.reportUnsent(rt);
      rt.leases.stop();
    },
    sweep: async (limit = 1000) => (await sweeper()).sweep(limit),
    botCommands: () => rt.engine?.botCommands(registry) ?? [],
    inspect: async (conversation) => (await import('./inspect.ts')).inspectStored(rt, conversation),
    '~runtime': rt,
  };
}

/** The bot of a machine that has one: a guess between several could be another user's conversation. */
function onlyOf([only, ...others]: readonly number[]): number | undefined {
  if (others.length === 0) return only;
  const expected = `the id of one of this machine's bots: ${[only, ...others].join(', ')}`;
  throw invalidOption('bot', expected, 'missing');
}
