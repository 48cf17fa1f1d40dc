/** Work without an update: admin tools, webhooks and cron, and the deadlines that the sweeper finds. */

import { FsmError } from '../base/errors.ts';
import { callable, invalidOption, textual } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Turn } from '../conversation/turn.ts';
import { newToken } from '../lease/calls.ts';
import type { Seat } from '../lease/queue.ts';
import type { TurnId } from '../record/ids.ts';
import type { BotPort, ConversationAddress } from '../transaction/facts.ts';
import type { Job } from '../transaction/job.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { transact } from '../transaction/transact.ts';
import { waitInQueue } from '../transaction/waiting.ts';
import type { Scope } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';
import type { Conversation } from './machine-interface.ts';
import type { MachineRuntime } from './runtime.ts';

/** How long work from outside waits for a conversation, in ms. */
const timeout = 10_000;

/** Makes the handle of one conversation. */
export function conversationOf(rt: MachineRuntime, address: ConversationAddress): Conversation {
  const { key } = address;
  const { stopping } = rt;
  const run = async <R>(id: TurnId, work: (turn: OpenTurn) => Awaitable<R>) => {
    if (stopping.isStopped) throw stopping.error({ cause: 'outside', id, key });
    return runOutside(rt, address, id, work);
  };
  return {
    key,
    run: <R>(
      work: (turn: Turn) => Awaitable<R>,
      { id }: { readonly id?: string | undefined } = {},
    ) => run(id ?? newToken(), work) as Promise<R>,
    async answer(step, value) {
      const { id } = Object(step) as { readonly id?: unknown };
      if (typeof id !== 'string') {
        throw invalidOption('step', 'a step of a flow, such as survey.age', shown(step));
      }
      const done = await run(newToken(), (turn) => rt.engine?.answer(turn, id, value) ?? false);
      return done ?? false;
    },
    async render() {
      // loaded when a view is rendered from outside: other bots do without it
      const { paced, showAgain } = await import('./renders.ts');
      // checked before pacing: the render could otherwise wait for the turn that called it
      if (rt.reentry.isInside(key)) throw new FsmError('REENTERED', { key });
      await paced(rt, address, () => run(newToken(), showAgain));
    },
    async peek() {
      const { peek } = await import('./peek.ts');
      return peek(rt, key);
    },
  };
}

/**
 * Does work in a turn of a conversation.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export async function runOutside<R>(
  rt: MachineRuntime,
  address: ConversationAddress,
  id: TurnId,
  work: (turn: OpenTurn) => Awaitable<R>,
): Promise<R | undefined> {
  // a number could be that of an update, and the record keeps nothing else
  if (!textual.fits(id)) throw invalidOption('id', 'a text, such as an order number', shown(id));
  if (!callable.fits(work))
    throw invalidOption('run()', 'a function that does the work', shown(work));
  return transact(rt, new OutsideJob(rt, address, id, work));
}

/** A class: see "Objects of a turn" in ARCHITECTURE.md. */
class OutsideJob<R> implements Job<R> {
  readonly key: string;
  readonly scope: Scope;
  readonly id: TurnId;
  readonly cause = 'outside';
  readonly subject: Subject;
  readonly update = undefined;
  readonly ctx = undefined;
  readonly bot: BotPort | undefined;
  readonly #rt: MachineRuntime;
  readonly #work: (turn: OpenTurn) => Awaitable<R>;
  readonly #arrivedAt: number;

  constructor(
    rt: MachineRuntime,
    { key, scope, subject }: ConversationAddress,
    id: TurnId,
    work: (turn: OpenTurn) => Awaitable<R>,
  ) {
    this.key = key;
    this.scope = scope;
    this.id = id;
    this.subject = subject;
    this.bot = rt.bots.get(subject.bot);
    this.#rt = rt;
    this.#work = work;
    this.#arrivedAt = rt.clock.monotonic();
  }

  /** The rest of the limit. Not 0, which would mean not to wait at all. */
  get timeout(): number {
    return Math.max(1, timeout - (this.#rt.clock.monotonic() - this.#arrivedAt));
  }

  wait(): Promise<Seat | undefined> {
    const { queues } = this.#rt;
    const { key } = this;
    return waitInQueue(this.#rt, key, (signal) => queues.join(key, signal), timeout);
  }

  work(turn: OpenTurn): Awaitable<R> {
    return this.#work(turn);
  }
}
