/** The modules that Telegraf's tests import as Telegraf: the drop-in module, with its sessions in the storage of the run. */
import { memoryStorage } from '@telefsm/core';
import { toSessionStore } from '@telefsm/telegraf';
import { session as dropIn } from '@telefsm/telegraf/scenes';
import { storage } from './storage.ts';

export { Scenes, Telegraf } from '@telefsm/telegraf/scenes';

let spaces = 0;

/** Each bot of a test has sessions of its own. */
export function session(options: { readonly store?: unknown } = {}) {
  const own = storage && options.store === undefined;
  return dropIn({
    ...options,
    ...(own && { storage, namespace: `space-${++spaces}` }),
  } as never);
}

interface OwnStore {
  readonly map: Map<string, unknown>;
  readonly store: {
    get(name: string): unknown;
    set(name: string, value: unknown): unknown;
    delete(name: string): unknown;
  };
}

/** A store of a test, kept in the storage of the run; its map shows what the storage gives back. */
export function behind(make: () => OwnStore): OwnStore {
  if (storage === undefined) return make();
  const { map } = make();
  const values = toSessionStore<unknown>(storage ?? memoryStorage(), { prefix: `s${++spaces}:` });
  return {
    map,
    store: {
      get: (name) => values.get(name),
      async set(name, value) {
        await values.set(name, value);
        map.set(name, await values.get(name));
      },
      async delete(name) {
        await values.delete(name);
        map.delete(name);
      },
    },
  };
}
