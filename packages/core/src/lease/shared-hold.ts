/** A conversation that this process holds for one turn: renewing, committing for certain, releasing. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { hasSeen, type UnitId } from '../record/ids.ts';
import { hasMark, type Marks, markOf, mayHaveRolled, noMarks, withMark } from '../record/marks.ts';
import { decode } from '../record/stored.ts';
import type { CommitAnswer, LeaseHolder, StoredText, Write } from '../storage/statements.ts';
import { backoff, faultOf, sleep, storageFailed } from './calls.ts';
import type { CommitOptions, Hold, LeaseOptions } from './lease.ts';
import { Mailbox } from './mailbox.ts';
import type { Seat } from './queue.ts';

/** After so many ms a missing mark proves nothing: the record may have been deleted in between. */
const proofEnds = 3_600_000;

/** A commit that is being sent. */
interface Sending {
  readonly write: Write | undefined;
  readonly keep: boolean;
  readonly id: UnitId | undefined;
  /** Who commits; a kept commit goes on under the next fence. */
  readonly holder: LeaseHolder;
  /** The mark that the text has; `undefined` if nobody asked for one. */
  readonly mark: string | undefined;
  /** When it was sent first, by the monotonic clock. */
  readonly since: number;
}

type Answer = { readonly said: CommitAnswer } | { readonly failed: unknown };

/** What the record says of a commit that was refused, or not answered. */
type Verdict = 'kept' | 'lost' | 'handled' | 'unknown';

/** What a hold needs of the leases of its machine. */
export interface LeaseRoom {
  readonly options: LeaseOptions;
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  /** Whether the turn of a hold is not over. */
  has(hold: SharedHold): boolean;
  /** The turn of a hold has ended. */
  over(hold: SharedHold): void;
  /** Sends a statement that ends, extends or proves a turn. */
  urgent<T>(
    statement: () => Awaitable<T>,
    isRepeated?: boolean,
    late?: (value: T) => void,
  ): Promise<T>;
}

/** The {@link Hold} of a shared storage. */
export class SharedHold implements Hold {
  readonly key: string;
  readonly token: string;
  readonly stored: StoredText | undefined;
  /** When the turn began, by the monotonic clock. */
  readonly startedAt: number;
  seat: Seat | undefined;
  readonly #leases: LeaseRoom;
  #fence: number;
  /** Until when the storage certainly leaves it to us, and how long that lease was. */
  #until: number;
  #length: number;
  #isCommitting = false;
  #isRenewing = false;
  #isLost = false;
  #keptBefore = false;
  #abort: AbortController | undefined;
  /** The mark that {@link SharedHold.withMark} made last, and those that the record had before. */
  #mark: { readonly text: string; readonly fence: number; readonly seen: Marks } | undefined;

  constructor(
    leases: LeaseRoom,
    key: string,
    { token, fence }: LeaseHolder,
    stored: StoredText | undefined,
    until: number,
  ) {
    const { clock } = leases.options;
    this.#leases = leases;
    this.key = key;
    this.token = token;
    this.#fence = fence;
    this.stored = stored;
    this.#length = leases.short;
    this.#until = until;
    this.startedAt = clock.monotonic();
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#isLost) this.#abort.abort(this.#lost());
    return this.#abort.signal;
  }

  /** The conversation is somebody else's, or the turn has lasted too long. */
  lose(): void {
    this.#isLost = true;
    this.#leases.over(this);
    this.seat?.leave();
    this.#abort?.abort(this.#lost());
  }

  get sharedFence(): number {
    return this.#fence;
  }

