/** The events of a machine, and their observers. An error in a listener does not affect the turn or other listeners. */

import { isPromise } from '../base/awaitable.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import { type ConversationRecord, type Frame, framesOf } from '../record/record.ts';
import type { UnmatchedPayment } from '../update/invoice.ts';
import type { Subject } from '../update/subject.ts';
import type { Left } from './effects.ts';
import type { Cause, TurnFacts } from './facts.ts';

/** A turn that has ended. */
export interface TurnEnded {
  /** Absent where the update has no conversation. */
  readonly key?: string;
  readonly subject: Subject;
  readonly cause: Cause;
  readonly updateId?: number;
  /** Ms until its conversation was read: behind earlier turns, other processes and the storage. */
  readonly waited: number;
  /** Ms until its end, `waited` included. */
  readonly took: number;
  /** By how many ms a deadline was late that was due in this turn; absent if none was. */
  readonly lateBy?: number;
  /**
   * Why the turn failed: what a handler threw, or an FsmError such as `LEASE_LOST`, `WAIT_TIMEOUT`, `STORAGE_FAILED`,
   * `INTERRUPTED` or `RECORD_TOO_LARGE`.
   */
  readonly error?: unknown;
}

/** A committed change. */
export interface Committed {
  readonly key: string;
  readonly subject: Subject;
  readonly from: CommittedState;
  readonly to: CommittedState;
  readonly cause: Cause;
  readonly updateId?: number;
  /** Scenes that ended by it, in their order. */
  readonly left: readonly SceneLeft[];
}

/** A scene that ended by a `Committed` change. */
export interface SceneLeft {
  readonly scene: string;
  /** Where it was left. */
  readonly state: string | null;
  /** The reason that its hooks got. For `cleared` no hook ran: neither `clear()` nor a repair runs hooks. */
  readonly reason: LeaveReason | 'cleared';
}

/** One side of a `Committed` change. */
export interface CommittedState {
  /** Id of the state, or `null`. */
  readonly current: string | null;
  readonly scene: string | null;
  readonly data: object;
}

/** The events of a machine, by name. */
export interface MachineEvents {
  /**
   * A turn has ended, well or badly: for metrics and traces. Listeners run in the async context of the turn's caller.
   *
   * A skipped update is not a turn: a duplicate, or an update that the waiting policy drops.
   */
  readonly turn: TurnEnded;
  /** An update that had been handled before was skipped. */
  readonly duplicate: { readonly key: string; readonly updateId: number };
  /** An update failed so often that it was given up. */
  readonly poisoned: { readonly key: string; readonly updateId: number; readonly error: unknown };
  /** The handler of a deadline failed; without `retryIn` (ms) it was removed. */
  readonly deadlineFailed: {
    readonly key: string;
    readonly error: unknown;
    readonly retryIn?: number;
  };
  /** A stored conversation with an unknown state was repaired. */
  readonly repaired: { readonly key: string; readonly stored: string; readonly reason: string };
  /** The storage failed without a loss: at a release, a renewal, a subscription or a sweep. */
  readonly storageFailed: { readonly operation: string; readonly error: unknown };
  /**
   * A payment arrived for an invoice that no pending question has sent, so it is not an answer.
   *
   * The update continues to the bot's middleware. It is reported again if the update is redelivered; compare the charge id.
   */
  readonly paymentUnmatched: {
    readonly key: string;
    readonly subject: Subject;
    /** The payer: `user_id` of `refundStarPayment`. */
    readonly user: number | undefined;
    readonly payment: UnmatchedPayment;
  };
  /**
   * The result of an input cannot be stored. The record would be too large (`RECORD_TOO_LARGE`), the value is not JSON
   * (`DATA_NOT_JSON`), or `validate` returned no answer, such as `NaN` (`INVALID_OPTION`). Nothing was committed, and the user read a
   * text.
   */
  readonly inputRejected: { readonly key: string; readonly error: unknown };
  /**
   * A message could not be sent, and no handler waits for it: a prompt that Telegram rejects, an edit of an old message, the answer to a
   * callback query. So is each message that a limit of Telegram keeps back when the machine has stopped, with the error of the limit.
   */
  readonly sendFailed: { readonly key: string; readonly error: unknown };
}

/** Everything that observers may be notified of, by name. */
export type WatchedEvents = MachineEvents & { readonly committed: Committed };

/** Listeners by event. */
export interface Observers<Events> {
  /** Listeners by event; one that nobody observes is not in it. */
  readonly listeners: ReadonlyMap<keyof Events, unknown>;
  on<Name extends keyof Events>(event: Name, listener: (event: Events[Name]) => void): () => void;
  notify<Name extends keyof Events>(event: Name, what: Events[Name]): void;
}

/** Makes an empty set of observers. */
export function observers<Events>(): Observers<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>();
  const report = (error: unknown) => {
    // biome-ignore lint/suspicious/noConsole: the last resort; an observer's error belongs to no update
    console.error('An observer of telefsm threw:', error);
  };
  return {
    listeners,
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(event) === set) listeners.delete(event);
      };
    },
    notify(event, what) {
      for (const listener of listeners.get(event) ?? []) {
        try {
          const done: unknown = listener(what as never);
          // nobody waits for an async one, and its rejection would end the process
          if (isPromise(done)) done.then(undefined, report);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}

/**
 * The event of a commit.
 *
 * @param leaving - frames that were left, and are reported with a later commit
 */
export function committedBy(
  { key, subject, cause, id }: TurnFacts,
  left: readonly Left[],
  before: ConversationRecord,
  after: ConversationRecord,
  leaving: readonly Frame[] = [],
): Committed {
  return {
    key: key as string,
    subject,
    from: sideOf(before),
    to: sideOf(after),
    cause,
    ...(typeof id === 'number' && { updateId: id }),
    left: scenesLeft(left, before, [...framesOf(after), ...leaving]),
  };
}

/** A record as observers see it. */
export function sideOf({ top }: ConversationRecord): CommittedState {
  const { state, scene, data } = top;
  return { current: state, scene, data };
}

/** Scenes that are no longer there; those whose end was reported to nobody have been cleared. */
function scenesLeft(
  reported: readonly Left[],
  before: ConversationRecord,
  others: readonly Frame[],
): readonly SceneLeft[] {
  const known = new Set(
    [...reported.map(({ frame }) => frame), ...others].map(({ entry }) => entry),
  );
  const cleared = framesOf(before)
    .filter(({ entry }) => !known.has(entry))
    .reverse();
  return [...reported, ...cleared.map((frame) => ({ frame, reason: 'cleared' as const }))].flatMap(
    ({ frame: { scene, state }, reason }) => (scene === null ? [] : [{ scene, state, reason }]),
  );
}
