/** One session of grammY, as core runs it. */

import type { FsmStorage } from '@telefsm/core';
import { type SessionMiddleware, sessionMiddleware } from '@telefsm/core/adapter';
import type { Context, StorageAdapter } from 'grammy';
import { grammy } from '../port.ts';
import { storeOf } from '../storage-adapter.ts';
import { updateOf } from './absent.ts';
import type { LooseOptions } from './options.ts';

/** Makes the middleware of a session; of one of several, if a part is named. */
export function runnerOf(
  options: LooseOptions,
  part: string | undefined,
  lazy: boolean,
): SessionMiddleware<Context> {
  const { initial, prefix = '', getSessionKey, storage, machine, type: _, ...own } = options;
  const adapter = isAdapter(storage) ? storage : undefined;
  const byKey = getSessionKey !== undefined || prefix !== '';
  const keyOf = getSessionKey as ((ctx: Context) => ReturnType<typeof defaultKey>) | undefined;
  return sessionMiddleware<Context>({
    property: 'session',
    part,
    byKey,
    keyOf: keyOf ?? defaultKey,
    prefix,
    ofConnections: true,
    initial,
    store: adapter && storeOf(adapter),
    storeOption: 'storage',
    machine,
    own: {
      ...own,
      ...(storage && adapter === undefined && { storage: storage as FsmStorage }),
    },
    ownDefaults: {
      namespace: part === undefined ? 'session' : `session-${part}`,
      strategy: 'chat',
    },
    shared: undefined,
    lazy,
    writesInitial: true,
    updateOf,
    portOf: ({ api, me }) => grammy.updatePortOf({ api, me: me ?? { id: 0 } } as Context),
  });
}

/** Why an update has no session. */
export function reasonOf({ getSessionKey, machine }: LooseOptions): string {
  if (getSessionKey !== undefined) return '`getSessionKey` returned undefined for this update';
  if (machine === undefined) return 'this update does not belong to a chat';
  return 'this update has no conversation in the machine, or does not come from the chat of its conversation';
}

function isAdapter(
  storage: FsmStorage | StorageAdapter<unknown> | undefined,
): storage is StorageAdapter<unknown> {
  return storage !== undefined && 'read' in Object(storage);
}

/** grammY's own key: the chat. */
function defaultKey({ chatId }: Context): string | undefined {
  return chatId?.toString();
}
