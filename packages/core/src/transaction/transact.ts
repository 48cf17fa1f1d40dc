/** A whole turn, for updates, deadlines and work from outside: queue, lease, open, work, hooks, commit, deliver, release. */

import { isPromise } from '../base/awaitable.ts';
import { FsmError, isFsmError } from '../base/errors.ts';
import { namedError } from '../base/frozen.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Lease } from '../lease/lease.ts';
import type { Stay } from '../lease/reentry.ts';
import { hasSeen } from '../record/ids.ts';
import { type Frame, isEmpty } from '../record/record.ts';
import { decode, newerFormat } from '../record/stored.ts';
import type { Registry } from '../state/registry.ts';
import type { Busy } from '../storage/statements.ts';
import { commit, deliver, finishWork, runReleased, throwFailure } from './commit.ts';
import { fail, skip, yieldTurn } from './endings.ts';
import { type Head, isInterruption } from './interrupts.ts';
import type { Job } from './job.ts';
import { Meter } from './meter.ts';
import type { Opened, OpenTurn, Runtime } from './runtime.ts';
import { RunningTurn } from './turn.ts';

/**
 * Does one turn.
 *
 * @param meter - measures it; made here if somebody observes `turn`
 * @returns what the work gives; `undefined` if it was not done: handled before, busy, not admitted, interrupted, or failed and forgiven
 */
export function transact<Result>(
  rt: Runtime,
  job: Job<Result>,
  meter?: Meter,
): Promise<Result | undefined> {
  if (meter === undefined && rt.watched.has('turn')) return measured(rt, job);
  const { key } = job;
  if (key === undefined) return withoutConversation(rt, job, meter);
  const { reentry } = rt;
  if (!reentry.isOn) return telefsmTurn(rt, job, key, undefined, meter);
  return reentry.track(key, (stay) => telefsmTurn(rt, job, key, stay, meter));
}

async function measured<Result>(rt: Runtime, job: Job<Result>): Promise<Result | undefined> {
  const meter = new Meter(rt);
  try {
    return await transact(rt, job, meter);
  } catch (error) {
    meter.fail(error);
    throw error;
  } finally {
    meter.end(job);
  }
}

/** Its name is what `reentry` looks for in stacks. */
async function telefsmTurn<Result>(
  rt: Runtime,
  job: Job<Result>,
  key: string,
  stay: Stay | undefined,
  meter: Meter | undefined,
): Promise<Result | undefined> {
  const { reentry } = rt;
  if (stay === undefined) reentry.untracked++;
  // joined before anything is awaited: that is the order that users see
  const first = rt.queues.tryJoin(key);
  const arrival = first === undefined ? rt.early.arrives() : undefined;
  const mayWait = rt.storage.features.shared || arrival !== undefined;
  const arrivedAt = mayWait ? rt.clock.monotonic() : undefined;
  let head: Head | undefined;
  let lease: Lease | undefined;
  let turn: OpenTurn | undefined;
  rt.stopping.running++;
  try {
    const seat = first ?? (await job.wait(key));
    if (seat === undefined) return undefined;
    const waiter: Head = { seat, interruption: undefined, isBehind: false, behind: undefined };
    head = waiter;
    stay?.begin();
    const { interrupts } = rt;
    lease = await (interrupts === undefined
      ? acquire(rt, job, key, waiter)
      : interrupts.acquire(key, job, waiter, () => acquire(rt, job, key, waiter)));
    if (mayWait) job.ready?.();
    if (lease === undefined) return void (await job.reject?.());
    lease.seat = head.seat;
    if (job.admits?.(lease) === false) return void (await lease.release());

    const waited = arrivedAt === undefined ? 0 : rt.clock.monotonic() - arrivedAt;
    const opened = open(rt, job, lease, waited);
    if (opened.isDuplicate && !opened.turn.copy.pendingPrompt)
      return void (await skip(opened.turn));
    meter?.begin(job, lease.stored);
    turn = opened.turn;
    turn.interruption = head.interruption;
    if (arrival !== undefined) turn.isEarly = rt.early.isEarly(key, arrival);
    turn.behind = head.behind;
    if (!opened.isCurrent) {
      // rare, or not for the first update: other bots do without it
      const { bringUpToDate } = await import('./up-to-date.ts');
      if (!(await bringUpToDate(opened, waited))) return undefined;
    }
    if (rt.options.services !== undefined) await turn.loadServices();

    const begun = turn;
    const isRaced = interrupts !== undefined && job.cause === 'update';
    const result = await (isRaced
      ? interrupts.race(begun, () => job.work(begun))
      : job.work(begun));

    if (turn.writing !== undefined) await turn.writing;
    const { used: effects } = turn;
    if (effects !== undefined) {
      const rejection = effects.take('rejection');
      if (rejection !== undefined) {
        meter?.fail(rejection.error);
        return void (await rejectUnstorable(turn, rejection.error));
      }
      if (effects.isUnsettled) await finishWork(turn);
      if (effects.prompt !== undefined) {
        // the question is committed as pending until it has been asked: if this process dies in between, the next update asks it
        const kept = commit(turn, true);
        if (isPromise(kept)) await kept;
        await deliver(turn);
      }
    }
    // later changes of a handler that nobody awaits could not be committed, so they are rejected
    turn.phase = 'over';
    const committed = commit(turn, false);
    if (isPromise(committed)) await committed;
    // a task that ran before the commit may have been the first to add something
    if (turn.used !== undefined) {
      if (turn.used.isSending) await deliver(turn);
      throwFailure(turn);
    }
    return result;
  } catch (thrown) {
    const error = namedError(thrown);
    if (!isHandledElsewhere(error)) meter?.fail(error);
    if (turn === undefined) await lease?.release();
    else if (isInterruption(error, turn)) return void (await yieldTurn(turn));
    else if (turn.used?.takesInput === true && isFsmError(error, 'RECORD_TOO_LARGE'))
      return void (await rejectUnstorable(turn, error));
    else await fail(turn);
    if (isHandledElsewhere(error)) {
      if (typeof job.id === 'number') rt.notify('duplicate', { key, updateId: job.id });
      return undefined;
    }
    if (job.forgives?.(error) !== true) throw error;
    return undefined;
  } finally {
    if (head?.interruption !== undefined) rt.interrupts?.end(key, head.interruption);
    if (rt.early.asked.size > 0) rt.early.leaves(key);
    head?.seat.leave();
    if (mayWait) job.ready?.();
    if (stay === undefined) reentry.untracked--;
    else stay.end();
    try {
      if (turn?.used?.released !== undefined) await runReleased(turn);
    } finally {
      if (--rt.stopping.running === 0) rt.stopping.idle?.();
    }
  }
}

