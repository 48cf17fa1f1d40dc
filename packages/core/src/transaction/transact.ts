/** A whole turn, for updates, deadlines and work from outside: queue, lease, open, work, settle, commit, deliver, release. */

import { isFsmError } from '../base/errors.ts';
import { namedError } from '../base/frozen.ts';
import { textOf } from '../conversation/texts.ts';
import type { Hold } from '../lease/lease.ts';
import type { Place } from '../lease/queue.ts';
import type { Stay } from '../lease/reentry.ts';
import {
  commit,
  commitId,
  deliver,
  rollBack,
  runReleased,
  settle,
  textsOf,
  throwFailure,
} from './commit.ts';
import { isInterruption } from './interrupts.ts';
import type { Job } from './job.ts';
import { bringUpToDate, isUpToDate, open } from './open.ts';
import type { OpenTurn, Runtime } from './runtime.ts';
import { RunningTurn } from './turn.ts';

/**
 * Does one turn.
 *
 * @returns what the work gives; `undefined` if it was not done: handled before, busy, not admitted, interrupted, or failed and forgiven
 */
export function transact<Result>(rt: Runtime, job: Job<Result>): Promise<Result | undefined> {
  const { key } = job;
  if (key === undefined) return withoutConversation(rt, job);
  const { reentry } = rt;
  if (!reentry.isOn) return telefsmTurn(rt, job, key, undefined);
  return reentry.track(key, (stay) => telefsmTurn(rt, job, key, stay));
}

/** Its name is what `reentry` looks for in stacks. */
async function telefsmTurn<Result>(
  rt: Runtime,
  job: Job<Result>,
  key: string,
  stay: Stay | undefined,
): Promise<Result | undefined> {
  const { reentry } = rt;
  if (stay === undefined) reentry.untracked++;
  // joined before anything is awaited: that is the order that users see
  let place: Place | undefined = rt.queues.tryJoin(key);
  const arrival = place === undefined ? rt.early.arrives() : undefined;
  const { shared } = rt.storage.features;
  const mayWait = shared || arrival !== undefined;
  const arrivedAt = mayWait ? rt.clock.monotonic() : undefined;
  let hold: Hold | undefined;
  let turn: OpenTurn | undefined;
  let interruption: AbortController | undefined;
  rt.stopping.running++;
  try {
    place ??= await job.wait(key);
    if (place === undefined) return undefined;
    stay?.begin();
    interruption = rt.interrupts?.begin(key, job.cause);
    if (rt.stopping.isLate) throw rt.stopping.error(job);

    hold = await rt.leases.take(key, {
      bound: job.timeout,
      ...(shared && { onBusy: () => job.busy?.() }),
    });
    if (mayWait) job.ready?.();
    if (hold === undefined) return void (await job.refuse?.());
    hold.place = place;
    if (job.admits?.(hold) === false) return void (await hold.release());

    const opened = open(rt, job, hold);
    if (opened.isDuplicate && !opened.turn.copy.owed) return void (await skip(opened.turn));
    turn = opened.turn;
    turn.interruption = interruption;
    if (arrival !== undefined) turn.isEarly = rt.early.isEarly(key, arrival);
    const waited = arrivedAt === undefined ? 0 : rt.clock.monotonic() - arrivedAt;
    const isCurrent = isUpToDate(opened, waited);
    if (!isCurrent && !(await bringUpToDate(opened, waited))) return undefined;
    if (rt.options.services !== undefined) await turn.loadServices();

    const { interrupts } = rt;
    const result = await (interrupts === undefined ? job.work(turn) : interrupts.race(turn, job));

    if (turn.writing !== undefined) await turn.writing;
    const { effects } = turn;
    if (effects.isUsed) {
      const refusal = effects.takeRefusal();
      if (refusal !== undefined) return void (await refuseInput(turn, refusal.error));
      if (effects.hasEvents) await settle(turn);
      if (effects.hasPrompt) {
        // the question is committed as pending until it has been asked: if this process dies in between, the next update asks it
        await commit(turn, true);
        await deliver(turn);
      }
    }
    // what a handler that nobody awaits changes from here on could not be kept, so it is refused
    turn.phase = 'over';
    await commit(turn, false);
    if (effects.isUsed) {
      if (effects.isSending) await deliver(turn);
      throwFailure(turn);
    }
    return result;
  } catch (thrown) {
    const error = namedError(thrown);
    if (turn === undefined) await hold?.release();
    else if (isInterruption(error, turn)) return void (await giveWay(turn));
    else if (turn.effects.takesInput && isFsmError(error, 'RECORD_TOO_LARGE'))
      return void (await refuseInput(turn, error));
    else await fail(turn);
    if (isHandledElsewhere(error)) {
      if (typeof job.id === 'number') rt.notices.duplicate(key, job.id);
      return undefined;
    }
    if (job.forgives?.(error) !== true) throw error;
    return undefined;
  } finally {
    if (interruption !== undefined) rt.interrupts?.end(key, interruption);
    if (rt.early.asked.size > 0) rt.early.leaves(key);
    place?.leave();
    if (mayWait) job.ready?.();
    if (stay === undefined) reentry.untracked--;
    else stay.end();
    try {
      if (turn?.effects.isUsed) await runReleased(turn);
    } finally {
      if (--rt.stopping.running === 0) rt.stopping.idle?.();
    }
  }
}