  /** Extends the lease if less than two thirds of it are left. Not while a commit is on its way, which spends the fence. */
  renew(): void {
    const { clock, lease, storage, report } = this.#leases.options;
    if (this.#isCommitting || this.#isRenewing) return;
    if (this.#until - clock.monotonic() > (this.#length * 2) / 3) return;
    this.#isRenewing = true;
    const { token, key } = this;
    const fence = this.#fence;
    let sentAt = 0;
    const renewing = this.#leases.urgent(() => {
      sentAt = clock.monotonic();
      return storage.renew(key, { token, fence }, lease);
    });
    renewing
      .then(
        (isOurs) => {
          if (isOurs) {
            this.#length = lease;
            this.#until = Math.max(this.#until, sentAt + lease);
          } else if (fence === this.#fence && !this.#isCommitting && this.#leases.has(this)) {
            this.lose();
          }
        },
        (error) => report('renew', error),
      )
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  withMark(marks: Marks): Marks {
    const text = markOf(this.token, this.#fence);
    const before = this.#mark?.text;
    this.#mark = { text, fence: this.#fence, seen: marks };
    return withMark(marks, text, before);
  }

  async commit(write: Write | undefined, { keep, id }: CommitOptions): Promise<void> {
    const holder = { token: this.token, fence: this.#fence };
    const mark = this.#mark?.fence === this.#fence ? this.#mark.text : undefined;
    const since = this.#leases.options.clock.monotonic();
    this.#isCommitting = true;
    try {
      await this.#send({ write, keep, id, holder, mark, since });
    } finally {
      this.#isCommitting = false;
      if (!keep) this.#leases.over(this);
    }
  }

  async release(): Promise<void> {
    const { report, clock, storage } = this.#leases.options;
    this.#leases.over(this);
    for (let failures = 0; ; failures++) {
      try {
        return await this.#releaseOnce();
      } catch (error) {
        // the next update would wait for the end of the lease
        const isPassing = faultOf(storage, error) === 'retry' && clock.monotonic() < this.#until;
        if (!isPassing) return report('release', error);
      }
      await sleep(backoff(failures), clock);
    }
  }

  #releaseOnce(): Promise<void> {
    const holder = { token: this.token, fence: this.#fence };
    return this.#leases.urgent(() => this.#leases.options.storage.release(this.key, holder));
  }

  /** Sends a commit until it is answered; any answer counts, also one to an earlier copy. */
  async #send(sending: Sending): Promise<void> {
    const { storage, clock, lease } = this.#leases.options;
    const answers = new Mailbox<Answer>(clock);
    let isUnsure = false;
    let pause = 0;
    for (let failures = 0; ; ) {
      const answer = await answers.take(pause);
      if (answer === undefined) {
        this.#request(sending, answers, failures > 0);
        pause = Number.POSITIVE_INFINITY;
        continue;
      }
      if ('said' in answer) {
        if (answer.said !== 'refused') return this.#accepted(sending);
        // a driver may have sent it twice by itself, so a refusal alone proves nothing: the record does
        return this.#prove(sending, isUnsure, undefined);
      }
      const cause = answer.failed;
      const fault = faultOf(storage, cause);
      isUnsure ||= fault === 'unknown';
      const isOver = clock.monotonic() - sending.since >= lease;
      if (!isUnsure && (fault === 'fatal' || isOver)) {
        this.lose();
        throw storageFailed(this.key, 'commit', cause, this.#keptBefore);
      }
      if (fault === 'fatal' || isOver) return this.#giveUp(sending, cause);
      pause = backoff(failures++);
    }
  }

  #request({ write, keep, holder }: Sending, answers: Mailbox<Answer>, isRepeated: boolean): void {
    const { storage } = this.#leases.options;
    const answered = (said: CommitAnswer) => answers.put({ said });
    const length = keep ? this.#leases.short : undefined;
    this.#leases
      .urgent(() => storage.commit(this.key, holder, write, length), isRepeated, answered)
      .then(answered, (failed) => answers.put({ failed }));
  }

  #accepted({ keep, write, since }: Sending): void {
    if (keep) {
      this.#fence++;
      this.#keptBefore = true;
      this.#until = Math.max(this.#until, since + this.#leases.short);
    }
    if (write?.deadlineIn !== undefined) this.#leases.options.armed?.(write.deadlineIn);
  }

  /** No answer for as long as a lease lasts. A release that is answered shuts every copy out, so that the record can tell. */
  async #giveUp(sending: Sending, cause: unknown): Promise<void> {
    await this.#releaseOnce().catch(() => this.#unknown(cause));
    return this.#prove(sending, true, cause);
  }

  async #prove(sending: Sending, isUnsure: boolean, cause: unknown): Promise<void> {
    const { storage, lease } = this.#leases.options;
    const { key } = this;
    const found = await this.#read(sending, cause);
    const verdict = this.#verdict(sending, found, isUnsure);
    if (verdict === 'unknown') this.#unknown(cause);
    if (verdict !== 'kept') {
      this.lose();
      throw this.#lost(verdict === 'handled', cause);
    }
    this.#accepted(sending);
    if (!sending.keep) return;
    const holder = { token: this.token, fence: this.#fence };
    const goesOn = await this.#leases
      .urgent(() => storage.renew(key, holder, lease))
      .catch(() => false);
    if (!goesOn) this.lose();
  }

  /** Reads what proves a commit: what cut off its answer may cut off this one too, so it is asked again for as long as the commit was. */
  async #read({ since }: Sending, cause: unknown): Promise<StoredText | undefined> {
    const { storage, clock, lease } = this.#leases.options;
    for (let failures = 0; ; failures++) {
      try {
        return await this.#leases.urgent(() => storage.peek(this.key));
      } catch (error) {
        const isOver = clock.monotonic() - since >= lease;
        if (isOver || faultOf(storage, error) === 'fatal') this.#unknown(cause ?? error);
      }
      await sleep(backoff(failures), clock);
    }
  }

  #verdict(
    { write, id, mark, since }: Sending,
    found: StoredText | undefined,
    isUnsure: boolean,
  ): Verdict {
    if (write === undefined) return found === undefined && isUnsure ? 'kept' : 'lost';
    if (mark === undefined) {
      if (found?.text === write.text) return 'kept';
      return isUnsure ? 'unknown' : 'lost';
    }
    const age = this.#leases.options.clock.monotonic() - since;
    const isTooOld = age > Math.min(proofEnds, write.ttl ?? proofEnds);
    if (found === undefined) return isTooOld ? 'unknown' : 'lost';
    const decoded = decode(found);
    if (!('record' in decoded)) return 'unknown';
    const { marks, ids } = decoded.record;
    if (hasMark(marks, mark)) return 'kept';
    // written by a version that has no marks
    if (marks === noMarks) return 'unknown';
    if (isTooOld || mayHaveRolled(marks, this.#mark?.seen ?? noMarks)) return 'unknown';
    return id !== undefined && !this.#keptBefore && hasSeen(ids, id) ? 'handled' : 'lost';
  }

  #unknown(cause: unknown): never {
    this.lose();
    throw new FsmError('COMMIT_UNKNOWN', { key: this.key }, { cause });
  }

  #lost(handled = false, cause?: unknown): FsmError<'LEASE_LOST'> {
    const details = { key: this.key, keptBefore: this.#keptBefore, handled };
    return new FsmError('LEASE_LOST', details, cause === undefined ? undefined : { cause });
  }
}
