/** The machine: options become one pipeline for updates, for work from outside and for deadlines, on one storage. */

import { type ArrivalOptions, idOf, waitInLine } from './arrivals.ts';
import { systemClock, toMs } from './clock.ts';
import { decode } from './codec.ts';
import { answer, dispatch, settle, speak } from './engine.ts';
import { FsmError } from './errors.ts';
import { type Hold, holderOf, isPromise, newToken } from './hold.ts';
import {
  chatPrefix,
  keyOf,
  migratedKey,
  migrationOf,
  parseKey,
  type Scope,
  scopeOf,
} from './key.ts';
import type {
  BotPort,
  Committed,
  CommittedState,
  Conversation,
  FedMachine,
  MachineEvents,
  MachineOptions,
  ServicesOption,
  Snapshot,
  StatesOfMachine,
} from './machine-options.ts';
import { memoryStorage } from './memory-storage.ts';
import { observers } from './observers.ts';
import { fail, finish, fireDeadline, open, type PipelineHost } from './pipeline.ts';
import { migrationVersions } from './policy.ts';
import { localQueues, type Place } from './queue.ts';
import type { RawUpdate } from './raw-update.ts';
import { recentIdsOf } from './recent.ts';
import { type ConversationRecord, isEmpty, topOf, type UnitId } from './record.ts';
import { reentryOf } from './reentry.ts';
import { registryOf } from './registry.ts';
import type { AnyScene } from './scene.ts';
import { type AnyGroup, factsOf, type State } from './states.ts';
import { type Subject, subjectAt, subjectOf } from './subject.ts';
import { takeAlong } from './supergroup.ts';
import { sweeperOf } from './sweeper.ts';
import { textOf } from './texts.ts';
import type { Turn } from './turn.ts';
import type { Awaitable } from './type-tools.ts';
import { type Cause, Unit, type UnitFacts } from './unit.ts';