/** A turn that was done before: nothing is done, and a button's loading spinner disappears. */
async function skip({ rt, facts, hold, key = '' }: OpenTurn): Promise<void> {
  const { id, bot, update } = facts;
  await hold?.release();
  if (typeof id === 'number') rt.notices.duplicate(key, id);
  const query = (update?.['callback_query'] as { id?: string } | undefined)?.id;
  if (query === undefined || bot === undefined) return;
  try {
    await bot.call('answerCallbackQuery', { callback_query_id: query });
  } catch (error) {
    rt.notices.speechFailed(key, error);
  }
}

/** Another attempt has handled this very update: for whoever delivers it, it is done. */
function isHandledElsewhere(error: unknown): boolean {
  return isFsmError(error, 'LEASE_LOST') && error.details.handled;
}

/** Ends a turn that was interrupted: what it began with stays, and its update is not handled again. */
async function giveWay(turn: OpenTurn): Promise<void> {
  await turn.writing?.catch(() => {});
  rollBack(turn);
  turn.phase = 'failed';
  await commitId(turn);
}

/** What a scene made of an input cannot be stored: the user is told, and everything is as it was, but for the id of the update. */
async function refuseInput(turn: OpenTurn, error: unknown): Promise<void> {
  const { effects, rt, input, key = '' } = turn;
  await turn.writing?.catch(() => {});
  rollBack(turn);
  rt.notices.inputRefused(key, error);
  const name = isFsmError(error, 'RECORD_TOO_LARGE') ? 'tooLong' : 'invalid';
  const text = await textOf(textsOf(turn), name, turn);
  if (input?.kind === 'button') effects.answerQuery({ text, show_alert: true });
  else effects.send(text);
  turn.phase = 'over';
  await commitId(turn);
  await deliver(turn);
}

/** Ends a turn that failed: nothing since its last commit is kept. */
async function fail(turn: OpenTurn): Promise<void> {
  const { effects, hold, rt, key = '' } = turn;
  const apology = effects.takeApology();
  // a commit() that nobody awaited is on its way all the same
  await turn.writing?.catch(() => {});
  rollBack(turn);
  turn.phase = 'failed';
  await hold?.release();
  if (apology === undefined || turn.place === undefined) return;
  try {
    await turn.tell(await textOf(apology, 'failed', turn));
    await turn.answerCallback({});
  } catch (error) {
    rt.notices.speechFailed(key, error);
  }
}

/** An update that belongs to no conversation: handlers run, and nothing is locked, read or written. */
async function withoutConversation<Result>(rt: Runtime, job: Job<Result>): Promise<Result> {
  const turn = new RunningTurn(rt, job, undefined, undefined, undefined);
  if (job.ctx !== undefined) rt.opened?.(turn, job.ctx);
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
