/** A job in the queue of its conversation, and where it is among the turns of its update. */

import { Given } from '../base/given.ts';
import type { Interruption, Lease, WaitOptions } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import type { Stay } from '../lease/reentry.ts';
import type { Busy } from '../storage/statements.ts';
import type { Head } from './interrupts.ts';
import type { Job } from './job.ts';
import type { Meter } from './meter.ts';
import type { OpenTurn, Runtime } from './runtime.ts';

/** The outermost turn of an update. */
export interface Outer {
  /** Its stay in its conversation, if that is looked for. */
  readonly stay: Stay | undefined;
  /** Whether turns within it are waited for; they end by themselves after that. */
  isOpen: boolean;
  /** Those that have done their work. */
  within: Inner[] | undefined;
  /** Ends it before its handlers have ended, and so those within it. */
  interruption: Interruption | undefined;
  /** The error that has interrupted a turn within it: this one ends in the same way. */
  interrupted: unknown;
}

/** A turn that has done its work within another one. */
export interface Inner {
  readonly queued: QueuedJob;
  readonly turn: OpenTurn;
  readonly meter: Meter | undefined;
}

/**
 * The outermost turn of an update, as a private field of the framework's context: nothing that copies or prints a context can see it.
 * A WeakMap would cost an update more than the whole turn.
 */
class Outermost extends Given {
  #outer: Outer;

  private constructor(ctx: object, outer: Outer) {
    super(ctx);
    this.#outer = outer;
  }

  /** The turn that a job of the same update is within; `undefined` if it is the outermost one itself. */
  static around(ctx: unknown, own: Outer): Outer | undefined {
    if (typeof ctx !== 'object' || ctx === null) return undefined;
    if (!(#outer in ctx)) {
      new Outermost(ctx, own);
      return undefined;
    }
    if (ctx.#outer.isOpen) return ctx.#outer;
    ctx.#outer = own;
    return undefined;
  }
}

/**
 * A job from when it joins the queue of its conversation until its turn has ended: its seat there, and how it has waited.
 *
 * Implements `WaitOptions` itself: a separate object would keep the whole turn alive, see "Objects of a turn" in ARCHITECTURE.md.
 */
export class QueuedJob implements Head, Outer, WaitOptions {
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
  /** The outermost turn of the update, if this job is within it. */
  readonly around: Outer | undefined;
  isOpen = true;
  within: Inner[] | undefined;
  interrupted: unknown;

  constructor(rt: Runtime, job: Job, key: string, stay: Stay | undefined) {
    this.rt = rt;
    this.job = job;
    this.key = key;
    this.stay = stay;
    this.around = Outermost.around(job.ctx, this);
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
