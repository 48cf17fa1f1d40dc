/** The modules that grammY's tests import as its sessions: the drop-in module, with the storage of the run where a test passes none. */
import { lazySession as lazy, session as strict } from '@telefsm/grammy/session';
import { storage } from './storage.ts';

export { enhanceStorage, MemorySessionStorage } from '@telefsm/grammy/session';

const placed = (options: object = {}) =>
  (storage === undefined || 'storage' in options || 'type' in options
    ? options
    : { storage, ...options }) as never;

export const session = (options?: object) => strict(placed(options));
export const lazySession = (options?: object) => lazy(placed(options));
