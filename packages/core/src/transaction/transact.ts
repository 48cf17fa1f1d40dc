/** A whole turn, for updates, deadlines and work from outside: queue, lease, open, work, hooks, commit, deliver, release. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Lease } from '../lease/lease.ts';
import type { Stay } from '../lease/reentry.ts';
import { hasSeen, noIds } from '../record/ids.ts';
import { emptyRecord, type Frame, isEmpty } from '../record/record.ts';
import { decode, newerFormat } from '../record/stored.ts';
import type { Registry } from '../state/registry.ts';
import { conclude, endFailed, leave, skip } from './endings.ts';
import type { Job } from './job.ts';
import { Meter, measured } from './meter.ts';
import { QueuedJob } from './queued.ts';
import type { Opened, OpenTurn, Runtime } from './runtime.ts';
import { RunningTurn } from './turn.ts';
import { workAlone } from './without-conversation.ts';

/**
 * Does one turn.
 *
 * @returns what the work gives; `undefined` if it was not done: handled before, busy, not admitted, interrupted, or failed and forgiven
 */
export function transact<Result>(rt: Runtime, job: Job<Result>): Promise<Result | undefined> {
  const { key } = job;
  const meter = rt.watched.has('turn') ? new Meter(rt) : undefined;
  let turn: Promise<Result | undefined>;
  if (key === undefined) turn = workAlone(rt, job, meter);
  else if (!rt.reentry.isOn) turn = telefsmTurn(rt, job, key, undefined, meter);
  else turn = trackedTurn(rt, job, key, meter);
  return meter === undefined ? turn : measured(meter, job, turn);
}

function trackedTurn<Result>(
  rt: Runtime,
  job: Job<Result>,
  key: string,
  meter: Meter | undefined,
): Promise<Result | undefined> {
  return rt.reentry.track(key, (stay) => telefsmTurn(rt, job, key, stay, meter));
}

/** Its name is what `reentry` looks for in stacks. */
async function telefsmTurn<Result>(
  rt: Runtime,
  job: Job<Result>,
  key: string,
  stay: Stay | undefined,
  meter: Meter | undefined,
): Promise<Result | undefined> {
  const queued = new QueuedJob(rt, job, key, stay);
  const { around } = queued;
  let lease: Lease | undefined;
  let turn: OpenTurn | undefined;
  let isLater = false;
  try {
    // queue
    queued.seat ??= await job.wait(key);
    if (queued.seat === undefined) return undefined;
    stay?.begin();

    // lease
    const { interrupts } = rt;
    const acquired =
      interrupts === undefined ? queued.acquire() : interrupts.acquire(key, job, queued);
    lease = acquired !== undefined && 'then' in acquired ? await acquired : acquired;
    if (queued.mayWait) job.ready?.();
    if (lease === undefined && (await job.waitsAnyway?.())) lease = await queued.acquire();
    if (lease === undefined) return undefined;
    lease.seat = queued.seat;
    if (job.admits?.(lease) === false) return void (await lease.release());

    // open
    const opened = open(queued, lease);
    if (opened.isOver) return void (await skip(opened.turn));
    meter?.begin(job, lease.stored);
    turn = opened.turn;
    if (!opened.isCurrent) {
      // rare, or not for the first update: other bots do without it
      const { bringUpToDate } = await import('./up-to-date.ts');
      if (!(await bringUpToDate(opened))) return undefined;
    }
    if (rt.options.services !== undefined) await turn.loadServices();

    // work
    const result = await (around?.interruption === undefined
      ? work(turn, job)
      : (await nested()).untilInterrupted(around.interruption, () => work(opened.turn, job)));
    while (turn.writing !== undefined) await turn.writing;

    // commit, and deliver
    if (around?.isOpen) {
      isLater = await (await nested()).waitForOuter(around, { queued, turn, meter });
      if (isLater) return result;
    }
    if (queued.interrupted !== undefined) throw queued.interrupted;
    if (queued.within !== undefined) await (await nested()).concludeWithin(queued, turn);
    queued.isOpen = false;
    const concluded = conclude(turn);
    if (concluded !== undefined) await concluded;
    return result;
  } catch (thrown) {
    queued.isOpen = false;
    if (queued.within !== undefined) await (await nested()).failWithin(queued, thrown);
    if (turn === undefined) await lease?.release();
    return await endFailed(queued, turn, thrown, meter);
  } finally {
    // release
    queued.isOpen = false;
    const left = isLater ? undefined : leave(queued, turn);
    if (left !== undefined) await left;
  }
}

