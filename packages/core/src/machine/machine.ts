/** The machine: its options become the ways into it, for updates, for work from outside and for deadlines. */

import { systemClock, toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { shown } from '../base/shown.ts';
import type { AnyScene } from '../conversation/scene.ts';
import { type AnyGroup, factsOf, type State } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { recentIdsOf } from '../record/recent.ts';
import type { ConversationRecord } from '../record/record.ts';
import type { BotCommand, SceneBehaviour } from '../scene/behaviour.ts';
import { memoryStorage } from '../storage/memory-storage.ts';
import { recentAlbums } from '../unit/albums.ts';
import { settle, speak } from '../unit/engine.ts';
import { holderOf } from '../unit/hold.ts';
import { type Observers, observers } from '../unit/observers.ts';
import { migrationVersions } from '../unit/policy.ts';
import { localQueues } from '../unit/queue.ts';
import { reentryOf } from '../unit/reentry.ts';
import { type Registry, registryOf } from '../unit/registry.ts';
import { turnCount } from '../unit/turn-count.ts';
import type { Unit } from '../unit/unit.ts';
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
import { examine } from './examine.ts';
import { fire } from './firing.ts';
import type {
  BotPort,
  Committed,
  FedMachine,
  MachineDescription,
  MachineEvents,
  MachineOptions,
  SceneLeft,
  ServicesOption,
  StatesOfMachine,
} from './machine-options.ts';
import { conversationOf, sideOf } from './outside.ts';
import type { PipelineHost } from './pipeline.ts';
import type { MachineParts } from './run.ts';
import { takeAlong } from './supergroup.ts';
import { sweeperOf } from './sweeper.ts';
import { updatesOf } from './updates.ts';

/** Ms that stopping waits for running turns. */
const drainBound = 25_000;
/** How much of the way back is kept, in characters of data. */
const historyCharacters = 32_768;

type LooseOptions = MachineOptions<readonly (AnyGroup | State)[], readonly AnyScene[], never> & {
  readonly services?: unknown;
};

/**
 * Makes a machine that is fed raw updates. Bot authors use `fsm()` of their framework's adapter, which is made of it.
 *
 * @throws FsmError `INVALID_OPTION`, `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `SCENE_UNKNOWN`, `MIGRATION_MISSING`, `DEADLINES_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import { createMachine, state, states, type BotPort, type RawUpdate } from '@telefsm/core';
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
  const watchers = observers<WatchedEvents>();
  const host = hostOf(options, watchers, opened);
  const { clock, storage, registry } = host;
  const report = (operation: string, error: unknown) =>
    watchers.tell('storageFailed', { operation, error });
  const lease = toMs(options.lease ?? '15s', 'lease');
  const longest = toMs(turn?.max ?? '10m', 'turn.max');
  let stopped = false;
  const parts: MachineParts = {
    host,
    holder: holderOf({ storage, clock, lease, longest, report }),
    queues: localQueues(),
    reentry: reentryOf(),
    turns: turnCount(),
    bots: new Map(),
    isStopped: () => stopped,
  };
  const { holder, bots, turns, reentry } = parts;
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
    prefix: namespacePrefix(namespace),
    clock,
    every: toMs(sweep?.every ?? '1s', 'sweep.every'),
    parallel: sweep?.parallel ?? 32,
    fire: (key) => fire(parts, namespace, key),
    report,
  });

  /** A group that has become a supergroup takes its conversations along. */
  function follow(update: RawUpdate, bot: BotPort): Promise<void> | undefined {
    const moved = migrationOf(update);
    if (moved === undefined || storage.list === undefined) return undefined;
    const prefix = chatPrefix(namespace, bot.id, moved.from);
    const newKey = (key: string) => migratedKey(key, moved);
    return takeAlong(storage, holder, prefix, newKey, host.ttl).catch((error) =>
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
      const [only] = bots.keys();
      const bot = address.bot ?? only;
      if (bot === undefined) throw new FsmError('NOT_CONNECTED', { method: 'machine.at' });
      const subject = subjectAt(address, bot);
      const scope = scopeOf(strategy, subject);
      if (scope === undefined) {
        const { strategyName } = host;
        throw new FsmError('NO_CONVERSATION', { updateType: 'address', strategy: strategyName });
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
      holder.stop();
    },
    sweep: (limit = 1000) => sweeper.sweep(limit),
    botCommands: () =>
      [...registry.scenes.values()].flatMap(({ behaviour }) => commandsOf(behaviour)),
    describe: () => describe(namespace, host),
    inspect: ({ key, stored }) => examine(host, key, stored),
  };
}

type WatchedEvents = MachineEvents & { readonly committed: Committed };

function hostOf(
  options: LooseOptions,
  watchers: Observers<WatchedEvents>,
  opened: PipelineHost['opened'],
): PipelineHost {
  const { strategy = 'userInChat', migrations, initial } = options;
  const clock = options.clock ?? systemClock;
  const storage = options.storage ?? memoryStorage({ clock });
  if (typeof storage.features !== 'object') {
    throw new FsmError('INVALID_OPTION', {
      option: 'storage',
      expected: 'a storage, as in redisStorage(client)',
      found: shown(storage),
    });
  }
  const registry = registryOf(options.states, options.scenes ?? []);
  const versions = migrationVersions(migrations);
  // what is misspelt fails now and not with the first update
  if (typeof strategy === 'string') scopeOf(strategy, { bot: 0 });
  if (initial !== undefined) registry.scene('id' in initial ? initial : initial[0]);
  if (!storage.features.deadlines && options.deadlines !== 'on-update') refuseTimed(registry);
  let lastVisit = 0;
  return {
    clock,
    storage,
    registry,
    recent: recentIdsOf(storage),
    albums: recentAlbums(),
    rules: {
      historySteps: options.history ?? 10,
      historyCharacters,
      nextVisit(last) {
        // the time keeps numbers unique also after a conversation was forgotten
        lastVisit = Math.max(last + 1, lastVisit + 1, Math.floor(clock.now()));
        return lastVisit;
      },
    },
    defaults: {
      texts: options.texts ?? {},
      commands: options.commands ?? {},
      otherCommands: options.otherCommands ?? 'pass',
    },
    strategyName: typeof strategy === 'function' ? strategy.name || 'a function' : strategy,
    ttl: options.ttl === undefined ? undefined : toMs(options.ttl, 'ttl'),
    maxRecordBytes: options.maxRecordBytes ?? 262_144,
    services: options.services as PipelineHost['services'],
    initial: initialOf(initial),
    onTimeout: options.onTimeout,
    version: versions[versions.length - 1] ?? 0,
    migrations: migrations ?? {},
    migrationVersions: versions,
    unknownState: options.unknownState ?? 'reset',
    adopt: options.adopt as PipelineHost['adopt'],
    opened,
    settle,
    speak,
    tell: watchers.tell,
    speechFailed: ({ key = '' }, error) => watchers.tell('speechFailed', { key, error }),
    committed({ facts, left }, before, after) {
      if (!watchers.has('committed')) return;
      const { key, subject, cause, id } = facts;
      watchers.tell('committed', {
        key: key as string,
        subject,
        from: sideOf(before),
        to: sideOf(after),
        cause,
        ...(typeof id === 'number' ? { updateId: id } : {}),
        left: scenesLeft(left ?? [], before, after),
      });
    },
  };
}

/** Scenes that are no longer there; those whose end nobody was told have been cleared. */
function scenesLeft(
  told: NonNullable<Unit['left']>,
  before: ConversationRecord,
  after: ConversationRecord,
): readonly SceneLeft[] {
  const known = new Set(
    [...told.map(({ frame }) => frame), ...after.frames].map(({ visit }) => visit),
  );
  const cleared = before.frames.filter(({ visit }) => !known.has(visit)).reverse();
  return [...told, ...cleared.map((frame) => ({ frame, reason: 'cleared' as const }))].flatMap(
    ({ frame: { scene, state }, reason }) => (scene === null ? [] : [{ scene, state, reason }]),
  );
}

function commandsOf({ trigger, botCommands }: SceneBehaviour): readonly BotCommand[] {
  const { command, description } = trigger ?? {};
  const own = command === undefined || description === undefined ? [] : [{ command, description }];
  return [...own, ...(botCommands?.() ?? [])];
}

function refuseTimed({ scenes }: Registry): void {
  const timed = [...scenes.values()].find(({ behaviour }) => behaviour.timed);
  if (timed === undefined) return;
  throw new FsmError('DEADLINES_UNAVAILABLE', { what: `The time-out of '${timed.id}'` });
}

function initialOf(initial: LooseOptions['initial']): PipelineHost['initial'] {
  if (initial === undefined) return undefined;
  if ('id' in initial) return { scene: initial, start: () => ({}) };
  const [scene, start] = initial as readonly [AnyScene, (turn: unknown) => object];
  return { scene, start };
}

function describe(
  namespace: string,
  { registry, version, defaults, initial }: PipelineHost,
): MachineDescription {
  return {
    namespace,
    version,
    strict: registry.strict,
    initial: initial?.scene.id ?? null,
    commands: defaults.commands,
    states: registry.stateIds.map((id) => {
      const { groups, was } = factsOf(registry.state(id) as State);
      return { id, groups, was };
    }),
    scenes: [...registry.scenes.values()].map(({ id, behaviour }) => ({
      id,
      was: behaviour.was,
      states: behaviour.states.map((member) => member.id),
      details: behaviour.describe?.() ?? {},
    })),
  };
}
