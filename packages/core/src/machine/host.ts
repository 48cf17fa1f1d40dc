/** What every unit of a machine works with: its options, checked, with their defaults. */

import { systemClock, toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { recentIdsOf } from '../record/recent.ts';
import { memoryStorage } from '../storage/memory-storage.ts';
import { recentAlbums } from '../unit/albums.ts';
import { settle, speak } from '../unit/engine.ts';
import type { UnitFacts } from '../unit/facts.ts';
import type { Observers } from '../unit/observers.ts';
import type { Migrations, UnknownStatePolicy } from '../unit/policy.ts';
import { migrationVersions } from '../unit/policy.ts';
import { type Registry, registryOf } from '../unit/registry.ts';
import type { UnitHost } from '../unit/unit.ts';
import { scopeOf } from '../update/key.ts';
import { scenesLeft, sideOf } from './committed.ts';
import type { Committed, MachineEvents } from './machine-interface.ts';
import type { MachineOptions } from './machine-options.ts';

/** The options of a machine as its units need them: checked, and with their defaults. */
export interface MachineHost extends UnitHost {
  readonly unknownState: UnknownStatePolicy;
  readonly migrations: Migrations;
  readonly migrationVersions: readonly number[];
  readonly adopt: ((turn: Turn & { readonly ctx: unknown }) => Awaitable<void>) | undefined;
  tell<Name extends keyof MachineEvents>(event: Name, what: MachineEvents[Name]): void;
  /** Notifies observers of an update that was handled before. */
  tellDuplicate(facts: UnitFacts): void;
}

/** How much of the way back is kept, in characters of data. */
const historyCharacters = 32_768;

/** Options of any machine; what their types depend on is known where the machine is made. */
export type LooseOptions = MachineOptions<
  readonly (AnyGroup | State)[],
  readonly AnyScene[],
  never
> & {
  readonly services?: unknown;
};

/** Everything that observers may hear of, by name. */
export type WatchedEvents = MachineEvents & { readonly committed: Committed };

/**
 * Makes the host of a machine's units.
 *
 * @throws FsmError `INVALID_OPTION`, `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `SCENE_UNKNOWN`, `MIGRATION_MISSING`, `DEADLINES_UNAVAILABLE`
 */
export function hostOf(
  options: LooseOptions,
  watchers: Observers<WatchedEvents>,
  opened: MachineHost['opened'],
): MachineHost {
  const { strategy = 'userInChat', migrations } = options;
  const initial = initialOf(options.initial);
  const clock = options.clock ?? systemClock;
  const storage = options.storage ?? memoryStorage({ clock });
  const registry = registryOf(options.states, options.scenes ?? []);
  const versions = migrationVersions(migrations);
  // what is misspelt fails now and not with the first update
  if (typeof strategy !== 'function') scopeOf(strategy, { bot: 0 });
  if (initial !== undefined) registry.scene(initial.scene);
  if (!storage.features.deadlines && options.deadlines !== 'on-update') refuseTimed(registry);
  let lastVisit = 0;
  return {
    clock,
    storage,
    registry,
    recent: recentIdsOf(storage),
    albums: recentAlbums(),
    rules: {
      history: { most: options.history ?? 10, characters: historyCharacters },
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
    services: options.services as MachineHost['services'],
    initial,
    onTimeout: options.onTimeout,
    version: versions[versions.length - 1] ?? 0,
    migrations: migrations ?? {},
    migrationVersions: versions,
    unknownState: options.unknownState ?? 'reset',
    adopt: options.adopt as MachineHost['adopt'],
    opened,
    settle,
    speak,
    tell: watchers.tell,
    tellDuplicate({ key = '', id }) {
      if (typeof id === 'number') watchers.tell('duplicate', { key, updateId: id });
    },
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

function refuseTimed({ scenes }: Registry): void {
  const timed = [...scenes.values()].find(({ behaviour }) => behaviour.timed);
  if (timed === undefined) return;
  throw new FsmError('DEADLINES_UNAVAILABLE', { what: `The time-out of '${timed.id}'` });
}

function initialOf(initial: LooseOptions['initial']): MachineHost['initial'] {
  if (initial === undefined) return undefined;
  if ('id' in initial) return { scene: initial, start: () => ({}) };
  const [scene, start] = initial as readonly [AnyScene, (turn: unknown) => object];
  return { scene, start };
}
