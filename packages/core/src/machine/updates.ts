/** Handles updates: their keys, the queue, redeliveries, and updates that fail repeatedly. */

import { atOnce } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { burstTimer } from '../conversation/behavior.ts';
import type { Seat } from '../lease/queue.ts';
import type { BotPort } from '../transaction/facts.ts';
import type { Job } from '../transaction/job.ts';
import { isOutage } from '../transaction/outage.ts';
import type { OpenTurn, Rest } from '../transaction/runtime.ts';
import { transact } from '../transaction/transact.ts';
import { waitInQueue } from '../transaction/waiting.ts';
import type { Asker } from '../update/elsewhere.ts';
import { keyWriter, type Scope, scopeOf } from '../update/key.ts';
import type { RawObject, RawUpdate } from '../update/raw-update.ts';
import { type Subject, subjectOf } from '../update/subject.ts';
import { tagOf } from '../update/tag.ts';
import type { MachineRuntime } from './runtime.ts';
import type { GroupMoves } from './supergroup.ts';

/** How many failing updates are counted at once. */
const mostFailing = 1000;

/** Values that all updates of one machine share. */
interface Updates {
  readonly rt: MachineRuntime;
  readonly writeKey: ReturnType<typeof keyWriter>;
  /** Ms that an update waits for another process: the longest turn, and until its lease has lapsed. */
  readonly timeout: number;
  /** Redeliveries that wait at the same time: each but the first shares its outcome. */
  readonly waiting: Map<string, Promise<unknown>>;
  /** How often an update has failed in this process. */
  readonly failing: Map<string, number>;
}

/** Makes the function that handles updates. */
export function updatesOf(
  rt: MachineRuntime,
): (update: RawUpdate, bot: BotPort, rest: Rest, ctx: unknown, scope?: Scope) => Promise<void> {
  const { options, bots, stopping } = rt;
  const updates: Updates = {
    rt,
    writeKey: keyWriter(options.namespace),
    timeout: options.longest + options.lease,
    waiting: new Map(),
    failing: new Map(),
  };
  function work(job: UpdateJob): Promise<void> {
    const { bot } = job;
    if (stopping.isStopped) throw stopping.error(job);
    if (!bots.has(bot.id)) bots.set(bot.id, bot.lasting?.() ?? bot);
    const handled = transact(rt, job);
    return (job.isShared ? job.shares(handled) : handled) as Promise<void>;
  }
  async function vote(given: GivenUpdate): Promise<void> {
    const { withSender } = await import('../transaction/polls.ts');
    await withSender(rt, given.update, given.subject, (asker) =>
      work(jobOf(updates, given, asker)),
    );
  }
  let moves: Promise<GroupMoves> | undefined;
  async function behindMoves(given: GivenUpdate, asker: Asker | undefined): Promise<void> {
    // a group becomes a supergroup once, so what that needs is loaded then
    moves ??= import('./supergroup.ts').then(({ GroupMoves }) => new GroupMoves(rt));
    await (await moves).before(given.update, given.subject);
    await work(jobOf(updates, given, asker));
  }
  // not async: a promise of its own would be one more for every update
  return (update, bot, rest, ctx, scope) => {
    try {
      const subject = subjectOf(update, bot.id);
      const given: GivenUpdate = { update, subject, bot, rest, ctx };
      if (scope !== undefined) return work(new UpdateJob(updates, given, subject, false, scope));
      const { updateType } = subject;
      const isVote = updateType === 'poll_answer' || updateType === 'poll';
      if (isVote && rt.followsPolls) return vote(given);
      const isPress = updateType === 'callback_query';
      const asker = isPress ? rt.engine?.askerOf(update, subject) : undefined;
      const message: RawObject = Object(update['message']);
      const moved = message['migrate_to_chat_id'] ?? message['migrate_from_chat_id'];
      return (moves ?? moved) === undefined
        ? work(jobOf(updates, given, asker))
        : behindMoves(given, asker);
    } catch (error) {
      // a strategy or `when` that throws: rejected as everything else that fails
      return Promise.reject(error);
    }
  };
}

/** An update as the framework gives it, and its own subject. */
type GivenUpdate = Pick<UpdateJob, 'update' | 'subject' | 'bot' | 'rest' | 'ctx'>;

/** The job of an update; for the conversation that waits for it from another chat, if that is one of this machine. */
function jobOf(updates: Updates, given: GivenUpdate, asker: Asker | undefined): UpdateJob {
  if (asker !== undefined) {
    const job = new UpdateJob(updates, given, asker.subject, true);
    if (job.key !== undefined && tagOf(job.key) === asker.tag) return job;
  }
  return new UpdateJob(updates, given, given.subject, false);
}

