/**
 * What happens to every unit of work between taking a conversation and letting it go: duplicate check, deadline, repair, handlers, one commit.
 */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { textOf } from '../conversation/texts.ts';
import type { Turn } from '../conversation/turn.ts';
import { decode } from '../record/codec.ts';
import { hasSeen } from '../record/ids.ts';
import { type ConversationRecord, emptyRecord, type Frame, isEmpty } from '../record/record.ts';
import { askOwed, passTimer, settle, speak } from '../unit/engine.ts';
import { type Hold, isPromise } from '../unit/hold.ts';
import {
  type Inspection,
  inspect,
  type Migrations,
  migrate,
  type UnknownState,
  type UnknownStatePolicy,
  unreadableRecord,
} from '../unit/policy.ts';
import { deadlineAt, Unit, type UnitFacts, type UnitHost } from '../unit/unit.ts';
import type { MachineEvents } from './machine-options.ts';

/** What the pipeline needs of its machine. */
export interface PipelineHost extends UnitHost {
  readonly unknownState: UnknownStatePolicy;
  readonly migrations: Migrations;
  readonly migrationVersions: readonly number[];
  readonly adopt: ((turn: Turn & { readonly ctx: unknown }) => Awaitable<void>) | undefined;
  tell<Name extends keyof MachineEvents>(event: Name, what: MachineEvents[Name]): void;
}

/** Delays after each failure of a deadline's handler, in ms; after the last one it is removed. */
const deadlineDelays = [1000, 4000, 16_000, 64_000];

/**
 * Reads a conversation that has been taken, and brings it up to date.
 *
 * What a deadline or a repair changes is a unit of its own, committed before the handlers run.
 *
 * @param arrivedAt - when the update came, by the machine's clock: one that came before a deadline is handled before it
 * @returns the unit, or `undefined` for one that had been handled before; then the conversation has been let go
 * @throws FsmError `RECORD_NEWER`, `RECORD_UNREADABLE`, `STATE_UNKNOWN`, `DATA_INVALID` by policy
 */
export function open(
  host: PipelineHost,
  facts: UnitFacts,
  hold: Hold,
  arrivedAt: number,
): Awaitable<Unit | undefined> {
  const { stored } = hold;
  if (stored === undefined && host.adopt === undefined) {
    if (!host.storage.features.shared && host.recent.has(hold.key, facts.id)) {
      return skip(host, facts, hold);
    }
    return new Unit(host, facts, hold, undefined, undefined);
  }
  const decoded = stored === undefined ? { record: emptyRecord } : decode(stored);
  if (!('record' in decoded)) return openUnreadable(host, facts, hold, decoded);
  const { record } = decoded;
  if (record.version > host.version && !isEmpty(record)) {
    const { version } = record;
    throw new FsmError('RECORD_NEWER', { key: hold.key, version, known: host.version });
  }
  const isKnown =
    hasSeen(record.ids, facts.id) ||
    (!host.storage.features.shared && host.recent.has(hold.key, facts.id));
  if (isKnown && !record.owed) return skip(host, facts, hold);
  const due = deadlineAt(hold);
  // what is older is migrated first
  const inspected = record.version === host.version ? inspect(record, host.registry) : undefined;
  const isPlain =
    inspected !== undefined &&
    !isPromise(inspected) &&
    'frames' in inspected &&
    inspected.frames === record.frames &&
    !record.owed &&
    stored !== undefined &&
    (due === undefined || due > arrivedAt);
  if (isPlain) return new Unit(host, facts, hold, record, due);
  const waited = host.clock.now() - arrivedAt;
  return openSlowly(host, facts, hold, { record, inspected, isKnown, waited });
}

/**
 * Finishes a unit: scenes hear of what happened, everything is committed at once, and then the bot speaks.
 *
 * @returns a promise only where there is something to wait for
 */
export function finish(unit: Unit): PromiseLike<void> | undefined {
  if (unit.isWriting || unit.events.length > 0 || unit.speaks) return finishSlowly(unit);
  return writeLast(unit) as PromiseLike<void> | undefined;
}

