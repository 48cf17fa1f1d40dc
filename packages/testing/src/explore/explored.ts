/** The bot that is explored, and what belongs to one walk of it. */

import type { MemoryStorage } from '@telefsm/core';
import type { AnyMachine } from '@telefsm/core/adapter';
import type { AnyBot } from '../driver/frameworks.ts';
import type { VirtualClock } from '../virtual-clock.ts';

/** The clock and the storage of an explored bot, so that its time and its memory belong to one walk. */
export interface ExploreWorld {
  /** The time; it does not pass until the walk advances it. */
  readonly clock: VirtualClock;
  /** An empty storage on that clock. */
  readonly storage: MemoryStorage;
}

/** A bot to explore. */
export interface Explored {
  /** The bot, of either framework. */
  readonly bot: AnyBot;
  /** Its machine: with it states are known, and with them dead ends, loops and what is never reached. */
  readonly machine?: ExploredMachine;
}

/** The used part of a machine. */
export type ExploredMachine = Pick<
  AnyMachine,
  'observe' | 'botCommands' | 'storage' | 'sweep' | 'stop' | '~runtime'
>;
