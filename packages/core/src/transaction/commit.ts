/** Writes the working copy: what is in a record, and when it is written. */

import { namedError } from '../base/named-error.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { working } from '../lease/queue.ts';
import { leastOfOne, mostIds, type TurnId, withId } from '../record/ids.ts';
import { idsKeptFor } from '../record/recent.ts';
import { type ConversationRecord, emptyRecord, isEmpty, lifetime } from '../record/record.ts';
import { checkSize, LazyWrite, replaced } from '../record/stored.ts';
import type { Write } from '../storage/statements.ts';
import { addressOf, isInaccessible, type ReplyAddress } from '../update/address.ts';
import { deliver } from './deliver.ts';
import { committedBy } from './events.ts';
import type { OpenTurn } from './runtime.ts';

/** Calls the hooks of scenes until nothing more happens, and finds the question to ask. */
export function finishWork(turn: OpenTurn): Awaitable<void> {
  const { engine } = turn.rt;
  if (engine !== undefined) return engine.runHooks(turn);
  // without scenes only observers are interested
  const { used: effects } = turn;
  for (let event = effects?.nextEvent(); event !== undefined; event = effects?.nextEvent()) {
    if (event.kind === 'left') effects?.reportLeft(event);
  }
}

/**
 * Runs the hooks of scenes for what the work has added.
 *
 * @throws the error of an input whose result cannot be stored; what hooks throw passes
 */
export function runHooks(turn: OpenTurn): Awaitable<void> {
  const { effects } = turn;
  if (effects.rejection !== undefined) throw effects.rejection.error;
  return effects.isUnsettled ? finishWork(turn) : undefined;
}

/**
 * Brings what the work has added to its end: hooks of scenes run, and a question is asked.
 *
 * @throws the error of an input whose result cannot be stored; what hooks throw passes
 */
export async function settle(turn: OpenTurn): Promise<void> {
  const hooks = runHooks(turn);
  if (hooks !== undefined) await hooks;
  if (turn.effects.prompt === undefined) return;
  // the question is committed as pending until it has been asked: if this process dies in between, the next update asks it
  const kept = commit(turn, true);
  if (kept !== undefined) await kept;
  await deliverAndMoveOn(turn);
}

/**
 * Sends what was committed. A question may move the user on, as `enter` of a node does: the next one is committed as pending, and then sent.
 *
 * @param silently - do not notify the user of a rejection
 */
export async function deliverAndMoveOn(turn: OpenTurn, silently = false): Promise<void> {
  for (;;) {
    await deliver(turn, silently);
    if (!turn.used?.hasEvents) return;
    turn.used.moves++;
    await finishWork(turn);
    await commitAhead(turn);
  }
}

/**
 * Writes what has changed and the turn's id, all at once.
 *
 * @param keep - whether the turn continues with the conversation afterwards
 */
export function commit(turn: OpenTurn, keep: boolean): void | Promise<void> {
  if (turn.sending !== undefined) return turn.sending.then(() => commit(turn, keep));
  const { lease, copy, rt, facts } = turn;
  if (lease === undefined) return;
  turn.used?.flush();
  // nobody delivers a deadline again
  if (facts.cause === 'deadline') return write(turn, undefined, keep);
  const isDone = copy.changed || keep || turn.used?.runOnce;
  const { fencing } = rt.storage.features;
  if (!isDone && !(fencing && !isEmpty(copy.base))) {
    // an update that did nothing in an empty conversation is not remembered: nothing is written
    if (!fencing && !isEmpty(copy.base)) rt.recent.add(lease.key, [facts.id]);
    return lease.release();
  }
  return write(turn, facts.id, keep);
}

/** Writes what a deadline, a repair or a pending prompt has changed before the update itself is handled, without the update's id. */
export function commitAhead(turn: OpenTurn): void | Promise<void> {
  if (turn.sending !== undefined) return turn.sending.then(() => commitAhead(turn));
  turn.used?.flush();
  return write(turn, undefined, true);
}

/** Writes the turn's id beside what is stored already. */
export function commitId(turn: OpenTurn): void | Promise<void> {
  const { cause, id } = turn.facts;
  // nobody delivers a deadline again
  return write(turn, cause === 'deadline' ? undefined : id, false);
}

/**
 * `ctx.state.commit()`.
 *
 * The working copy is read before anything is awaited: later changes are committed later. Only hooks of scenes, and a commit on its way, come first.
 *
 * @param isInside - whether this is within hooks of scenes: what runs them also runs those that follow
 */
export async function commitNow(turn: OpenTurn, isInside: boolean): Promise<void> {
  if (turn.used?.isUnsettled && !isInside) await finishWork(turn);
  await commit(turn, true);
  await deliver(turn);
  if (!isInside) throwFailure(turn);
}

/** Waits for commits that nobody awaited, also for those that their hooks begin; a failed one has failed the turn. */
export async function commitsEnded(turn: OpenTurn): Promise<void> {
  for (let last: unknown; turn.writing !== last; ) {
    last = turn.writing;
    await turn.writing?.catch(() => {});
  }
}