async function finishSlowly(unit: Unit): Promise<void> {
  if (unit.isWriting) await unit.written();
  await settle(unit);
  if (unit.question === undefined) {
    await writeLast(unit);
    await speak(unit);
    return;
  }
  // the question is marked as owed until it has been said: then a process that dies in between is made good by the next
  await unit.write(true);
  await speak(unit);
  await writeLast(unit);
}

/** What a handler that nobody awaits changes from here on could not be kept, so it is refused. */
function writeLast(unit: Unit): Awaitable<void> {
  unit.end('done');
  return unit.write(false);
}

/** Ends a unit that failed: nothing since its last commit is kept. */
export async function fail(unit: Unit): Promise<void> {
  const { apology, hold } = unit;
  const host = unit.host as PipelineHost;
  // a commit() that nobody awaited is on its way all the same
  if (unit.isWriting) await unit.written().catch(() => {});
  unit.undo();
  unit.end('failed');
  await hold?.release();
  if (apology === undefined || unit.place === undefined) return;
  try {
    await unit.tell(await textOf(apology, 'failed', unit));
    await unit.answerCallback({});
  } catch (error) {
    host.speechFailed(unit, error);
  }
}

/** Fires every timer that has passed, as a unit of its own. */
export async function fireDeadline(host: PipelineHost, unit: Unit, waited: number): Promise<void> {
  const { draft } = unit;
  const now = host.clock.now();
  // what a migration has changed stays, whatever the handlers do
  if (draft.changed) await unit.writeAhead();
  const passed = [...(draft.timers ?? [])]
    .filter(([, at]) => at + waited <= now)
    .sort(([, a], [, b]) => a - b);
  for (const [timer] of passed) {
    // an earlier one may have moved the conversation on, and with it gone the later ones
    if (draft.timers?.has(timer) !== true) continue;
    try {
      await passTimer(unit, timer);
      await settle(unit);
      await unit.writeAhead();
    } catch (error) {
      if (error instanceof FsmError && error.code === 'LEASE_LOST') throw error;
      await postpone(host, unit, timer, error);
      continue;
    }
    try {
      await speak(unit);
    } catch (error) {
      // the transition is committed and must not come again; a question that was not said is owed
      if (unit.facts.cause !== 'deadline') throw error;
      host.speechFailed(unit, error);
    }
  }
  // a deadline without timers: written by a version that knew more
  if (passed.length === 0 && draft.timers === undefined) draft.disarm();
}

async function postpone(
  host: PipelineHost,
  unit: Unit,
  timer: string,
  error: unknown,
): Promise<void> {
  unit.undo();
  const { draft } = unit;
  const delay = deadlineDelays[draft.failures];
  draft.postpone(timer, delay === undefined ? undefined : host.clock.now() + delay);
  await unit.writeAhead();
  const key = unit.key ?? '';
  host.tell('deadlineFailed', {
    key,
    error,
    ...(delay === undefined ? {} : { retryIn: delay }),
  });
}

/** What is known of a conversation that needs more than reading. */
interface Found {
  readonly record: ConversationRecord;
  /** Absent where it has to be migrated first. */
  readonly inspected: Awaitable<Inspection> | undefined;
  readonly isKnown: boolean;
  readonly waited: number;
}

async function openSlowly(
  host: PipelineHost,
  facts: UnitFacts,
  hold: Hold,
  found: Found,
): Promise<Unit | undefined> {
  const isNew = hold.stored === undefined;
  const unit = new Unit(host, facts, hold, isNew ? undefined : found.record, deadlineAt(hold));
  try {
    const goesOn = await bringUpToDate(host, unit, found);
    if (goesOn && isNew && host.adopt !== undefined) await adopt(host.adopt, unit);
    return goesOn ? unit : undefined;
  } catch (error) {
    unit.end('failed');
    throw error;
  }
}

