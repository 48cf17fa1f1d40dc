/** Resolves the options of a machine: checked, with their defaults, every length of time in ms. */

import { checkMachineOptions } from '#option-rules';
import { type Duration, toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { SceneDefaults } from '../conversation/behavior.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import { leaseTimes } from '../storage/times.ts';
import type { Initial, Settings } from '../transaction/settings.ts';
import type { Migrations } from '../transaction/unknown-state.ts';
import { scopeOf } from '../update/key.ts';
import type { MachineOptions, WaitingOptions } from './machine-options.ts';

/** Options of any machine; what their types depend on is known where the machine is made. */
export type LooseOptions = Omit<
  MachineOptions<readonly (AnyGroup | State)[], readonly AnyScene[], never>,
  'context'
> & {
  readonly context?: unknown;
  readonly services?: unknown;
};

/** The beginning of every key, unless the option says otherwise. */
export const defaultNamespace = 'telefsm';

/**
 * Resolves the options of a machine.
 *
 * @throws FsmError `INVALID_OPTION`, `INVALID_MIGRATION`
 */
export function settingsOf(options: LooseOptions): Settings {
  checkMachineOptions(options);
  const { strategy = 'userInChat', migrations, waiting, turn, sweep } = options;
  // they get the context that the machine is made for
  const { adopt, services, language } = options as Pick<
    Settings,
    'adopt' | 'services' | 'language'
  >;
  // a misspelled name fails now and not with the first update
  if (typeof strategy !== 'function') scopeOf(strategy, { bot: 0 });
  const versions = migrationVersions(migrations);
  return {
    namespace: options.namespace ?? defaultNamespace,
    strategy,
    strategyName: typeof strategy === 'function' ? strategy.name || 'a function' : strategy,
    when: options.when,
    waiting: {
      policy: waiting?.policy ?? 'queue',
      limit: waiting?.limit ?? 5000,
      answerCallbacksAfter: toMs(waiting?.answerCallbacksAfter ?? '1s', 'waiting'),
      interrupt: waiting?.interrupt,
    },
    lease: leaseOf(options.lease ?? '15s'),
    longest: toMs(turn?.max ?? '10m', 'turn.max'),
    detectReentry: turn?.detectReentry ?? false,
    attempts: options.attempts ?? 5,
    ttl: options.ttl === undefined ? undefined : toMs(options.ttl, 'ttl'),
    maxRecordBytes: options.maxRecordBytes ?? 262_144,
    log: options.log && { bytes: 16_384, ...options.log },
    history: options.history ?? 10,
    version: versions[versions.length - 1] ?? 0,
    migrations: migrations ?? {},
    migrationVersions: versions,
    unknownState: options.unknownState ?? 'reset',
    adopt,
    initial: initialOf(options.initial),
    services,
    language,
    onTimeout: options.onTimeout,
    polls: options.polls,
    sweep: {
      every: toMs(sweep?.every ?? '1s', 'sweep.every'),
      parallel: sweep?.parallel ?? 32,
    },
    defaults: {
      texts: options.texts ?? {},
      commands: options.commands ?? {},
      otherCommands: options.otherCommands ?? 'pass',
      flowTimeout:
        options.flowTimeout === undefined ? undefined : toMs(options.flowTimeout, 'flowTimeout'),
      burst: waiting?.burst === undefined ? undefined : burstOf(waiting.burst),
    },
  };
}

function leaseOf(lease: Duration): number {
  const ms = toMs(lease, 'lease');
  // a smaller number was meant in seconds
  if (ms >= 100 && ms <= leaseTimes.longest) return ms;
  throw invalidOption('lease', '100 ms to 60 s', shown(lease));
}

function burstOf(burst: NonNullable<WaitingOptions['burst']>): SceneDefaults['burst'] {
  const { quiet, answer = 'all' } = typeof burst === 'object' ? burst : { quiet: burst };
  return { quiet: toMs(quiet, 'waiting.burst'), answer };
}

function initialOf(initial: LooseOptions['initial']): Initial | undefined {
  if (initial === undefined) return undefined;
  if (!Array.isArray(initial)) return { scene: initial as AnyScene, start: () => ({}) };
  const [scene, start] = initial as readonly [AnyScene, (turn: unknown) => object];
  return { scene, start };
}

/**
 * Checks the numbers of migrations.
 *
 * @returns the numbers in ascending order
 * @throws FsmError `INVALID_MIGRATION` for an empty object, or for a key that is not a whole number from 1
 */
function migrationVersions(migrations: Migrations | undefined): readonly number[] {
  if (migrations === undefined) return [];
  const versions = Object.keys(migrations).map(Number);
  const bad = versions.find((version) => !Number.isInteger(version) || version < 1);
  if (bad !== undefined || versions.length === 0) {
    throw new FsmError('INVALID_MIGRATION', { version: bad ?? 0, known: versions });
  }
  return versions.sort((a, b) => a - b);
}
