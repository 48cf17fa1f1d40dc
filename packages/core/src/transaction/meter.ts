/** Times of one turn, for observers of `turn`. */

import type { Lease } from '../lease/lease.ts';
import type { Job } from './job.ts';
import type { Runtime } from './runtime.ts';

/** Notifies the observers of `turn` when a turn has ended. */
export async function measured<Result>(
  meter: Meter,
  job: Job,
  turn: Promise<Result>,
): Promise<Result> {
  try {
    return await turn;
  } catch (error) {
    meter.fail(error);
    throw error;
  } finally {
    if (!meter.isLater) meter.end(job);
  }
}

/** The measurements of one turn. */
export class Meter {
  readonly #rt: Runtime;
  readonly #arrivedAt: number;
  /** Whether the turn waits for the one around it, which ends it. */
  isLater = false;
  #waited: number | undefined;
  #lateBy: number | undefined;
  #error: { readonly error: unknown } | undefined;

  constructor(rt: Runtime) {
    this.#rt = rt;
    this.#arrivedAt = rt.clock.monotonic();
  }

  /** The conversation has been acquired and read: from here on it works. */
  begin({ cause }: Job, stored: Lease['stored']): void {
    this.#waited = this.#passed();
    const late = -(stored?.deadlineIn ?? Number.POSITIVE_INFINITY);
    // deadlines that passed while an update waited fire after it
    if (late >= (cause === 'deadline' ? 0 : this.#waited)) this.#lateBy = late;
  }

  /** The turn is over without its work: by a failure, or because it was rejected or interrupted. */
  fail(error: unknown): void {
    this.#error ??= { error };
  }

  /** Notifies observers of a turn that began or failed; one that was skipped is none. */
  end({ key, subject, cause, id }: Job): void {
    if (this.#waited === undefined && this.#error === undefined) return;
    const took = this.#passed();
    this.#rt.notify('turn', {
      ...(key !== undefined && { key }),
      subject,
      cause,
      ...(typeof id === 'number' && { updateId: id }),
      waited: this.#waited ?? took,
      took,
      ...(this.#lateBy !== undefined && { lateBy: this.#lateBy }),
      ...this.#error,
    });
  }

  #passed(): number {
    return this.#rt.clock.monotonic() - this.#arrivedAt;
  }
}