/** Ms that work from outside waits for a conversation. */
const outsideBound = 10_000;
/** Ms that stopping waits for running turns. */
const drainBound = 25_000;
/** How many failing updates are counted at once. */
const mostFailing = 1000;

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
  const clock = options.clock ?? systemClock;
  const storage = options.storage ?? memoryStorage({ clock });
  const registry = registryOf(options.states, options.scenes ?? []);
  const strategy = options.strategy ?? 'userInChat';
  const namespace = options.namespace ?? 'telefsm';
  const lease = toMs(options.lease ?? '15s', 'lease');
  const longest = toMs(options.turn?.max ?? '10m', 'turn.max');
  const attempts = options.attempts ?? 5;
  const versions = migrationVersions(options.migrations);
  const watchers = observers<MachineEvents & { committed: Committed }>();
  const queues = localQueues();
  const reentry = reentryOf();
  const bots = new Map<number, BotPort>();
  const failing = new Map<string, number>();
  const turns = turnCount();
  let stopped = false;
  let lastVisit = 0;

  // fails now and not with the first update
  scopeOf(strategy === 'userInChat' || typeof strategy === 'function' ? 'chat' : strategy, {
    bot: 0,
  });
  if (!storage.features.deadlines && options.deadlines !== 'on-update') {
    const timed = [...registry.scenes.values()].find(({ behaviour }) => behaviour.timed);
    if (timed)
      throw new FsmError('DEADLINES_UNAVAILABLE', { what: `The time-out of '${timed.id}'` });
  }
  const report = (operation: string, error: unknown) =>
    watchers.tell('storageFailed', { operation, error });
  const holder = holderOf({ storage, clock, lease, longest, report });

  const host: PipelineHost = {
    clock,
    storage,
    registry,
    recent: recentIdsOf(storage),
    rules: {
      historySteps: options.history ?? 10,
      historyCharacters: 32_768,
      // the time keeps numbers unique also over a conversation that was forgotten
      nextVisit: (last) => (lastVisit = Math.max(last + 1, lastVisit + 1, Math.floor(clock.now()))),
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
    initial: initialOf(options.initial),
    onTimeout: options.onTimeout,
    version: versions[versions.length - 1] ?? 0,
    migrations: options.migrations ?? {},
    migrationVersions: versions,
    unknownState: options.unknownState ?? 'reset',
    adopt: options.adopt as PipelineHost['adopt'],
    opened,
    settle,
    speak,
    tell: watchers.tell,
    committed(unit, before, after) {
      if (!watchers.has('committed')) return;
      const { key, subject, cause, id } = unit.facts;
      watchers.tell('committed', {
        key: key as string,
        subject,
        from: sideOf(before),
        to: sideOf(after),
        cause,
        ...(typeof id === 'number' ? { updateId: id } : {}),
      });
    },
  };
  if (host.initial !== undefined) registry.scene(host.initial.scene);

  const arrivals: ArrivalOptions = {
    queues,
    clock,
    policy: options.waiting?.policy ?? 'queue',
    limit: options.waiting?.limit ?? 5000,
    answerCallbacksAfter: toMs(options.waiting?.answerCallbacksAfter ?? '1s', 'waiting'),
    sayBusy: (update, bot) => sayBusy(host, factsOfUpdate(update, bot, undefined), update),
    report: (error) => watchers.tell('speechFailed', { key: '', error }),
  };

  function factsOfUpdate(update: RawUpdate, bot: BotPort, ctx: unknown): UnitFacts {
    const subject = subjectOf(update, bot.id);
    const isKept = options.when === undefined || options.when(subject);
    const scope = isKept ? scopeOf(strategy, subject) : undefined;
    return {
      key: scope && keyOf(namespace, subject.bot, subject.business, scope),
      scope,
      id: update.update_id,
      cause: 'update',
      subject,
      update,
      ctx,
      username: bot.username,
      call: bot.call.bind(bot),
    };
  }

  function handle(
    update: RawUpdate,
    bot: BotPort,
    rest: ((turn: Turn) => Awaitable<unknown>) | undefined,
    ctx: unknown,
  ): Promise<void> {
    if (stopped) {
      return Promise.reject(new FsmError('STOPPED', { operation: `update ${update.update_id}` }));
    }
    if (!bots.has(bot.id)) bots.set(bot.id, bot);
    const facts = factsOfUpdate(update, bot, ctx);
    const { key } = facts;
    if (key === undefined) return withoutConversation(host, facts, rest);
    const arrivedAt = clock.now();
    // joined before anything is awaited: that is the order that users see
    const place = queues.tryJoin(key);
    if (place !== undefined) return handleInTurn(facts, place, arrivedAt, rest);
    const copy = copies.get(update.update_id, key);
    if (copy !== undefined) return copy;
    const handled = waitInLine(arrivals, key, update, bot).then(
      (got) => got && handleInTurn(facts, got, arrivedAt, rest),
    );
    return copies.add(update.update_id, key, handled);
  }

  /** Copies of an update that wait share one outcome. */
  const copies = sharedOutcomes();

  async function handleInTurn(
    facts: UnitFacts,
    place: Place,
    arrivedAt: number,
    rest: ((turn: Turn) => Awaitable<unknown>) | undefined,
  ): Promise<void> {
    const key = facts.key as string;
    let hold: Hold | undefined;
    let unit: Unit | undefined;
    turns.begin();
    try {
      const taken = holder.take(key, longest);
      hold = (isPromise(taken) ? await taken : taken) as Hold;
      hold.onLost = place.leave;
      const opened = open(host, facts, hold, clock.now() - arrivedAt);
      unit = isPromise(opened) ? await opened : opened;
      if (unit === undefined) return;
      const worked = work(unit, rest);
      if (isPromise(worked)) await worked;
      const finished = finish(unit);
      if (finished !== undefined) await finished;
      unit.end('done');
      if (failing.size > 0) failing.delete(`${key} ${facts.id}`);
    } catch (error) {
      if (unit !== undefined) await fail(unit);
      else await hold?.release();
      if (!givenUp(facts, error)) throw error;
    } finally {
      place.leave();
      if (unit?.hasTasks) await unit.runTasks();
      turns.end();
    }
  }

  function work(
    unit: Unit,
    rest: ((turn: Turn) => Awaitable<unknown>) | undefined,
  ): Awaitable<unknown> {
    if (reentry.isOn) return reentry.inside(unit.key as string, () => workOn(unit, rest));
    return workOn(unit, rest);
  }

  function workOn(
    unit: Unit,
    rest: ((turn: Turn) => Awaitable<unknown>) | undefined,
  ): Awaitable<unknown> {
    if (registry.scenes.size === 0) return rest?.(unit);
    return dispatch(unit, async () => void (await rest?.(unit)));
  }

  /** Counts how often an update has failed here; after the last attempt its chat goes on without it. */
  function givenUp({ key, id }: UnitFacts, error: unknown): boolean {
    const name = `${key} ${id}`;
    const count = (failing.get(name) ?? 0) + 1;
    failing.delete(name);
    if (count >= attempts && typeof id === 'number') {
      watchers.tell('poisoned', { key: key as string, updateId: id, error });
      return true;
    }
    failing.set(name, count);
    if (failing.size > mostFailing) failing.delete(failing.keys().next().value as string);
    return false;
  }

  function factsOutside(
    key: string,
    scope: Scope,
    subject: Subject,
    id: UnitId,
    cause: Cause,
  ): UnitFacts {
    const bot = bots.get(subject.bot);
    const call = bot?.call.bind(bot);
    const { username } = bot ?? {};
    return { key, scope, id, cause, subject, update: undefined, ctx: undefined, username, call };
  }

  async function runOutside<R>(
    facts: UnitFacts,
    workOn: (unit: Unit) => Awaitable<R>,
  ): Promise<R | undefined> {
    const key = facts.key as string;
    if (stopped) throw new FsmError('STOPPED', { operation: `work on '${key}'` });
    if (reentry.isInside(key)) throw new FsmError('REENTERED', { key });
    const began = clock.now();
    turns.begin();
    let place: Place | undefined;
    let unit: Unit | undefined;
    try {
      const got = await joinWithin(key, outsideBound);
      place = got;
      const hold = (await holder.take(
        key,
        Math.max(1, outsideBound - (clock.now() - began)),
      )) as Hold;
      hold.onLost = got.leave;
      try {
        unit = await open(host, facts, hold, 0);
        if (unit === undefined) return undefined;
        const inside = unit;
        await inside.loadServices();
        const result = await reentry.inside(key, () => workOn(inside));
        await finish(inside);
        inside.end('done');
        return result;
      } catch (error) {
        if (unit === undefined) await hold.release();
        else await fail(unit);
        throw error;
      }
    } finally {
      place?.leave();
      if (unit?.hasTasks) await unit.runTasks();
      turns.end();
    }
  }

  async function joinWithin(key: string, ms: number): Promise<Place> {
    const quick = queues.tryJoin(key);
    if (quick !== undefined) return quick;
    const abort = new AbortController();
    const timer = clock.setTimeout(
      () => abort.abort(new FsmError('WAIT_TIMEOUT', { key, ms })),
      ms,
    );
    try {
      return await queues.join(key, abort.signal);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  /** Fires the deadline of one conversation, if it is free and truly due. */
  async function fire(key: string): Promise<boolean> {
    const parts = parseKey(key);
    const place = parts?.namespace === namespace ? queues.tryJoin(key) : undefined;
    if (parts === undefined || place === undefined) {
      await storage.settled?.(key);
      return false;
    }
    turns.begin();
    try {
      const hold = await holder.take(key, 0);
      if (hold === undefined) return false;
      let unit: Unit | undefined;
      try {
        const { scope, bot, business } = parts;
        const subject: Subject = {
          bot,
          chat: scope.chat ?? scope.user,
          business,
          ...userOf(scope),
        };
        const facts = factsOutside(key, scope, subject, newToken(), 'deadline');
        const due = hold.stored?.deadlineIn;
        unit = due === undefined || due > 0 ? undefined : await open(host, facts, hold, 0);
        if (unit === undefined) {
          await hold.release();
          return false;
        }
        await fireDeadline(host, unit, 0);
        await finish(unit);
        unit.end('done');
        return true;
      } catch (error) {
        if (unit === undefined) await hold.release();
        else await fail(unit);
        throw error;
      } finally {
        if (unit?.hasTasks) await unit.runTasks();
      }
    } finally {
      place.leave();
      turns.end();
      await storage.settled?.(key);
    }
  }

  const sweeper = sweeperOf({
    storage,
    clock,
    every: toMs(options.sweep?.every ?? '1s', 'sweep.every'),
    parallel: options.sweep?.parallel ?? 32,
    fire,
    report,
  });

  function conversation(key: string, scope: Scope, subject: Subject): Conversation {
    const facts = (id: UnitId) => factsOutside(key, scope, subject, id, 'outside');
    return {
      key,
      run: <R>(workOn: (turn: Turn) => Awaitable<R>, { id }: { readonly id?: string } = {}) =>
        runOutside(facts(id ?? newToken()), workOn) as Promise<R>,
      async answer(step, value) {
        const work = (unit: Unit) => answer(unit, step.id, value);
        return (await runOutside(facts(newToken()), work)) ?? false;
      },
      peek: () => peek(key),
    };
  }

  async function peek(key: string): Promise<Snapshot | undefined> {
    const stored = await storage.peek(key);
    const decoded = stored && decode(stored);
    if (stored === undefined || decoded === undefined) return undefined;
    if ('newer' in decoded) {
      throw new FsmError('RECORD_NEWER', { key, version: decoded.newer, known: host.version });
    }
    if ('unreadable' in decoded) {
      throw new FsmError('RECORD_UNREADABLE', { key, reason: decoded.unreadable });
    }
    const { record } = decoded;
    if (isEmpty(record)) return undefined;
    const { deadlineIn } = stored;
    return { ...sideOf(record), ...(deadlineIn === undefined ? {} : { deadlineIn }) };
  }

  /** A group that has become a supergroup takes its conversations along. */
  function follow(update: RawUpdate, bot: BotPort): Promise<void> | undefined {
    const moved = migrationOf(update);
    if (moved === undefined || storage.list === undefined) return undefined;
    return takeAlong(storage, holder, chatPrefix(namespace, bot.id, moved.from), (key) =>
      migratedKey(key, moved),
    ).catch((error) => report('migrate', error));
  }

  const machine: FedMachine = {
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
        throw new FsmError('NO_CONVERSATION', {
          updateType: 'an address',
          strategy: host.strategyName,
        });
      }
      const key = keyOf(namespace, bot, subject.business, scope);
      return conversation(key, scope, subject);
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
      this.connect(...ports);
      stopped = false;
      sweeper.start();
      return this;
    },
    async stop() {
      stopped = true;
      await sweeper.stop();
      let timer: unknown;
      const bound = new Promise((resolve) => {
        timer = clock.setTimeout(() => resolve(undefined), drainBound);
      });
      await Promise.race([turns.none(), bound]);
      clock.clearTimeout(timer);
      holder.stop();
    },
    async sweep(limit = 1000) {
      return sweeper.sweep(limit);
    },
    botCommands: () =>
      [...registry.scenes.values()].flatMap(({ behaviour: { trigger } }) =>
        trigger?.command !== undefined && trigger.description !== undefined
          ? [{ command: trigger.command, description: trigger.description }]
          : [],
      ),
    describe: () => ({
      namespace,
      version: host.version,
      states: registry.stateIds.map((id) => ({
        id,
        groups: factsOf(registry.state(id) as State).groups,
      })),
      scenes: [...registry.scenes.values()].map(({ id, behaviour }) => ({
        id,
        states: behaviour.states.map((member) => member.id),
        details: behaviour.describe?.() ?? {},
      })),
    }),
  };
  return machine;
}

