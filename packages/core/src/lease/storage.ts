/** A storage as a machine takes it: its statements, and how it is shared. */

import type { StorageStatements } from '../storage/statements.ts';
import type { Coordination } from './lease.ts';

/**
 * The storage of the conversations.
 *
 * @see `storageContract` in `@telefsm/testing`, which tests any implementation
 */
export interface FsmStorage extends StorageStatements {
  /**
   * How conversations are shared between processes: a shared storage carries `sharedLeases` of `@telefsm/core/storage`.
   *
   * Without it, updates of one conversation wait for each other in this process only.
   */
  readonly coordination?: Coordination;
}