/** Runs the tasks whose commit was accepted; the first error of one is thrown when all have run. */
export async function runReleased(turn: OpenTurn): Promise<void> {
  let failed: { readonly error: unknown } | undefined;
  working.turns++;
  for (const task of turn.used?.take('released') ?? []) {
    try {
      await task();
    } catch (error) {
      failed ??= { error: namedError(error) };
    }
  }
  working.turns--;
  if (failed !== undefined) throw failed.error;
}

/** @throws what a hook has thrown that was attempted */
export function throwFailure(turn: OpenTurn): void {
  const failure = turn.used?.take('failure');
  if (failure !== undefined) throw failure.error;
}

/** Rolls back all changes since the last commit. */
export function rollBack(turn: OpenTurn): void {
  turn.copy.reset();
  turn.used?.drop();
  // what was changed in it in place is not to be written by a later commit
  turn.opened = undefined;
}

function write(turn: OpenTurn, id: TurnId | undefined, keep: boolean): void | Promise<void> {
  const { lease, copy, rt, facts } = turn;
  if (lease === undefined) return;
  const { changed } = copy;
  const { used } = turn;
  const isAwaited = used?.tasks !== undefined || used?.left !== undefined;
  if (!changed && id === undefined && !isAwaited) return keep ? undefined : lease.release();
  const { shared, fencing } = rt.storage.features;
  const least = facts.scope?.user === undefined ? mostIds : leastOfOne;
  const { base } = copy;
  let ids = id === undefined ? base.ids : withId(base.ids, id, least);
  for (const mark of used?.marks ?? []) ids = withId(ids, mark, least);
  const { chat, thread, business } = facts.subject;
  const isInKey = facts.scope?.chat === chat && thread === undefined && business === undefined;
  // a message in another topic that changes nothing leaves the conversation, and its deadlines, where they are
  const stays = !changed || (isInKey && !base.replyAddress);
  const address = stays ? base.replyAddress : addressNow(turn, isInKey);
  const record = copy.toRecord(ids, lease.withMark?.(base.marks) ?? base.marks, address);
  // so it is after a commit of this turn, and where nothing was added
  const isKnown = ids === base.ids;
  const next = isEmpty(record) ? (shared ? idsOnly(record) : undefined) : writeFor(turn, record);
  const tasks = used?.take('tasks');
  const left = used?.take('left') ?? [];
  const leaving = rt.watched.has('committed') ? used?.leaving(copy.leaving) : undefined;
  const written = () => {
    turn.sending = undefined;
    // where ids of an empty conversation cannot be kept in a record, this process remembers them
    if (next === undefined) {
      if (fencing) rt.recent.keep(lease.key, record.ids);
      else rt.recent.add(lease.key, record.ids);
    }
    replaced(turn.stored, next);
    turn.stored = next;
    copy.rebase(record);
    turn.used?.release(tasks);
    if ((changed || left.length > 0) && rt.watched.has('committed')) {
      rt.notify('committed', committedBy(facts, left, base, record, leaving));
    }
  };
  const sent = lease.commit(next, { keep, id: isKnown ? undefined : id });
  if (sent === undefined) return written();
  turn.sending = sent.then(written, (error) => {
    turn.sending = undefined;
    throw error;
  });
  return turn.sending;
}

/** A cleared conversation: its ids are kept for a while. */
function idsOnly({ version, ids, marks }: ConversationRecord): Write {
  return new LazyWrite({ ...emptyRecord, version, ids, marks }, idsKeptFor, undefined);
}

function writeFor({ rt, copy }: OpenTurn, record: ConversationRecord): Write {
  const { ttl, maxRecordBytes } = rt.options;
  const due = copy.timers === undefined ? undefined : copy.deadlineAt;
  // storages keep whole milliseconds, and a steady clock has parts of them
  const deadlineIn = due === undefined ? undefined : Math.round(due - rt.clock.monotonic());
  const life = ttl === undefined ? undefined : lifetime(ttl, deadlineIn);
  const next = new LazyWrite(record, life, deadlineIn);
  const { base } = copy;
  const { shared } = rt.storage.features;
  // otherwise it is about as large as it was, and without a text it would have to be counted
  const isOther =
    record.top !== base.top || record.below !== base.below || record.session !== base.session;
  if (isOther || shared) checkSize(record, next, maxRecordBytes, shared);
  return next;
}

/**
 * The reply address to store.
 *
 * @param isInKey - whether the key of the conversation contains that of this update
 */
function addressNow({ facts, copy }: OpenTurn, isInKey: boolean): ReplyAddress | undefined {
  const { update, subject, isElsewhere } = facts;
  // where an invoice says that its conversation is, anybody may have written
  const isThere = isElsewhere || subject.updateType === 'pre_checkout_query';
  if (!update || isThere || isInaccessible(update)) return copy.base.replyAddress;
  const address = isInKey ? undefined : addressOf(update);
  if (!address) return undefined;
  // an answer that only one user sees, or a guest's, is of this update alone
  const { receiver: _, guestQuery: __, ...lasting } = address;
  return lasting;
}