/** An update that belongs to no conversation: handlers run, and nothing is locked, read or written. */
async function withoutConversation(
  host: PipelineHost,
  facts: UnitFacts,
  rest: ((turn: Turn) => Awaitable<unknown>) | undefined,
): Promise<void> {
  const unit = new Unit(host, facts, undefined, undefined, undefined);
  let phase: 'done' | 'failed' = 'failed';
  try {
    await rest?.(unit);
    phase = 'done';
  } finally {
    unit.end(phase);
  }
}

/** Tells the user that the bot is busy, in the way that the update allows. */
async function sayBusy(host: PipelineHost, facts: UnitFacts, update: RawUpdate): Promise<void> {
  const unit = new Unit(host, facts, undefined, undefined, undefined);
  const text = await textOf(host.defaults.texts, 'busy', unit);
  const button = idOf(update, 'callback_query');
  const checkout = idOf(update, 'pre_checkout_query');
  if (button !== undefined) {
    await unit.api('answerCallbackQuery', { callback_query_id: button, text });
  } else if (checkout !== undefined) {
    const refusal = { pre_checkout_query_id: checkout, ok: false, error_message: text };
    await unit.api('answerPreCheckoutQuery', refusal);
  } else if (unit.place !== undefined) await unit.speak(text);
}

