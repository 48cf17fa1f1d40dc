/** The way in from outside an update: admin tools, web hooks, cron. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Turn } from '../conversation/turn.ts';
import { newToken, storageFailed } from '../lease/calls.ts';
import type { Place } from '../lease/queue.ts';
import type { UnitId } from '../record/ids.ts';
import { isEmpty } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import type { StoredText } from '../storage/statements.ts';
import { answer } from '../unit/engine.ts';
import type { Cause, UnitFacts } from '../unit/facts.ts';
import type { Unit } from '../unit/unit.ts';
import type { Scope } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';
import { sideOf } from './committed.ts';
import type { Conversation, Snapshot } from './machine-interface.ts';
import { type MachineParts, run, type WayIn } from './run.ts';

/** Ms that work from outside waits for a conversation. */
const bound = 10_000;

/** Names a conversation without an update. */
export interface ConversationAddress {
  readonly key: string;
  readonly scope: Scope;
  readonly subject: Subject;
}

type Task<R> = (unit: Unit) => Awaitable<R>;

const outside: WayIn<Task<unknown>, unknown> = {
  async work(unit, task) {
    await unit.loadServices();
    return task(unit);
  },
};

/** Makes the handle of one conversation. */
export function conversationOf(parts: MachineParts, address: ConversationAddress): Conversation {
  const { key } = address;
  const work = async <R>(id: UnitId, task: Task<R>): Promise<R | undefined> => {
    const { host, reentry, turns } = parts;
    if (parts.isStopped()) throw new FsmError('STOPPED', { operation: `work on '${key}'` });
    if (reentry.isInside(key)) throw new FsmError('REENTERED', { key });
    const arrivedAt = host.clock.monotonic();
    turns.begin();
    try {
      const place = await joinWithin(parts, key);
      const left = Math.max(1, bound - (host.clock.monotonic() - arrivedAt));
      const facts = factsOutside(parts, address, id, 'outside');
      const arrival = { facts, place, bound: left, arrivedAt, given: task };
      return await run(parts, outside as WayIn<Task<R>, R>, arrival);
    } finally {
      turns.end();
    }
  };
  return {
    key,
    run: <R>(
      task: (turn: Turn) => Awaitable<R>,
      { id }: { readonly id?: string | undefined } = {},
    ) => work(id ?? newToken(), task) as Promise<R>,
    answer: async (step, value) =>
      (await work(newToken(), (unit) => answer(unit, step.id, value))) ?? false,
    peek: () => peek(parts, key),
  };
}

/** The facts of a unit of work that no update has caused. */
export function factsOutside(
  { bots }: MachineParts,
  { key, scope, subject }: ConversationAddress,
  id: UnitId,
  cause: Cause,
): UnitFacts {
  const bot = bots.get(subject.bot);
  return { key, scope, id, cause, subject, update: undefined, ctx: undefined, bot };
}

async function joinWithin({ queues, host }: MachineParts, key: string): Promise<Place> {
  const quick = queues.tryJoin(key);
  if (quick !== undefined) return quick;
  const abort = new AbortController();
  const giveUp = () => abort.abort(new FsmError('WAIT_TIMEOUT', { key, ms: bound }));
  const timer = host.clock.setTimeout(giveUp, bound);
  try {
    return await queues.join(key, abort.signal);
  } finally {
    host.clock.clearTimeout(timer);
  }
}

async function storedNow(
  { host, leases }: MachineParts,
  key: string,
): Promise<StoredText | undefined> {
  try {
    return await leases.ask(() => host.storage.peek(key));
  } catch (cause) {
    throw storageFailed(key, 'peek', cause);
  }
}

async function peek(parts: MachineParts, key: string): Promise<Snapshot | undefined> {
  const { host } = parts;
  const stored = await storedNow(parts, key);
  if (stored === undefined) return undefined;
  const decoded = decode(stored);
  if ('newer' in decoded) {
    throw new FsmError('RECORD_NEWER', { key, version: decoded.newer, known: host.version });
  }
  if ('unreadable' in decoded) {
    throw new FsmError('RECORD_UNREADABLE', { key, reason: decoded.unreadable });
  }
  const { record } = decoded;
  if (isEmpty(record)) return undefined;
  const { deadlineIn } = stored;
  return { ...sideOf(record), ...(deadlineIn !== undefined && { deadlineIn }) };
}
