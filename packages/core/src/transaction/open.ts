/** Opens a leased conversation: decodes its record, recognizes redelivered updates, and brings an old record up to date. */

import { FsmError } from '../base/errors.ts';
import type { Hold } from '../lease/lease.ts';
import { hasSeen } from '../record/ids.ts';
import { type ConversationRecord, emptyRecord, isEmpty } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import { commit, commitAhead, deliver, settle } from './commit.ts';
import { fireDeadlines } from './deadlines.ts';
import { inspect, isCurrent, migrate, unreadableRecord } from './evolve.ts';
import type { Job } from './job.ts';
import { repair } from './repair.ts';
import type { OpenTurn, Runtime } from './runtime.ts';
import { RunningTurn } from './turn.ts';

/** What is stored, as far as it can be read. */
interface Found {
  readonly record: ConversationRecord | undefined;
  /** Why what is stored is no record. */
  readonly unreadable?: string;
}

/** A turn whose conversation has been read. */
export interface Opened {
  readonly turn: OpenTurn;
  /** Handled before: nothing is to be done. */
  readonly isDuplicate: boolean;
  /** Why what is stored is no record. */
  readonly unreadable: string | undefined;
}

/**
 * Reads a leased conversation.
 *
 * @throws FsmError `RECORD_NEWER`; `RECORD_UNREADABLE` by policy
 */
export function open(rt: Runtime, job: Job, hold: Hold): Opened {
  const { record, unreadable } = read(rt, hold);
  const deadlineIn = hold.stored?.deadlineIn;
  const deadlineAt = deadlineIn === undefined ? undefined : hold.takenAt + deadlineIn;
  const turn = new RunningTurn(rt, job, hold, record, deadlineAt);
  const isDuplicate =
    (record !== undefined && hasSeen(record.ids, job.id)) ||
    (!rt.storage.features.shared && rt.recent.has(hold.key, job.id));
  // also a turn that was handled before may have left a question that was never asked
  const isOver = isDuplicate && !turn.copy.owed;
  if (!isOver && job.ctx !== undefined) rt.opened?.(turn, job.ctx);
  return { turn, isDuplicate, unreadable };
}

/**
 * Whether a conversation can be worked on as it was read.
 *
 * @param waited - for how long the turn has waited, in ms: what passed meanwhile is after it
 */
export function isUpToDate({ turn, unreadable }: Opened, waited: number): boolean {
  const { rt, copy, stored } = turn;
  const { base } = copy;
  if (stored === undefined) return rt.options.adopt === undefined;
  if (unreadable !== undefined || base.owed || base.version !== rt.options.version) return false;
  const due = copy.deadlineAt;
  if (due !== undefined && due + waited <= rt.clock.now()) return false;
  const { registry } = rt;
  const knowsAny = !registry.strict && registry.scenes.size === 0;
  return knowsAny || isCurrent(base, registry);
}

/**
 * Brings a conversation up to date: migrations, the policy for what is unknown, pending questions, deadlines that have passed. What any
 * of them changes is committed before the turn goes on.
 *
 * @returns whether the turn is still to be done
 * @throws FsmError `STATE_UNKNOWN`, `SCENE_UNKNOWN`, `DATA_INVALID` by policy
 */
export async function bringUpToDate(
  { turn, isDuplicate, unreadable }: Opened,
  waited: number,
): Promise<boolean> {
  const { rt, copy, facts } = turn;
  const isNew = turn.stored === undefined;
  if (unreadable !== undefined) {
    await repair(turn, unreadableRecord(turn.stored?.text ?? '', unreadable));
    return true;
  }
  await evolve(turn);
  if (copy.owed) {
    const goesOn = await askAgain(turn);
    if (isDuplicate || !goesOn) {
      turn.phase = 'over';
      await commit(turn, false);
      return false;
    }
  }
  const due = copy.deadlineAt;
  if (facts.cause !== 'deadline' && due !== undefined && due + waited <= rt.clock.now()) {
    await fireDeadlines(turn, waited);
  }
  const { adopt } = rt.options;
  if (isNew && adopt !== undefined) {
    // takes over what an earlier system kept, as part of the turn
    await turn.loadServices();
    await adopt(turn);
    await settle(turn);
  }
  return true;
}

function read(rt: Runtime, { key, stored }: Hold): Found {
  if (stored === undefined) return { record: undefined };
  const { version: known, unknownState } = rt.options;
  const decoded = decode(stored);
  if ('newer' in decoded) {
    throw new FsmError('RECORD_NEWER', { key, version: decoded.newer, known: 1 });
  }
  if ('unreadable' in decoded) {
    const reason = decoded.unreadable;
    if (unknownState === 'error' || unknownState === 'keep') {
      throw new FsmError('RECORD_UNREADABLE', { key, reason });
    }
    return { record: emptyRecord, unreadable: reason };
  }
  const { version } = decoded.record;
  if (version > known && !isEmpty(decoded.record)) {
    throw new FsmError('RECORD_NEWER', { key, version, known });
  }
  return decoded;
}

/** Migrations, former names, data that its schema does not take. */
async function evolve(turn: OpenTurn): Promise<void> {
  const { rt, copy } = turn;
  const { version, migrations, migrationVersions } = rt.options;
  // of a conversation that was cleared there is nothing to migrate
  const record = isEmpty(copy.base) ? copy.base : migrate(copy.base, migrations, migrationVersions);
  copy.version = version;
  copy.frames = record.frames;
  const inspection = await inspect(record, rt.registry);
  if ('frames' in inspection) copy.frames = inspection.frames;
  else await repair(turn, inspection);
}

/**
 * Asks again what was committed and perhaps never asked, because a process died in between.
 *
 * Where it cannot be asked, now either, it stays pending. That fails only what would be an answer to it: commands, buttons and work from
 * elsewhere are the ways out for a user whose question can never be asked.
 *
 * @returns whether the turn may go on: an answer to a question that nobody saw is none
 */
async function askAgain(turn: OpenTurn): Promise<boolean> {
  const { copy, effects, input, rt } = turn;
  const { frames } = copy;
  const goesOn = input === undefined || input.kind === 'command' || input.kind === 'button';
  const tolerate = (error: unknown) => {
    if (!goesOn) throw error;
    rt.notices.speechFailed(turn.key ?? '', error);
  };
  await turn.loadServices();
  copy.owed = false;
  effects.note({ kind: 'ask' });
  try {
    await settle(turn);
  } catch (error) {
    tolerate(error);
    effects.silence();
    copy.frames = frames;
    copy.owed = true;
  }
  await commitAhead(turn);
  await deliver(turn, goesOn).catch(tolerate);
  return goesOn;
}