/**
 * Acquires the lease of a conversation for the head of its queue.
 *
 * @throws FsmError `STOPPED`; what `Leases.acquire` throws passes
 */
function acquire(rt: Runtime, job: Job, key: string, head: Head): Awaitable<Lease | undefined> {
  if (rt.stopping.isLate) throw rt.stopping.error(job);
  const { timeout } = job;
  if (!rt.storage.features.shared) return rt.leases.acquire(key, { timeout });
  const onBusy = ({ fence }: Busy) => {
    head.isBehind = true;
    head.behind ??= fence;
    job.busy?.();
  };
  return rt.leases.acquire(key, { timeout, interruption: head.interruption, onBusy });
}

/** Rejects an input: the value that a scene made of it cannot be stored. */
async function rejectUnstorable(turn: OpenTurn, error: unknown): Promise<void> {
  const { rejectInput } = await import('./reject-input.ts');
  await rejectInput(turn, error);
}

/** Another attempt has handled this very update, so it is done for Telegram. */
function isHandledElsewhere(error: unknown): boolean {
  return isFsmError(error, 'LEASE_LOST') && error.details.handled;
}

/** An update that belongs to no conversation: handlers run, and nothing is locked, read or written. */
async function withoutConversation<Result>(
  rt: Runtime,
  job: Job<Result>,
  meter: Meter | undefined,
): Promise<Result> {
  meter?.begin(job, undefined);
  const turn = new RunningTurn(rt, job, undefined, undefined, undefined);
  rt.opened?.(turn, job.ctx);
  let phase: OpenTurn['phase'] = 'failed';
  try {
    if (rt.options.services !== undefined) await turn.loadServices();
    const result = await job.work(turn);
    phase = 'over';
    return result;
  } finally {
    turn.phase = phase;
  }
}

/**
 * Reads a leased conversation.
 *
 * @param waited - for how long the turn has waited, in ms: what passed meanwhile is after it
 * @throws FsmError `RECORD_NEWER`; `RECORD_UNREADABLE` by policy
 */
function open(rt: Runtime, job: Job, lease: Lease, waited: number): Opened {
  const { key, stored } = lease;
  const decoded = stored && decode(stored);
  if (decoded !== undefined && 'newer' in decoded) throw newerFormat(key, decoded.newer);
  const { version, unknownState } = rt.options;
  const unreadable =
    decoded !== undefined && 'unreadable' in decoded ? decoded.unreadable : undefined;
  if (unreadable !== undefined && (unknownState === 'error' || unknownState === 'keep')) {
    throw new FsmError('RECORD_UNREADABLE', { key, reason: unreadable });
  }
  const record = decoded !== undefined && 'record' in decoded ? decoded.record : undefined;
  if (record !== undefined && record.version > version && !isEmpty(record)) {
    throw new FsmError('RECORD_NEWER', { key, version: record.version, known: version });
  }
  const deadlineIn = stored?.deadlineIn;
  const deadlineAt = deadlineIn === undefined ? undefined : rt.clock.now() + deadlineIn;
  const turn = new RunningTurn(rt, job, lease, record, deadlineAt);
  const { known } = rt.recent;
  const isDuplicate =
    (record !== undefined && hasSeen(record.ids, job.id)) ||
    (known.size > 0 && !rt.storage.features.shared && rt.recent.has(key, job.id));
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
        (deadlineAt === undefined || deadlineAt + waited > rt.clock.now()) &&
        areKnown(record.frames, registry);
  return { turn, isDuplicate, isCurrent, unreadable };
}

/** Whether a machine certainly has everything in frames, and no schema checks them; if not, they are looked at closer. */
function areKnown(
  frames: readonly Frame[],
  { scenes, states, checked, strict, stateId }: Registry,
): boolean {
  if (!strict && scenes.size === 0) return true;
  for (const { scene, state } of frames) {
    const behavior = scene === null ? undefined : scenes.get(scene)?.behavior;
    if (behavior?.check !== undefined || (scene !== null && behavior === undefined)) return false;
    if (state === null) continue;
    if (checked.has(state)) return false;
    if (states.has(state)) continue;
    if (strict || scene !== null || stateId(state) !== undefined) return false;
  }
  return true;
}