/** @returns whether the update is still to be handled */
async function bringUpToDate(
  host: PipelineHost,
  unit: Unit,
  { record: stored, inspected, isKnown, waited }: Found,
): Promise<boolean> {
  // of a conversation that was cleared there is nothing to migrate
  const record = isEmpty(stored)
    ? stored
    : migrate(stored, host.migrations, host.migrationVersions);
  unit.draft.version = host.version;
  unit.draft.frames = record.frames;
  const inspection = await (inspected ?? inspect(record, host.registry));
  if ('frames' in inspection) unit.draft.frames = inspection.frames;
  else await repair(host, unit, inspection);
  if (unit.draft.owed) {
    const goesOn = await askOwed(unit);
    if (isKnown || !goesOn) {
      await writeLast(unit);
      return false;
    }
  }
  if (unit.facts.cause !== 'deadline') {
    const due = unit.draft.deadlineAt;
    if (due !== undefined && due + waited <= host.clock.now()) {
      await fireDeadline(host, unit, waited);
    }
  }
  return true;
}

/** Takes over what an earlier system kept; what it does is part of the unit. */
async function adopt(take: NonNullable<PipelineHost['adopt']>, unit: Unit): Promise<void> {
  await unit.loadServices();
  await take(unit as Turn & { readonly ctx: unknown });
  await settle(unit);
}

function openUnreadable(
  host: PipelineHost,
  facts: UnitFacts,
  hold: Hold,
  found: { readonly newer: number } | { readonly unreadable: string },
): Promise<Unit> {
  if ('newer' in found) {
    throw new FsmError('RECORD_NEWER', { key: hold.key, version: found.newer, known: 1 });
  }
  const reason = found.unreadable;
  if (host.unknownState === 'error' || host.unknownState === 'keep') {
    throw new FsmError('RECORD_UNREADABLE', { key: hold.key, reason });
  }
  const unit = new Unit(host, facts, hold, emptyRecord, undefined);
  const unknown = unreadableRecord(hold.stored?.text ?? '', reason);
  return repair(host, unit, unknown).then(() => unit);
}

/** Applies the policy to what is unknown, as a unit of its own, and then tells the user. */
async function repair(host: PipelineHost, unit: Unit, found: UnknownState): Promise<void> {
  const policy = host.unknownState;
  if (policy === 'keep') return;
  if (policy === 'error') throw refusal(host, found);
  await unit.loadServices();
  if (policy === 'reset') {
    unit.state.clear();
    unit.says.push(await textOf(host.defaults.texts, 'forgotten', unit));
  } else {
    // scenes that no longer exist cannot hear that they are left: what is known of the conversation is its data
    unit.draft.clear();
    unit.draft.change({ data: found.data as Frame['data'] });
    await policy(found, unit);
    await settle(unit);
  }
  await unit.writeAhead();
  host.tell('repaired', { key: unit.key ?? '', stored: found.stored, reason: found.reason });
  try {
    await speak(unit);
  } catch (error) {
    host.speechFailed(unit, error);
  }
}

function refusal({ registry }: PipelineHost, found: UnknownState): FsmError {
  const { stored, reason, issues } = found;
  if (reason === 'data') return new FsmError('DATA_INVALID', { state: stored, issues });
  if (reason === 'scene') {
    return new FsmError('SCENE_UNKNOWN', { scene: stored, known: [...registry.scenes.keys()] });
  }
  return new FsmError('STATE_UNKNOWN', { state: stored, known: registry.stateIds });
}

async function skip(host: PipelineHost, facts: UnitFacts, hold: Hold): Promise<undefined> {
  await hold.release();
  const { id, bot, update } = facts;
  if (typeof id === 'number') host.tell('duplicate', { key: hold.key, updateId: id });
  const query = (update?.['callback_query'] as { id?: string } | undefined)?.id;
  if (query === undefined || bot === undefined) return undefined;
  try {
    await bot.call('answerCallbackQuery', { callback_query_id: query });
  } catch (error) {
    host.tell('speechFailed', { key: hold.key, error });
  }
  return undefined;
}