/** Counts running turns, so that stopping can wait for the last one. */
function turnCount() {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      running++;
    },
    end() {
      running--;
      if (running > 0 || waiting.length === 0) return;
      for (const tell of waiting) tell();
      waiting = [];
    },
    none: (): Promise<void> =>
      running === 0 ? Promise.resolve() : new Promise((tell) => void waiting.push(tell)),
  };
}

/** Copies of one update that wait at the same time: each but the first shares its outcome. */
function sharedOutcomes() {
  const outcomes = new Map<string, Promise<void>>();
  return {
    get: (id: number, key: string) => outcomes.get(`${id} ${key}`),
    add(id: number, key: string, outcome: Promise<void>): Promise<void> {
      const name = `${id} ${key}`;
      outcomes.set(name, outcome);
      const done = () => void outcomes.delete(name);
      outcome.then(done, done);
      return outcome;
    },
  };
}

function initialOf(initial: LooseOptions['initial']): PipelineHost['initial'] {
  if (initial === undefined) return undefined;
  if ('id' in initial) return { scene: initial, start: () => ({}) };
  const [scene, start] = initial as readonly [AnyScene, (turn: unknown) => object];
  return { scene, start };
}

function sideOf(record: ConversationRecord): CommittedState {
  const { state, scene, data } = topOf(record);
  return { state, scene, data };
}

function userOf({ user }: Scope): { readonly user?: number } {
  return user === undefined ? {} : { user };
}
