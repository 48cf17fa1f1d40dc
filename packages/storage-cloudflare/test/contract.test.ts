/** The contract of storages, kept by Durable Objects on workerd, which two isolates reach. */

import { storageContract } from '@telefsm/testing';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { startWorkerd, type Workerd } from '../../../test/servers/workerd.ts';
import { durableObjectStorage, type ObjectNamespace } from '../src/index.ts';
import { shardOf } from '../src/shard-of.ts';

let workerd: Workerd;

// Without a Bot API every sweep by an alarm fails, so that none takes a deadline away from a rule.
beforeAll(async () => {
  workerd = await startWorkerd({ script: new URL('worker.ts', import.meta.url), isolates: 2 });
});
afterAll(() => workerd?.close());

/** The namespace as this process sees it: each request goes by an isolate to the object. */
function namespaceBy(isolate: number, suffix: string): ObjectNamespace {
  return {
    idFromName: (name) => `${name}${suffix}`,
    get: (id) => ({
      async fetch(_, request) {
        const url = (await workerd.urls())[isolate];
        return fetch(`${url}/object/${encodeURIComponent(`${id}`)}/`, request);
      },
    }),
  };
}

describe.each(inject('tier') === 'stress' ? [1, 4] : [4])('%i shards', (shards) => {
  const suffix = ` of ${shards}`;
  const open = (isolate: number) => durableObjectStorage(namespaceBy(isolate, suffix), { shards });

  /** Moves the stored instants of one conversation, as if the object's clock had moved the other way. */
  async function shift(key: string, ms: number): Promise<void> {
    const name = encodeURIComponent(`telefsm:${shardOf(key, shards)}${suffix}`);
    const query = new URLSearchParams({ key, ms: `${ms}` });
    const url = `${(await workerd.urls())[0]}/object/${name}/shift?${query}`;
    const { ok } = await fetch(url, { method: 'POST' });
    if (!ok) throw new Error('The object did not shift its clock.');
  }
  const under = () => ({ storage: open(0), another: () => open(1), shift });
  for (const rule of storageContract(under)) it(rule.title, () => rule.run());
});
