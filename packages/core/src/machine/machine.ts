/** The machine: its options become the ways into it, for updates, for work from outside and for deadlines. */

import { toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { directLeases } from '../lease/direct.ts';
import type { LeaseOptions, Leases } from '../lease/lease.ts';
import { queuesOf } from '../lease/queue.ts';
import { reentryOf } from '../lease/reentry.ts';
import type { FsmStorage } from '../lease/storage.ts';
import { leaseTimes } from '../storage/times.ts';
import { observers } from '../unit/observers.ts';
import { turnCount } from '../unit/turn-count.ts';
import {
  chatPrefix,
  keyOf,
  migratedKey,
  migrationOf,
  namespacePrefix,
  scopeOf,
} from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { subjectAt } from '../update/subject.ts';
import { commandsOf, describe } from './describe.ts';
import { examine } from './examine.ts';
import { fire } from './firing.ts';
import { hostOf, type LooseOptions, type WatchedEvents } from './host.ts';
import type { BotPort, FedMachine } from './machine-interface.ts';
import type { MachineOptions, ServicesOption, StatesOfMachine } from './machine-options.ts';
import { checkMachineOptions } from './option-rules.ts';
import { conversationOf } from './outside.ts';
import type { MachineParts } from './run.ts';
import { takeAlong } from './supergroup.ts';
import { sweeperOf } from './sweeper.ts';
import { updatesOf } from './updates.ts';

/** A shared storage brings its coordination; any other one is used by this process alone. */
function leasesOf(options: LeaseOptions & { readonly storage: FsmStorage }): Leases {
  const { coordination, features } = options.storage;
  if (features.shared && coordination === undefined) {
    const expected = 'one with `coordination: sharedLeases`, if several processes share it';
    throw invalidOption('storage', expected, 'a shared one without coordination');
  }
  return (coordination ?? directLeases)(options);
}

/** Ms that stopping waits for running turns. */
const drainBound = 25_000;

/**
 * Makes a machine that is fed raw updates. Bot authors use `fsm()` of their framework's adapter, which is made of it.
 *
 * @throws FsmError `INVALID_OPTION`, `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `SCENE_UNKNOWN`, `MIGRATION_MISSING`, `DEADLINES_UNAVAILABLE`
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
 * @param opened - hears of each turn that has a framework's context, before services, scenes or handlers run: the place to put
 *   `turn.state` on that context
 */
export function machineOf(
  options: LooseOptions,
  opened?: (turn: Turn, ctx: unknown) => void,
): FedMachine {
  const { strategy = 'userInChat', namespace = 'telefsm', waiting, turn, sweep } = options;
  checkMachineOptions(options);
  const watchers = observers<WatchedEvents>();
  const host = hostOf(options, watchers, opened);
  const { clock, storage, registry } = host;
  const report = (operation: string, error: unknown) =>
    watchers.tell('storageFailed', { operation, error });
  const lease = toMs(options.lease ?? '15s', 'lease');
  if (lease > leaseTimes.longest) {
    throw invalidOption('lease', `at most ${leaseTimes.longest} ms`, shown(options.lease));
  }
  const longest = toMs(turn?.max ?? '10m', 'turn.max');
  let stopped = false;
  const parts: MachineParts = {
    host,
    leases: leasesOf({ storage, clock, lease, longest, report, armed: (ms) => sweeper.expect(ms) }),
    queues: queuesOf(storage),
    reentry: reentryOf(),
    turns: turnCount(),
    bots: new Map(),
    isStopped: () => stopped,
  };
  const { leases, bots, turns, reentry } = parts;
  const handle = updatesOf(parts, {
    strategy,
    namespace,
    when: options.when,
    waiting: {
      policy: waiting?.policy ?? 'queue',
      limit: waiting?.limit ?? 5000,
      answerCallbacksAfter: toMs(waiting?.answerCallbacksAfter ?? '1s', 'waiting'),
    },
    attempts: options.attempts ?? 5,
    // the longest turn of another process, and until its lease has lapsed
    bound: longest + lease,
  });
  const sweeper = sweeperOf({
    storage,
    leases,
    prefix: namespacePrefix(namespace),
    clock,
    every: toMs(sweep?.every ?? '1s', 'sweep.every'),
    parallel: sweep?.parallel ?? 32,
    fire: (key) => fire(parts, namespace, key),
    isStopped: () => stopped,
    report,
  });

  /** A group that has become a supergroup takes its conversations along. */
  function follow(update: RawUpdate, bot: BotPort): Promise<void> | undefined {
    const moved = migrationOf(update);
    if (moved === undefined || storage.list === undefined) return undefined;
    const prefix = chatPrefix(namespace, bot.id, moved.from);
    const newKey = (key: string) => migratedKey(key, moved);
    return takeAlong(storage, leases, prefix, newKey, host.ttl).catch((error) =>
      report('migrate', error),
    );
  }

  return {
    storage,
    handle(update, bot, rest, ctx) {
      try {
        const followed = follow(update, bot);
        if (followed === undefined) return handle(update, bot, rest, ctx);
        return followed.then(() => handle(update, bot, rest, ctx));
      } catch (error) {
        // a strategy or `when` that throws: told as everything else that fails
        return Promise.reject(error);
      }
    },
    at(address) {
      reentry.enable();
      const bot = address.bot ?? onlyOf([...bots.keys()]);
      if (bot === undefined) throw new FsmError('NOT_CONNECTED', { method: 'machine.at' });
      const subject = subjectAt(address, bot);
      const scope = scopeOf(strategy, subject);
      if (scope === undefined) {
        const { strategyName } = host;
        const missing = (['chat', 'user'] as const).filter((part) => subject[part] === undefined);
        const without = missing.length > 0 ? ` without ${missing.join(' and ')}` : '';
        const updateType = `an address${without}`;
        throw new FsmError('NO_CONVERSATION', { updateType, strategy: strategyName });
      }
      const key = keyOf(namespace, bot, subject.business, scope);
      return conversationOf(parts, { key, scope, subject });
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
      stopped = false;
      sweeper.start();
      return this.connect(...ports);
    },
    async stop() {
      stopped = true;
      let timer: unknown;
      const bound = new Promise<void>((resolve) => {
        timer = clock.setTimeout(resolve, drainBound);
      });
      await Promise.race([Promise.all([sweeper.stop(), turns.none()]), bound]);
      clock.clearTimeout(timer);
      leases.stop();
    },
    sweep: (limit = 1000) => sweeper.sweep(limit),
    botCommands: () =>
      [...registry.scenes.values()].flatMap(({ behaviour }) => commandsOf(behaviour)),
    describe: () => describe(namespace, host),
    inspect: ({ key, stored }) => examine(host, key, stored),
  };
}

/** The bot of a machine that has one: a guess between several would be a stranger's conversation. */
function onlyOf([only, ...others]: readonly number[]): number | undefined {
  if (others.length === 0) return only;
  const expected = `the id of one of this machine's bots: ${[only, ...others].join(', ')}`;
  throw invalidOption('bot', expected, 'left out');
}
