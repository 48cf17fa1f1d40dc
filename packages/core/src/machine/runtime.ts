/** Puts the parts of a machine together: what its turns share. */

import { systemClock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { SceneDefaults } from '../conversation/behavior.ts';
import { namedRejection } from '../conversation/rejected.ts';
import type { Turn } from '../conversation/turn.ts';
import { leasesOf } from '../lease/direct.ts';
import { queuesOf } from '../lease/queue.ts';
import { reentryOf } from '../lease/reentry.ts';
import { recentIdsOf } from '../record/recent.ts';
import { type Registry, registryOf } from '../state/registry.ts';
import { memoryStorage } from '../storage/memory-storage.ts';
import { earlyUpdates } from '../transaction/early.ts';
import type { Observers, WatchedEvents } from '../transaction/events.ts';
import type { BotPort } from '../transaction/facts.ts';
import { interruptsIn } from '../transaction/interrupts.ts';
import { type Engine, engineOf, type Runtime } from '../transaction/runtime.ts';
import { Stopping } from '../transaction/stopping.ts';
import { type LooseOptions, settingsOf } from './settings.ts';

/** A machine's runtime, and the bots that it has met. */
export interface MachineRuntime extends Runtime {
  /** Bots that have been seen or connected, by id. */
  readonly bots: Map<number, BotPort>;
}

/** How much history is kept, in characters of data. */
const historyCharacters = 32_768;

/**
 * Makes the runtime of a machine.
 *
 * @param armed - called when a deadline was committed, with the ms until then
 * @param later - does work in a turn without an update
 * @throws FsmError `INVALID_OPTION`, `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `SCENE_UNKNOWN`, `INVALID_MIGRATION`, `DEADLINES_UNAVAILABLE`
 */
export function runtimeOf(
  given: LooseOptions,
  { notify, listeners }: Observers<WatchedEvents>,
  opened: ((turn: Turn, ctx: unknown) => void) | undefined,
  armed: (ms: number) => void,
  later: (rt: MachineRuntime, ...work: Parameters<Runtime['later']>) => Promise<unknown>,
): MachineRuntime {
  const options = settingsOf(given);
  const clock = given.clock ?? systemClock;
  const storage = given.storage ?? memoryStorage({ clock });
  const registry = registryOf(given.states, given.scenes ?? []);
  if (options.initial !== undefined) registry.scene(options.initial.scene);
  if (!storage.features.deadlines && given.deadlines !== 'on-update') {
    rejectTimed(registry, options.defaults);
  }
  const { lease, longest } = options;
  const report = (operation: string, error: unknown) =>
    notify('storageFailed', { operation, error });
  const queues = queuesOf(storage);
  const reentry = reentryOf();
  if (options.detectReentry) reentry.enable();
  let lastEntry = 0;
  const leases = leasesOf({ storage, clock, lease, longest, report, armed });
  const rt: { -readonly [Part in keyof MachineRuntime]: MachineRuntime[Part] } = {
    options,
    clock,
    storage,
    registry,
    engine: undefined,
    leases,
    queues,
    reentry,
    recent: recentIdsOf(storage),
    early: earlyUpdates(queues),
    followsPolls: options.polls === true || takeVotes(registry),
    interrupts: interruptsIn(options.waiting.interrupt, registry),
    stopping: new Stopping(leases),
    limits: new Map(),
    later: (address, id, work) => later(rt, address, id, work),
    watched: listeners,
    notify,
    inputRejected(key = '', current, error) {
      notify('inputRejected', { key, error });
      if (listeners.has('inputRejected')) return;
      void import('./input-rejected.ts').then(({ warnOf }) => warnOf(rt, current, error));
    },
    sendFailed: (key = '', error) => notify('sendFailed', { key, error: namedRejection(error) }),
    rules: {
      history: { most: options.history, characters: historyCharacters },
      nextEntry(last) {
        // the time keeps numbers unique also after a conversation was forgotten
        lastEntry = Math.max(last + 1, lastEntry + 1, Math.floor(clock.now()));
        return lastEntry;
      },
    },
    opened: given.replyKeyboards?.['~opened'](opened) ?? opened,
    bots: new Map(),
  };
  rt.engine = engineIn(registry, rt);
  return rt;
}

/** The engine that the machine's scenes bring. */
function engineIn({ scenes }: Registry, rt: Runtime): Engine | undefined {
  for (const { behavior } of scenes.values()) return engineOf(behavior.engine, rt);
  return undefined;
}

function takeVotes({ scenes }: Registry): boolean {
  return [...scenes.values()].some(({ behavior }) => behavior.votes === true);
}

function rejectTimed({ scenes }: Registry, { burst, flowTimeout }: SceneDefaults): void {
  const option = burst !== undefined ? 'waiting.burst' : flowTimeout && 'flowTimeout';
  if (option) throw new FsmError('DEADLINES_UNAVAILABLE', { what: option });
  const timed = [...scenes.values()].find(({ behavior }) => behavior.timed);
  if (timed === undefined) return;
  throw new FsmError('DEADLINES_UNAVAILABLE', { what: `The timeout of '${timed.id}'` });
}
