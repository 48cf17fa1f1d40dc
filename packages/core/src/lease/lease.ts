/**
 * The operations of a lease that a turn needs: acquire a conversation, commit it for certain, release it.
 *
 * The other files of this folder are behind these types. `queue.ts` has the order within a process, which a turn joins first.
 */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { TurnId } from '../record/ids.ts';
import type { Marks } from '../record/marks.ts';
import type { Busy, StorageStatements, StoredText, Write } from '../storage/statements.ts';
import type { Seat } from './queue.ts';

/** How a turn may be interrupted, and may interrupt others. */
export interface Interruption {
  /** Aborted with `INTERRUPTED` to end the turn. */
  readonly signal: AbortSignal;
  /**
   * Ends the turn.
   *
   * @param by - what interrupts, as {@link Interruption.interrupter} names it; a redelivery of what the turn handles does not
   * @returns whether the turn has to end
   */
  interrupt(by: string): boolean;
  /**
   * Names the update that ends turns of other processes, for which this turn waits: its id, and after a space the states whose turns it ends,
   * if not all. `undefined` if nothing does.
   */
  interrupter(): string | undefined;
  /** The state of the conversation, while handlers run. */
  state: string | null;
  /** The updates that the turn answers; `undefined` for a turn that nothing ends. */
  handles: readonly string[] | undefined;
}

/** How a conversation is acquired. */
export interface WaitOptions {
  /** Ms to wait at most; 0 acquires it only if it is free, as policies other than `queue` need it. */
  readonly timeout: number;
  /** Called once, at the first busy answer, if it may wait: the wait begins. */
  onBusy?(holder: Busy): void;
  /** Absent unless updates may interrupt others. */
  readonly interruption?: Interruption | undefined;
}

/** How a turn commits. */
export interface CommitOptions {
  /** Whether the turn keeps the lease. */
  readonly keep: boolean;
  /** The id that this turn writes into the record: it shows afterwards whether another attempt has handled the same update. */
  readonly id?: TurnId | undefined;
}

/** The right to one conversation during one turn. */
export interface Lease {
  readonly key: string;
  /** The stored text at the time of acquiring. */
  readonly stored: StoredText | undefined;
  /** When it was acquired, by the monotonic clock. */
  readonly startedAt: number;
  /** Aborted with `LEASE_LOST` when the conversation was lost, or the turn has lasted too long. */
  readonly signal: AbortSignal;
  /** Grows with each grant and commit; absent where no other process can have the conversation. */
  readonly sharedFence?: number | undefined;
  /** Left when the conversation is lost. */
  seat: Seat | undefined;
  /**
   * The marks that the next commit must write: those of the record, and one that proves this very commit.
   *
   * Call it with the marks of the record that was read, or that this turn committed last. Put the result into the record of the next
   * {@link Lease.commit}. The mark of an earlier commit of this turn is replaced. Absent where nobody else writes, so that a commit needs
   * no proof.
   */
  withMark?(marks: Marks): Marks;
  /**
   * Writes, and releases the conversation unless `keep`.
   *
   * A commit whose answer is lost is sent again, then proven by its mark in the record.
   *
   * @param write - the new record; `undefined` deletes it
   * @throws FsmError `LEASE_LOST` (certainly not kept; `handled` if the record has the id), `COMMIT_UNKNOWN`, `STORAGE_FAILED` (certainly not kept)
   */
  commit(write: Write | undefined, options: CommitOptions): void | Promise<void>;
  /** Releases without writing. Never fails: a failure is reported, and the lease ends by itself. */
  release(): Promise<void>;
}

/** Acquires the conversations of one machine. */
export interface Leases {
  /**
   * Acquires a conversation, waiting while another attempt has it.
   *
   * Only the head of the local queue of the key may call it.
   *
   * @returns `undefined` if it was busy and `timeout` is 0
   * @throws FsmError `WAIT_TIMEOUT`, `STORAGE_FAILED`; the reason of {@link Leases.giveUp}
   */
  acquire(key: string, options: WaitOptions): Lease | Promise<Lease | undefined>;
  /** Sends a statement of another kind (`peek`, `due`, `settled`) in its turn among all others of the storage. */
  ask<T>(statement: () => Awaitable<T>): Promise<T>;
  /** Rejects every attempt that still waits, with this reason. */
  giveUp(reason: unknown): void;
  /** Ends wake-ups and renewals. */
  stop(): void;
}

/** Options of the leases of one machine. */
export interface LeaseOptions {
  readonly storage: StorageStatements;
  readonly clock: Clock;
  /** Ms that a renewed lease lasts, at most `leaseTimes.longest`; a new one lasts a third of it. */
  readonly lease: number;
  /** Ms that a turn lasts at most; then its lease is no longer renewed. */
  readonly longest: number;
  /** Gets failures that end no turn: of releases, renewals and wake-ups. */
  readonly report: (operation: string, error: unknown) => void;
  /** Called after a commit that has written a deadline, with the ms until then. */
  readonly armed?: ((deadlineIn: number) => void) | undefined;
}

/** Makes the leases of one machine. A shared storage brings its own, so that other bots never load them. */
export type Coordination = (options: LeaseOptions) => Leases;
