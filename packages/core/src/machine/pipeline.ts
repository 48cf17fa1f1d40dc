/** What every unit of work begins and ends with: duplicate check, deadline, repair; then one commit, and the bot speaks. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { textOf } from '../conversation/texts.ts';
import type { Turn } from '../conversation/turn.ts';
import { isPromise } from '../lease/calls.ts';
import type { Hold } from '../lease/lease.ts';
import { hasSeen } from '../record/ids.ts';
import { type ConversationRecord, emptyRecord, isEmpty } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import { askOwed, settle, speak } from '../unit/engine.ts';
import type { UnitFacts } from '../unit/facts.ts';
import { type Inspection, inspect, migrate } from '../unit/policy.ts';
import { deadlineAt, Unit } from '../unit/unit.ts';
import type { MachineHost } from './host.ts';
import { openUnreadable, repair } from './repair.ts';
import { fireDeadline } from './timers.ts';

/**
 * Reads a conversation that has been taken, and brings it up to date.
 *
 * What a deadline or a repair changes is a unit of its own, committed before the handlers run.
 *
 * @param arrivedAt - when the update came, by the monotonic clock: one that came before a deadline is handled before it
 * @returns the unit, or `undefined` for one that had been handled before; then the conversation has been let go
 * @throws FsmError `RECORD_NEWER`, `RECORD_UNREADABLE`, `STATE_UNKNOWN`, `DATA_INVALID` by policy
 */
export function open(
  host: MachineHost,
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
  const waited = host.clock.monotonic() - arrivedAt;
  const isPlain =
    inspected !== undefined &&
    !isPromise(inspected) &&
    'frames' in inspected &&
    inspected.frames === record.frames &&
    !record.owed &&
    stored !== undefined &&
    (due === undefined || due > host.clock.now() - waited);
  if (isPlain) return new Unit(host, facts, hold, record, due);
  return openSlowly(host, facts, hold, { record, inspected, isKnown, waited });
}

/**
 * Finishes a unit: scenes hear of what happened, everything is committed at once, and then the bot speaks.
 *
 * @returns a promise only where there is something to wait for
 */
export function finish(unit: Unit): PromiseLike<void> | undefined {
  if (unit.isWriting || unit.events.length > 0 || unit.speaks || unit.failure) {
    return finishSlowly(unit);
  }
  return writeLast(unit) as PromiseLike<void> | undefined;
}

async function finishSlowly(unit: Unit): Promise<void> {
  if (unit.isWriting) await unit.written();
  await settle(unit);
  if (unit.question === undefined) {
    await writeLast(unit);
    await speak(unit);
  } else {
    // the question is marked as owed until it has been said: then a process that dies in between is made good by the next
    await unit.write(true);
    await speak(unit);
    await writeLast(unit);
  }
  unit.throwFailure();
}

/** What a handler that nobody awaits changes from here on could not be kept, so it is refused. */
function writeLast(unit: Unit): Awaitable<void> {
  unit.end('done');
  return unit.write(false);
}

/** Ends a unit that failed: nothing since its last commit is kept. */
export async function fail(unit: Unit): Promise<void> {
  const { apology, hold } = unit;
  const host = unit.host as MachineHost;
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

/** What is known of a conversation that needs more than reading. */
interface Found {
  readonly record: ConversationRecord;
  /** Absent where it has to be migrated first. */
  readonly inspected: Awaitable<Inspection> | undefined;
  readonly isKnown: boolean;
  readonly waited: number;
}

async function openSlowly(
  host: MachineHost,
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
  host: MachineHost,
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
async function adopt(take: NonNullable<MachineHost['adopt']>, unit: Unit): Promise<void> {
  await unit.loadServices();
  await take(unit as Turn & { readonly ctx: unknown });
  await settle(unit);
}

async function skip(host: MachineHost, facts: UnitFacts, hold: Hold): Promise<undefined> {
  await hold.release();
  const { bot, update } = facts;
  host.tellDuplicate(facts);
  const query = (update?.['callback_query'] as { id?: string } | undefined)?.id;
  if (query === undefined || bot === undefined) return undefined;
  try {
    await bot.call('answerCallbackQuery', { callback_query_id: query });
  } catch (error) {
    host.tell('speechFailed', { key: hold.key, error });
  }
  return undefined;
}
