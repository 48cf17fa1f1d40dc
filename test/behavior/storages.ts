/** The storages under which a case about stored records runs: one in this process, one that is shared. */

import { type Clock, type FsmStorage, memoryStorage } from '@telefsm/core';
import { sqliteStorage } from '@telefsm/storage-sqlite';

/** For `describe.each`. */
export const storages: readonly (readonly [string, (clock?: Clock) => FsmStorage])[] = [
  ['memory', (clock) => memoryStorage(clock && { clock })],
  ['SQLite', (clock) => sqliteStorage(':memory:', clock && { clock })],
];