/** Runs the handlers of a turn, unless it is interrupted. */
function work<Result>(turn: OpenTurn, job: Job<Result>): Awaitable<Result> {
  const { interrupts } = turn.rt;
  const isRaced = interrupts !== undefined && job.cause === 'update';
  return isRaced ? interrupts.race(turn, job) : job.work(turn);
}

/** Loads the parts for a turn within another one. */
const nested = () => import('./nested.ts');

/**
 * Reads a leased conversation.
 *
 * @throws FsmError `RECORD_NEWER`; `RECORD_UNREADABLE` by policy
 */
function open({ rt, job, at, number, interruption, behind }: QueuedJob, lease: Lease): Opened {
  const { key, stored } = lease;
  const waited = at === undefined ? 0 : lease.startedAt - at;
  const { record, newer, unreadable } = decode(stored);
  if (newer !== undefined) throw newerFormat(key, newer);
  const { version, unknownState } = rt.options;
  if (unreadable !== undefined && (unknownState === 'error' || unknownState === 'keep')) {
    throw new FsmError('RECORD_UNREADABLE', { key, reason: unreadable });
  }
  if (record !== undefined && record.version > version && !isEmpty(record)) {
    throw new FsmError('RECORD_NEWER', { key, version: record.version, known: version });
  }
  const deadlineIn = stored?.deadlineIn;
  const deadlineAt = deadlineIn === undefined ? undefined : rt.clock.monotonic() + deadlineIn;
  // a record continues the ids of its cleared conversation; a storage without fencing is not written for an id alone
  const isContinued = record !== undefined && rt.storage.features.fencing;
  const recent = isContinued ? noIds : rt.recent.idsOf(key);
  const began = recent === noIds ? record : (record ?? { ...emptyRecord, version, ids: recent });
  const turn = new RunningTurn(rt, job, lease, began, deadlineAt);
  turn.interruption = interruption;
  turn.behind = behind;
  if (number !== undefined) turn.isEarly = rt.early.isEarly(key, number);
  const isDuplicate = hasSeen(record?.ids ?? noIds, job.id) || hasSeen(recent, job.id);
  // also a turn that was handled before may have left a question that was never asked
  const isOver = isDuplicate && !turn.copy.pendingPrompt;
  if (!isOver) rt.opened?.(turn, job.ctx);
  const { registry } = rt;
  const isCurrent =
    stored === undefined
      ? rt.options.adopt === undefined
      : record !== undefined &&
        !record.pendingPrompt &&
        record.version === version &&
        (deadlineAt === undefined || deadlineAt + waited > rt.clock.monotonic()) &&
        ((!registry.strict && registry.scenes.size === 0) ||
          (isKnown(record.top, registry) && record.below.every((one) => isKnown(one, registry))));
  return { turn, isDuplicate, isOver, isCurrent, waited, unreadable };
}

/** Whether a machine certainly has the scene and state of a frame, and no schema checks it; if not, `bringUpToDate` decides. */
function isKnown(
  { scene, state }: Frame,
  { scenes, states, checked, strict, stateId }: Registry,
): boolean {
  const behavior = scene === null ? undefined : scenes.get(scene)?.behavior;
  if (behavior?.check !== undefined || (scene !== null && behavior === undefined)) return false;
  if (state === null) return true;
  if (checked.has(state)) return false;
  return states.has(state) || (!strict && scene === null && stateId(state) === undefined);
}
