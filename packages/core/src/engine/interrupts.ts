/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { checkOption } from '#option-checks';
import { sceneError } from '../base/area-errors.ts';
import { atOnce, type Rule } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Interruption, Lease } from '../lease/lease.ts';
import type { TurnId } from '../record/ids.ts';
import type { Registry } from '../state/registry.ts';
import type {
  Head,
  Interrupted,
  Interrupter,
  Interruptible,
  Interrupts,
  InterruptsOf,
} from '../transaction/interrupts.ts';
import { comesOnce } from '../update/comes-once.ts';
import { inputOf, isEvent, type UserInput } from '../update/input.ts';
import type { Interrupt, InterruptRule } from '../update/interrupt.ts';

/**
 * Lets input end the turn that it would wait for: the value of every option `interrupt`, of a machine, a flow or a question.
 *
 * The turn's `signal` is aborted with `INTERRUPTED`, what it has not committed is rolled back, and the interrupting update is next.
 * A turn of another process is interrupted within a second. An answer in another chat never interrupts. An edited message, a payment
 * or a vote interrupts only if a function selects it. The turn of an update that comes only once, such as a payment, is never interrupted.
 *
 * @param interrupt - every command, commands by name, any input, or a function that selects input
 * @throws FsmError `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { interruptBy } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 *
 * const machine = createMachine({ waiting: { interrupt: interruptBy(['stop', 'cancel']) } });
 * ```
 */
export function interruptBy(interrupt: Interrupt): InterruptRule {
  const make = (registry: Registry, rule?: InterruptRule) => new MachineInterrupts(registry, rule);
  return Object.assign(make, { '~interrupt': testOf(interrupt) }) satisfies InterruptsOf;
}

const interrupting: Rule = {
  expected: "'commands', 'any', a list of command names, or a function",
  fits: (found) =>
    found === 'commands' ||
    found === 'any' ||
    typeof found === 'function' ||
    (Array.isArray(found) && found.every((name) => typeof name === 'string')),
};

function testOf(interrupt: Interrupt): InterruptRule['~interrupt'] {
  checkOption('interruptBy()', interrupt, interrupting);
  if (typeof interrupt === 'function') {
    return (input) => atOnce('interruptBy()', interrupt(input));
  }
  const names = Array.isArray(interrupt)
    ? interrupt.map((name: string) => name.replace(/^\//, '').toLowerCase())
    : undefined;
  return (input) => {
    // payments and votes come by themselves: nobody means to stop anything by them
    if (input.edited || isEvent(input)) return false;
    if (interrupt === 'any') return true;
    if (input.kind !== 'command') return false;
    return names === undefined || names.includes(input.value.command);
  };
}

/** The interrupts of one machine. */
class MachineInterrupts implements Interrupts {
  readonly #registry: Registry;
  readonly #rule: InterruptRule | undefined;
  /** By conversation; only its head is here. */
  readonly #heads = new Map<string, RunningHead>();

  constructor(registry: Registry, rule: InterruptRule | undefined) {
    this.#registry = registry;
    this.#rule = rule;
  }

  endsBurst({ isElsewhere }: Interrupter, input: UserInput | undefined): boolean {
    const isEnd = input?.kind === 'command' || input?.kind === 'button';
    return isEnd && !isElsewhere && this.#endsAll(input);
  }

  /** Whether an input ends every turn, whatever its state. */
  #endsAll(input: UserInput): boolean {
    return this.#rule?.['~interrupt'](input) === true;
  }

  nameOf({ id, update, bot, isElsewhere }: Interrupter): string | undefined {
    const input = inputOf(update, bot.username);
    // somebody else who answers a question in another chat does not stop what the user does
    if (input === undefined || isElsewhere) return undefined;
    if (this.#endsAll(input)) return interrupterOf(id);
    const states = [...this.#registry.scenes.values()]
      .flatMap(({ behavior }) => [...(behavior.interrupts ?? [])])
      .flatMap(([state, rule]) => (rule['~interrupt'](input) ? [state] : []));
    return states.length === 0 ? undefined : interrupterOf(id, states);
  }

  async acquire(key: string, job: Interruptible, head: Head): Promise<Lease | undefined> {
    for (;;) {
      head.interruption = this.#begin(key, job);
      head.isBehind = false;
      const acquired = await head.acquire();
      const { interruption } = head;
      const givesWay = head.isBehind && interruption?.signal.aborted === true;
      if (!givesWay || acquired === undefined || job.waitNext === undefined) return acquired;
      // it waited behind another process's turn: the update that interrupts goes before it, as within one process
      this.end(key, interruption);
      await acquired.release();
      head.seat?.leave();
      head.seat = await job.waitNext(key);
    }
  }

  end(key: string, interruption: Interruption): void {
    if (this.#heads.get(key) === interruption) this.#heads.delete(key);
  }

  async race<Turn extends Interrupted, Result>(
    turn: Turn,
    job: { work(turn: Turn): Awaitable<Result> },
  ): Promise<Result> {
    const { interruption, copy } = turn;
    if (interruption === undefined) return job.work(turn);
    interruption.state = copy.top.state;
    const { signal } = interruption;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      Promise.resolve(job.work(turn)).then(resolve, reject);
    });
  }

  interrupt(key: string, update: Interrupter): 'next' | 'queue' | undefined {
    const by = this.nameOf(update);
    if (by === undefined) return undefined;
    const head = this.#heads.get(key);
    // what nothing may interrupt is waited for, as it is if another process has it
    if (head === undefined) return 'queue';
    return head.interrupt(by) ? 'next' : undefined;
  }

  #begin(key: string, job: Interruptible): RunningHead | undefined {
    const { cause, update } = job;
    // somebody waits for the result of work from outside, and a payment does not come again
    if (cause === 'outside' || (update !== undefined && comesOnce(update))) return undefined;
    const head = new RunningHead(key, job);
    this.#heads.set(key, head);
    return head;
  }
}

/** The head of a conversation. */
class RunningHead implements Interruption {
  readonly #key: string;
  readonly #job: Interruptible;
  readonly #controller = new AbortController();
  #by: string | undefined;
  state: string | null = null;
  handles: readonly string[] | undefined;

  constructor(key: string, job: Interruptible) {
    this.#key = key;
    this.#job = job;
    // nobody sends a deadline again: only one that answers messages may end
    if (job.cause === 'update') this.handles = [String(job.id)];
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(by: string): boolean {
    const [id = '', states] = by.split(' ');
    if (this.handles === undefined || this.handles.includes(id)) return false;
    if (states !== undefined && !states.split(',').includes(inNote(this.state))) return false;
    this.#by = by;
    this.#controller.abort(sceneError('INTERRUPTED', { key: this.#key }));
    return true;
  }

  interrupter(): string | undefined {
    // one that has to make way here has to get the turn that it waits for out of the way too
    return this.#by ?? this.#job.interrupts?.();
  }
}

/**
 * Names an update that interrupts.
 *
 * @param states - ids of the states whose turns it ends; all, if they are not given
 */
function interrupterOf(id: TurnId, states?: readonly string[]): string {
  return states === undefined ? `${id}` : `${id} ${states.map(inNote).join(',')}`;
}

/** Ids of states may hold any character. */
function inNote(state: string | null): string {
  return encodeURIComponent(state ?? '');
}
