/** Interrupts as the kernel sees them: `interruptBy` brings the code, and a bot without interrupts does not load it. */

import type { Awaitable } from '../base/type-tools.ts';
import type { Interruption, Lease } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import type { TurnId } from '../record/ids.ts';
import type { Registry } from '../state/registry.ts';
import type { WorkingCopy } from '../state/working-copy.ts';
import type { UserInput } from '../update/input.ts';
import type { InterruptRule } from '../update/interrupt.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { TurnFacts } from './facts.ts';

/** A turn to do, as far as interrupts look at it. */
export interface Interruptible extends Pick<TurnFacts, 'cause' | 'id' | 'update'> {
  /** The name of the update, as in {@link Interruption.interrupter}, if it ends the turn for which it would wait. */
  interrupts?(): string | undefined;
  /** Waits in front of all others: an update that came later has gone first. */
  waitNext?(key: string): Promise<Seat>;
}

/** The head of a conversation's queue. */
export interface Head {
  seat: Seat | undefined;
  /** Ends its turn; absent where nothing may. */
  interruption: Interruption | undefined;
  /** Whether it waits for another process, or has waited for the lease that it has. */
  isBehind: boolean;
  /** The fence of the turn of another process that it has waited for first. */
  behind: number | undefined;
  /** Acquires the lease of the conversation. */
  acquire(): Lease | Promise<Lease | undefined>;
}

/** An update that may interrupt. */
export interface Interrupter {
  readonly id: TurnId;
  readonly update: RawUpdate;
  /** Whether it comes from another chat, where somebody else answers. */
  readonly isElsewhere?: boolean;
  readonly bot: { readonly username?: string | undefined };
}

/** A turn that may be interrupted. */
export interface Interrupted {
  readonly interruption: Interruption | undefined;
  readonly copy: WorkingCopy;
}

/** Lets updates end the turns that they would wait for. */
export interface Interrupts {
  /** Whether an update ends messages that are being collected: a command or a press that ends every turn, by the choice of the machine. */
  endsBurst(update: Interrupter, input: UserInput | undefined): boolean;
  /** The name of an update, as in {@link Interruption.interrupter}, if it ends the turn for which it would wait. */
  nameOf(update: Interrupter): string | undefined;
  /**
   * Acquires the lease of a conversation. If the turn is interrupted while it waits for another process, the update that interrupts goes first.
   *
   * @param head - gets another seat if its turn has to wait again
   */
  acquire(key: string, job: Interruptible, head: Head): Promise<Lease | undefined>;
  /** The turn is the head no longer. */
  end(key: string, interruption: Interruption): void;
  /**
   * Runs the handlers of a turn, unless the turn is interrupted.
   *
   * @throws FsmError `INTERRUPTED`; what the handlers throw passes
   */
  race<Turn extends Interrupted, Result>(
    turn: Turn,
    job: { work(turn: Turn): Awaitable<Result> },
  ): Promise<Result>;
  /**
   * Interrupts the head of a conversation, if the update may.
   *
   * @returns how the update waits: before all others if it has interrupted, and whatever the policy is if nothing may interrupt the head;
   * `undefined` leaves it to the policy
   */
  interrupt(key: string, update: Interrupter): 'next' | 'queue' | undefined;
}

/** The result of `interruptBy` for the kernel: it makes the interrupts of a machine. */
export interface InterruptsOf extends InterruptRule {
  /** @param rule - that of the machine, if it has one beside those of its scenes */
  (registry: Registry, rule?: InterruptRule): Interrupts;
}

/** The interrupts of a machine, if it or one of its scenes has chosen what interrupts. */
export function interruptsIn(
  rule: InterruptRule | undefined,
  registry: Registry,
): Interrupts | undefined {
  const ofScenes = [...registry.scenes.values()].flatMap(({ behavior }) => [
    ...(behavior.interrupts?.values() ?? []),
  ]);
  const make = (rule ?? ofScenes[0]) as InterruptsOf | undefined;
  return make?.(registry, rule);
}

/** Whether a turn has ended because it was interrupted. */
export function isInterruption(
  error: unknown,
  { interruption }: Pick<Interrupted, 'interruption'>,
): boolean {
  return interruption?.signal.aborted === true && interruption.signal.reason === error;
}