/** A class, since one is made for every update: its methods are on the prototype. */
class UpdateJob implements Job {
  readonly key: string | undefined;
  readonly scope: Scope | undefined;
  readonly subject: Subject;
  readonly update: RawUpdate;
  readonly bot: BotPort;
  readonly ctx: unknown;
  readonly cause = 'update';
  readonly isElsewhere: boolean;
  readonly id: number;
  private readonly updates: Updates;
  readonly rest: Rest;
  /** Whether redeliveries share its outcome: it has found its conversation busy, and has an id. */
  isShared = false;
  waits: true | undefined;
  private first: Promise<unknown> | undefined;
  /** Clears the timer of an early answer. */
  private early: Promise<() => unknown> | undefined;

  /**
   * @param isElsewhere - whether the conversation of the subject waits for this update from another chat
   * @param scope - of its conversation, if the strategy does not decide
   */
  constructor(
    updates: Updates,
    { update, bot, rest, ctx }: GivenUpdate,
    subject: Subject,
    isElsewhere: boolean,
    scope?: Scope,
  ) {
    const { strategy, when } = updates.rt.options;
    this.isElsewhere = isElsewhere;
    this.updates = updates;
    const isInside = scope || isElsewhere || !when || atOnce('when', when(subject));
    this.scope = scope ?? (isInside ? scopeOf(strategy, subject) : undefined);
    this.key = this.scope && updates.writeKey(subject.bot, subject.business, this.scope);
    this.subject = subject;
    this.update = update;
    this.id = update.update_id;
    this.bot = bot;
    this.rest = rest;
    this.ctx = ctx;
  }

  async wait(key: string): Promise<Seat | undefined> {
    const { rt, waiting } = this.updates;
    // the same update waits already: there is nothing to do but to share its outcome
    this.isShared = this.id !== undefined;
    this.first = this.isShared ? waiting.get(this.name) : undefined;
    if (this.first !== undefined) return undefined;
    const policy = rt.interrupts?.interrupt(key, this) ?? rt.options.waiting.policy;
    if (policy === 'next') return this.waitNext(key);
    return waitInQueue(rt, key, async (signal) => {
      const isQueued = policy === 'queue' && rt.queues.waiting(key) < rt.options.waiting.limit;
      if (!(isQueued || (await this.waitsAnyway()))) return undefined;
      this.busy();
      return rt.queues.join(key, signal);
    });
  }

  waitNext(key: string): Promise<Seat> {
    const { rt } = this.updates;
    return waitInQueue(rt, key, (signal) => rt.queues.join(key, signal, true));
  }

  /** How long to wait while another process has the conversation; 0 where the policy is not to wait. */
  get timeout(): number {
    const { rt, timeout } = this.updates;
    if (this.waits || rt.options.waiting.policy === 'queue') return timeout;
    return rt.interrupts !== undefined && this.interrupts() !== undefined ? timeout : 0;
  }

  interrupts(): string | undefined {
    return this.updates.rt.interrupts?.nameOf(this);
  }

  busy(): void {
    const { rt } = this.updates;
    this.early ??= import('./busy.ts')
      .then(({ answerEarly }) => answerEarly(rt, this))
      .catch((error) => () => rt.sendFailed(this.key, error));
  }

  ready(): void {
    void this.early?.then((clear) => clear());
  }

  async waitsAnyway(): Promise<true | undefined> {
    const { rejectBusy } = await import('./busy.ts');
    return rejectBusy(this.updates.rt, this);
  }

  /** The outcome of this update: that of the first of several that wait. */
  shares(handled: Promise<unknown>): Promise<unknown> {
    if (this.first !== undefined) return this.first;
    const { waiting } = this.updates;
    const name = this.name;
    waiting.set(name, handled);
    const done = () => void waiting.delete(name);
    handled.then(done, done);
    return handled;
  }

  work(turn: OpenTurn): Awaitable<unknown> {
    const { failing, rt } = this.updates;
    // what would end the turn of collected messages ends them before it has begun, too
    if (rt.options.defaults.burst !== undefined && rt.interrupts?.endsBurst(this, turn.input)) {
      rt.engine?.forgetBurst(turn, burstTimer);
    }
    const work =
      rt.engine === undefined || this.key === undefined
        ? this.rest?.(turn)
        : rt.engine.dispatch(turn, this.rest);
    return failing.size === 0 ? work : this.succeeds(work);
  }

  /** An update that failed before has ended well: its failures count no more. */
  private async succeeds(work: Awaitable<unknown>): Promise<unknown> {
    const result = await work;
    this.updates.failing.delete(this.name);
    return result;
  }

  /** Counts how often an update has failed here; after the last attempt its chat continues without it. */
  forgives(error: unknown): boolean {
    // an outage or a deploy is no fault of the update: it comes again until it is over
    if (isOutage(error)) return false;
    const { failing, rt } = this.updates;
    const name = this.name;
    const count = (failing.get(name) ?? 0) + 1;
    failing.delete(name);
    if (count >= rt.options.attempts && typeof this.id === 'number') {
      const { key = '', id } = this;
      rt.notify('poisoned', { key, updateId: id, error });
      return true;
    }
    failing.set(name, count);
    if (failing.size > mostFailing) failing.delete(failing.keys().next().value as string);
    return false;
  }

  private get name(): string {
    return `${this.key} ${this.id}`;
  }
}
