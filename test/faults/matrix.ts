/** The crash matrix as data: where an update can be when something fails, and what can fail. */

import type { StopPoint } from '../processes/bot.ts';
import type { Order } from '../processes/counting-bot.ts';
import type { Address } from '../processes/engines.ts';

/** The faults of a process and its network. */
export type Fault = 'killed' | 'stopped' | 'cut before' | 'cut after' | 'restarted';

/** One point on the way of an update. */
export interface Point {
  readonly name: string;
  /** The update's request to the bot. */
  readonly text: Order['text'];
  /** The conversation before the update: new, leased by another, past its deadline, or in an unknown state. */
  readonly before?: 'held' | 'due' | 'strange';
  /** The place in the bot where it is stopped. Statements are stopped here only where there is no network to stop them on. */
  readonly stop?: StopPoint;
  /** The command that is kept back on the network: before the server has executed it, or its answer. */
  readonly command?: {
    readonly kind: 'acquire' | 'commit';
    readonly nth: 1 | 2;
    readonly executed: boolean;
  };
  /** Whether a bot that ends here for good has kept the update. */
  readonly isKept: boolean;
  /** The result of an update that was stopped here for longer than its lease, and resumed after another turn. */
  readonly afterStop: 'kept' | 'LEASE_LOST';
  /** Whether a question has been committed that nobody may have seen. */
  readonly owes?: true;
}

/** The eleven points, in the order of the way. */
export const points: readonly Point[] = [
  { name: 'queued', text: 'add', before: 'held', stop: 'queued', isKept: false, afterStop: 'kept' },
  {
    name: 'asked',
    text: 'add',
    stop: 'asked',
    command: { kind: 'acquire', nth: 1, executed: false },
    isKept: false,
    afterStop: 'kept',
  },
  {
    name: 'granted-unheard',
    text: 'add',
    stop: 'granted-unheard',
    command: { kind: 'acquire', nth: 1, executed: true },
    isKept: false,
    // an answer that was so long on its way is not relied on: the same token asks again before the handler begins
    afterStop: 'kept',
  },
  { name: 'held', text: 'wait', stop: 'held', isKept: false, afterStop: 'LEASE_LOST' },
  {
    name: 'deadline unit kept',
    text: 'wait',
    before: 'due',
    stop: 'held',
    isKept: false,
    afterStop: 'LEASE_LOST',
  },
  {
    name: 'policy kept',
    text: 'wait',
    before: 'strange',
    stop: 'held',
    isKept: false,
    afterStop: 'LEASE_LOST',
  },
  {
    name: 'commit sent',
    text: 'add',
    stop: 'commit 1 sent',
    command: { kind: 'commit', nth: 1, executed: false },
    isKept: false,
    afterStop: 'LEASE_LOST',
  },
  {
    name: 'commit applied',
    text: 'add',
    stop: 'commit 1 applied',
    command: { kind: 'commit', nth: 1, executed: true },
    isKept: true,
    afterStop: 'kept',
  },
  {
    name: 'speaking',
    text: 'ask',
    stop: 'speaking',
    isKept: true,
    afterStop: 'LEASE_LOST',
    owes: true,
  },
  {
    name: 'mark sent',
    text: 'ask',
    stop: 'commit 2 sent',
    command: { kind: 'commit', nth: 2, executed: false },
    isKept: true,
    afterStop: 'LEASE_LOST',
    owes: true,
  },
  { name: 'released', text: 'add', isKept: true, afterStop: 'kept' },
];

/** Whether a cell exists on an engine, or why not. */
export function absence(engine: Address['engine'], fault: Fault): string | undefined {
  if (engine !== 'sqlite' || fault === 'killed' || fault === 'stopped') return undefined;
  return fault === 'restarted'
    ? 'SQLite has no server: its statements run in the process itself'
    : 'SQLite has no connection: a statement has been executed when the process goes on';
}
