/** A whole turn, for updates, deadlines and work from outside: queue, lease, open, work, hooks, commit, deliver, release. */

import { FsmError } from '../base/errors.ts';
import type { Interruption, Lease, WaitOptions } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import type { Stay } from '../lease/reentry.ts';
import { hasSeen, noIds } from '../record/ids.ts';
import { emptyRecord, type Frame, isEmpty } from '../record/record.ts';
import { decode, newerFormat } from '../record/stored.ts';
import type { Registry } from '../state/registry.ts';
import type { Busy } from '../storage/statements.ts';
import { commit, runReleased, settle, throwFailure } from './commit.ts';
import { deliver } from './deliver.ts';
import { endFailed, skip } from './endings.ts';
import type { Head } from './interrupts.ts';
import type { Job } from './job.ts';
import { Meter, measured } from './meter.ts';
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
  let lease: Lease | undefined;
  let turn: OpenTurn | undefined;
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
    const isRaced = interrupts !== undefined && job.cause === 'update';
    const result = await (isRaced ? interrupts.race(turn, job) : job.work(turn));
    while (turn.writing !== undefined) await turn.writing;
    if (turn.used !== undefined) await settle(turn);
    // a hook may have begun one that it does not await
    while (turn.writing !== undefined) await turn.writing;

    // commit, and deliver; later changes of a handler that nobody awaits could not be committed, so they are rejected
    turn.phase = 'over';
    const committed = commit(turn, false);
    if (committed !== undefined) await committed;
    // a task that ran before the commit may have been the first to add something
    if (turn.used !== undefined) {
      if (turn.used.isSending) await deliver(turn);
      throwFailure(turn);
    }
    return result;
  } catch (thrown) {
    if (turn === undefined) await lease?.release();
    return await endFailed(rt, job, turn, thrown, meter);
  } finally {
    // release
    queued.leave();
    try {
      if (turn?.used?.released !== undefined) await runReleased(turn);
    } finally {
      rt.stopping.end();
    }
  }
}

/**
 * A job from when it joins the queue of its conversation until its turn has ended: its seat there, and how it has waited.
 *
 * Implements `WaitOptions` itself: a separate object would keep the whole turn alive, see "Objects of a turn" in ARCHITECTURE.md.
 */
class QueuedJob implements Head, WaitOptions {
  readonly rt: Runtime;
  readonly job: Job;
  readonly key: string;
  readonly stay: Stay | undefined;
  /** Absent while others of this process are before it. */
  seat: Seat | undefined;
  /** Its number among the updates that have waited; absent if it found the queue empty. */
  readonly number: number | undefined;
  /** Whether somebody could be before it, here or in another process. */
  readonly mayWait: boolean;
  /** When it came, by the monotonic clock; absent unless it may wait. */
  readonly at: number | undefined;
  interruption: Interruption | undefined;
  isBehind = false;
  behind: number | undefined;

  constructor(rt: Runtime, job: Job, key: string, stay: Stay | undefined) {
    this.rt = rt;
    this.job = job;
    this.key = key;
    this.stay = stay;
    if (stay === undefined) rt.reentry.untracked++;
    // joined before anything is awaited: that is the order that users see
    this.seat = rt.queues.tryJoin(key);
    this.number = this.seat === undefined ? rt.early.arrives() : undefined;
    this.mayWait = rt.storage.features.shared || this.number !== undefined;
    this.at = this.mayWait ? rt.clock.monotonic() : undefined;
    rt.stopping.begin();
  }

  /** That of the job at the time of asking: waiting in the queue may have used up some of it. */
  get timeout(): number {
    return this.job.timeout;
  }

  onBusy({ fence }: Busy): void {
    // no other process has it, and `ready` would not end what `busy` begins
    if (!this.rt.storage.features.shared) return;
    this.isBehind = true;
    this.behind ??= fence;
    this.job.busy?.();
  }

  /**
   * Acquires the lease, as the head of the queue.
   *
   * @throws FsmError `STOPPED`; what `Leases.acquire` throws passes
   */
  acquire(): Lease | Promise<Lease | undefined> {
    const { rt, job, key } = this;
    if (rt.stopping.isLate) throw rt.stopping.error(job);
    return rt.leases.acquire(key, this);
  }

  leave(): void {
    const { rt, key, stay, interruption } = this;
    if (interruption !== undefined) rt.interrupts?.end(key, interruption);
    if (rt.early.asked.size > 0) rt.early.leaves(key);
    this.seat?.leave();
    if (this.mayWait) this.job.ready?.();
    if (stay === undefined) rt.reentry.untracked--;
    else stay.end();
  }
}

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
