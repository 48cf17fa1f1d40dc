/** The way in for updates: whose they are, their order in this process, copies, and those that fail again and again. */

import type { FsmErrorCode } from '../base/error-catalogue.ts';
import { FsmError, isFsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { textOf } from '../conversation/texts.ts';
import type { Turn } from '../conversation/turn.ts';
import type { Place } from '../lease/queue.ts';
import { dispatch } from '../unit/dispatch.ts';
import type { UnitFacts } from '../unit/facts.ts';
import { Unit } from '../unit/unit.ts';
import { keyWriter, type Strategy, scopeOf } from '../update/key.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { type Subject, subjectOf } from '../update/subject.ts';
import { type ArrivalOptions, idOf, type Waiting, waitInLine, waitingOf } from './arrivals.ts';
import type { MachineHost } from './host.ts';
import type { BotPort } from './machine-interface.ts';
import { type MachineParts, run, type WayIn } from './run.ts';

/** What handles an update if no scene takes it. */
export type Rest = ((turn: Turn) => Awaitable<unknown>) | undefined;

/** How updates are told apart and how they wait. */
export interface UpdateOptions {
  readonly strategy: Strategy;
  readonly namespace: string;
  readonly when: ((subject: Subject) => boolean) | undefined;
  readonly waiting: Pick<ArrivalOptions, 'policy' | 'limit' | 'answerCallbacksAfter'>;
  /** An update that failed so often is given up. */
  readonly attempts: number;
  /** Ms that an update waits for its conversation. */
  readonly bound: number;
}

/** Errors that say nothing of the update itself. */
const outages: ReadonlySet<FsmErrorCode> = new Set<FsmErrorCode>([
  'COMMIT_UNKNOWN',
  'LEASE_LOST',
  'RECORD_NEWER',
  'STORAGE_FAILED',
  'WAIT_TIMEOUT',
]);

/** How many failing updates are counted at once. */
const mostFailing = 1000;

/** Makes the function that handles updates. */
export function updatesOf(
  parts: MachineParts,
  options: UpdateOptions,
): (update: RawUpdate, bot: BotPort, rest: Rest, ctx: unknown) => Promise<void> {
  const { host, queues, bots, turns } = parts;
  const { clock } = host;
  const copies = sharedOutcomes();
  const failing = new Map<string, number>();
  const keys: Keys = { ...options, writeKey: keyWriter(options.namespace) };
  const arrivals: ArrivalOptions = {
    ...options.waiting,
    queues,
    clock,
    sayBusy: (update, bot, sent) =>
      sayBusy(host, factsOf(keys, update, bot, undefined), update, sent),
    report: (error) => host.tell('speechFailed', { key: '', error }),
  };

  const way: WayIn<Rest, unknown> = {
    work(unit, rest) {
      if (host.registry.scenes.size > 0) {
        return dispatch(unit, async () => void (await rest?.(unit)));
      }
      if (host.services === undefined) return rest?.(unit);
      return unit.loadServices().then(() => rest?.(unit));
    },
    forgives: isGivenUp,
  };

  return (update, bot, rest, ctx) => {
    if (parts.isStopped()) {
      return Promise.reject(new FsmError('STOPPED', { operation: `update ${update.update_id}` }));
    }
    if (!bots.has(bot.id)) bots.set(bot.id, bot);
    const facts = factsOf(keys, update, bot, ctx);
    const { key } = facts;
    if (key === undefined) return withoutConversation(host, facts, rest);
    const arrivedAt = clock.monotonic();
    // joined before anything is awaited: that is the order that users see
    const place = queues.tryJoin(key);
    const waiting = waitingOf(arrivals, key, update, bot);
    if (place !== undefined) return handle(facts, place, arrivedAt, rest, waiting);
    const copy = copies.get(update.update_id, key);
    if (copy !== undefined) return copy;
    // stopping waits for those that wait too
    turns.begin();
    const handled = waitInLine(arrivals, key, waiting)
      .then((got) => got && handle(facts, got, arrivedAt, rest, waiting))
      .finally(turns.end);
    return copies.add(update.update_id, key, handled);
  };

  function handle(
    facts: UnitFacts,
    place: Place,
    arrivedAt: number,
    rest: Rest,
    waiting: Waiting,
  ): Promise<void> {
    // only an update that may wait is given a bound: the others learn at once that the conversation is busy
    const bound = options.waiting.policy === 'queue' ? options.bound : 0;
    const handled = run(parts, way, { facts, place, bound, arrivedAt, given: rest, waiting });
    if (failing.size === 0) return handled as Promise<void>;
    return handled.then(() => void failing.delete(`${facts.key} ${facts.id}`));
  }

  /** Counts how often an update has failed here; after the last attempt its chat goes on without it. */
  function isGivenUp({ key, id }: UnitFacts, error: unknown): boolean {
    // an outage or a deploy is no fault of the update: it comes again until it is over
    if (isFsmError(error) && outages.has(error.code)) return false;
    const name = `${key} ${id}`;
    const count = (failing.get(name) ?? 0) + 1;
    failing.delete(name);
    if (count >= options.attempts && typeof id === 'number') {
      host.tell('poisoned', { key: key as string, updateId: id, error });
      return true;
    }
    failing.set(name, count);
    if (failing.size > mostFailing) failing.delete(failing.keys().next().value as string);
    return false;
  }
}

/** Whose an update is, and by which key. */
interface Keys extends Pick<UpdateOptions, 'strategy' | 'when'> {
  readonly writeKey: ReturnType<typeof keyWriter>;
}

function factsOf(
  { strategy, when, writeKey }: Keys,
  update: RawUpdate,
  bot: BotPort,
  ctx: unknown,
): UnitFacts {
  const subject = subjectOf(update, bot.id);
  const hasConversation = when === undefined || when(subject);
  const scope = hasConversation ? scopeOf(strategy, subject) : undefined;
  return {
    key: scope && writeKey(subject.bot, subject.business, scope),
    scope,
    id: update.update_id,
    cause: 'update',
    subject,
    update,
    ctx,
    bot,
  };
}

/** An update that belongs to no conversation: handlers run, and nothing is locked, read or written. */
async function withoutConversation(host: MachineHost, facts: UnitFacts, rest: Rest): Promise<void> {
  const unit = new Unit(host, facts, undefined, undefined, undefined);
  let phase: 'done' | 'failed' = 'failed';
  try {
    await unit.loadServices();
    await rest?.(unit);
    phase = 'done';
  } finally {
    unit.end(phase);
  }
}

/** Tells the user that the bot is busy, in the way that the update allows. */
async function sayBusy(
  host: MachineHost,
  facts: UnitFacts,
  update: RawUpdate,
  sent: () => void = () => {},
): Promise<void> {
  const unit = new Unit(host, facts, undefined, undefined, undefined);
  await unit.loadServices();
  const text = await textOf(host.defaults.texts, 'busy', unit);
  const button = idOf(update, 'callback_query');
  const checkout = idOf(update, 'pre_checkout_query');
  if (button !== undefined) {
    await unit.api('answerCallbackQuery', { callback_query_id: button, text });
  } else if (checkout !== undefined) {
    const refusal = { pre_checkout_query_id: checkout, ok: false, error_message: text };
    const answer = unit.api('answerPreCheckoutQuery', refusal);
    sent();
    await answer;
  } else if (unit.place !== undefined) await unit.tell(text);
}

/** Copies of one update that wait at the same time: each but the first shares its outcome. */
function sharedOutcomes() {
  const outcomes = new Map<string, Promise<void>>();
  return {
    get: (id: number, key: string) => outcomes.get(`${id} ${key}`),
    add(id: number, key: string, outcome: Promise<void>): Promise<void> {
      const name = `${id} ${key}`;
      outcomes.set(name, outcome);
      const done = () => void outcomes.delete(name);
      outcome.then(done, done);
      return outcome;
    },
  };
}
