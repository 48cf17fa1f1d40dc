/** One commit on its way to a storage that other processes use too: sent until it is answered. */

import type { Clock } from '../base/clock.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { CommitAnswer } from '../storage/statements.ts';
import { backoff, faultOf } from './calls.ts';
import type { LeaseHome } from './direct.ts';
import type { Gate, Statement } from './gate.ts';
import type { Sending } from './proof.ts';

/** The members of a machine's leases that a commit needs. */
export interface CommittingRoom extends Pick<LeaseHome, 'options'> {
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly gate: Gate;
}

/** How it has ended. */
export interface Ending {
  /** The answer to any of its copies; `undefined` if it failed for good. */
  readonly said?: CommitAnswer;
  /** Whether one of its copies may have been written without an answer. */
  readonly isUnsure: boolean;
  readonly cause?: unknown;
}

const answers: ReadonlySet<CommitAnswer> = /* @__PURE__ */ new Set(['done', 'already', 'rejected']);

/** One commit; any answer counts, also one to an earlier copy. */
export class Committing implements Statement<CommitAnswer> {
  readonly isUrgent = true;
  readonly #room: CommittingRoom;
  readonly #key: string;
  readonly #sending: Sending;
  #resolve: ((ending: Ending) => void) | undefined;
  #isOver = false;
  #isUnsure = false;
  #failures = 0;
  /** Until it is sent again. */
  #timer: unknown;

  constructor(room: CommittingRoom, key: string, sending: Sending) {
    this.#room = room;
    this.#key = key;
    this.#sending = sending;
  }

  /** Sends it. To be called once; never rejects. */
  ended(): Promise<Ending> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#room.gate.pass(this);
    });
  }

  get clock(): Clock {
    return this.#room.options.clock;
  }

  get isRepeated(): boolean {
    return this.#failures > 0;
  }

  send(): Awaitable<CommitAnswer> {
    const { short, options } = this.#room;
    const { write, keep, holder } = this.#sending;
    return options.storage.commit(this.#key, holder, write, keep ? short : undefined);
  }

  answered(said: CommitAnswer): void {
    if (!answers.has(said)) throw new Error(`The storage answered a commit with ${shown(said)}.`);
    this.#end({ said, isUnsure: this.#isUnsure });
  }

  failed(cause: unknown): void {
    const { storage, clock, lease } = this.#room.options;
    if (this.#isOver) return;
    const fault = faultOf(storage, cause);
    this.#isUnsure ||= fault === 'unknown';
    const isLong = clock.monotonic() - this.#sending.since >= lease;
    if (fault === 'fatal' || isLong) this.#end({ isUnsure: this.#isUnsure, cause });
    else {
      const again = () => this.#room.gate.pass(this);
      this.#timer = clock.setTimeout(again, backoff(this.#failures++));
    }
  }

  #end(ending: Ending): void {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#room.options.clock.clearTimeout(this.#timer);
    this.#resolve?.(ending);
  }
}
