/** The machine: its options become the ways into it, for updates, for work from outside and for deadlines. */

import { systemClock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { warn } from '../base/warning.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { checkAddress, subjectAt } from '../update/address.ts';
import { keyOf, namespacePrefix, scopeOf } from '../update/key.ts';
import { commandsOf, describe } from './describe.ts';
import type { FedMachine } from './machine-interface.ts';
import type { MachineOptions, ServicesOption, StatesOfMachine } from './machine-options.ts';
import { observers } from './observers.ts';
import { conversationOf, fire } from './outside.ts';
import { runtimeOf, type WatchedEvents } from './runtime.ts';
import type { LooseOptions } from './settings.ts';
import { sweeperOf } from './sweeper.ts';
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
  const States extends readonly (AnyGroup | State)[] = readonly [],
  const Scenes extends readonly AnyScene[] = readonly [],
>(
  options?: MachineOptions<States, Scenes, undefined> &
    ServicesOption<[...States, ...Scenes], undefined>,
): FedMachine<StatesOfMachine<States, Scenes>> {
  return machineOf((options ?? {}) as LooseOptions) as FedMachine<StatesOfMachine<States, Scenes>>;
}

/**
 * The same without types that depend on the options: for adapters, whose own types do that.
 *
 * @param opened - called for each turn that has a framework's context, before services, scenes or handlers run: the place to put
 *   `turn.state` on that context
 */
export function machineOf(
  options: LooseOptions,
  opened?: (turn: Turn, ctx: unknown) => void,
): FedMachine {
  const watchers = observers<WatchedEvents>();
  const rt = runtimeOf(options, watchers, opened, (ms) => sweeper.expect(ms));
  const { clock, storage, registry, bots, stopping } = rt;
  const { namespace, strategy, strategyName } = rt.options;
  const report = rt.notices.storageFailed;
  const sweeper = sweeperOf({
    ...rt.options.sweep,
    storage,
    leases: rt.leases,
    prefix: namespacePrefix(namespace),
    clock,
    claim: rt.options.lease,
    fire: (key) => fire(rt, key),
    isStopped: () => stopping.isStopped,
    report,
    neglected() {
      // who gives a clock is testing, and says when deadlines pass
      if (options.deadlines !== 'on-update' && clock === systemClock)
        warn(unattended, 'TELEFSM_DEADLINES');
    },
  });

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
      return watchers.on(event as 'committed', listener as () => void);
    },
    connect(...ports) {
      for (const port of ports) bots.set(port.id, port);
      return this;
    },
    start(...ports) {
      stopping.start();
      sweeper.start();
      return this.connect(...ports);
    },
    async stop() {
      const ended = Promise.all([stopping.stop(), sweeper.stop()]);
      let timer: unknown;
      const bound = new Promise<void>((resolve) => {
        timer = clock.setTimeout(() => {
          // what has not begun by now would begin when nobody waits for it any more
          stopping.giveUp();
          resolve();
        }, drainBound);
      });
      await Promise.race([ended, bound]);
      clock.clearTimeout(timer);
      rt.leases.stop();
    },
    sweep: (limit = 1000) => sweeper.sweep(limit),
    botCommands: () =>
      [...registry.scenes.values()].flatMap(({ behavior }) => commandsOf(behavior)),
    describe: () => describe(rt),
    inspect: async (conversation) => (await import('./examine.ts')).examine(rt, conversation),
    '~runtime': rt,
  };
}

/** The bot of a machine that has one: a guess between several would be a stranger's conversation. */
function onlyOf([only, ...others]: readonly number[]): number | undefined {
  if (others.length === 0) return only;
  const expected = `the id of one of this machine's bots: ${[only, ...others].join(', ')}`;
  throw invalidOption('bot', expected, 'left out');
}
