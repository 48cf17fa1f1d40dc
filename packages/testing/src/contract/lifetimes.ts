/** Rules of the contract: records that are wanted for a while only. */

import assert from 'node:assert/strict';
import type { Rule } from './rule.ts';
import { minute, record, year } from './rule.ts';

export const lifetimeRules: readonly Rule[] = [
  {
    name: 'a record exists for its lifetime and is absent afterwards',
    needs: ['ttl'],
    async check({ key, put, read }) {
      await put(key('k'), 'text', { ttl: minute });
      assert.equal((await read(key('k'), { after: minute / 2 }))?.text, 'text');
      await put(key('l'), 'text', { ttl: minute });
      assert.equal(await read(key('l'), { after: minute + 5000 }), undefined);
    },
  },
  {
    name: 'peek finds no expired record',
    needs: ['ttl'],
    async check({ key, put, advance, storage, finds }) {
      await put(key('k'), 'text', { ttl: 20 });
      await advance(40);
      assert.equal(await storage.peek(key('k')), undefined);
      await finds(key('k'), undefined);
    },
  },
  {
    name: 'a write without a lifetime removes the previous lifetime',
    needs: ['ttl'],
    breaks: 'a conversation would vanish because of an earlier, shorter one',
    async check({ key, put, take, advance, read, finds }) {
      await put(key('k'), 'yesterday', { ttl: 20 });
      await put(key('k'), 'today');
      const lease = await take(key('l'));
      await lease.commit(record('yesterday', { ttl: 20 }), minute);
      await lease.commit(record('today'));
      await advance(60);
      await finds(key('k'), 'today');
      await finds(key('l'), 'today');
      assert.equal((await read(key('k'), { after: 100 * minute }))?.text, 'today');
    },
  },
  {
    name: 'a lifetime can be a year, or have fractions of a millisecond',
    needs: ['ttl'],
    breaks:
      'a timer or a column of 32 bits ends after 25 days, one of whole numbers takes no fractions',
    async check({ key, put, read, finds }) {
      await put(key('year'), 'text', { ttl: year });
      await put(key('fraction'), 'text', { ttl: minute + 0.5 });
      for (const name of ['year', 'fraction']) await finds(key(name), 'text');
      assert.equal((await read(key('year'), { after: year / 2 }))?.text, 'text');
    },
  },
  {
    name: 'a turn that writes nothing leaves the lifetime as it is',
    needs: ['ttl'],
    async check({ key, put, take, read }) {
      await put(key('k'), 'text', { ttl: minute });
      await (await take(key('k'), { lease: minute })).release();
      assert.equal((await read(key('k')))?.text, 'text');
      assert.equal(await read(key('k'), { after: minute + 5000 }), undefined);
    },
  },
  {
    name: 'the end of a lifetime does not end the lease',
    needs: ['ttl', 'fencing'],
    breaks: 'the conversation would be given to two updates at the same time',
    async check({ key, put, take, busy, advance, finds }) {
      await put(key('before'), 'text', { ttl: 20 });
      const before = await take(key('before'));
      const within = await take(key('within'));
      await within.commit(record('text', { ttl: 20 }), minute);
      await advance(60);
      for (const [name, lease] of [
        ['before', before],
        ['within', within],
      ] as const) {
        await busy(key(name));
        assert.equal(await lease.renew(minute), true);
        assert.equal(await lease.commit(record('next')), 'done');
        await finds(key(name), 'next');
      }
    },
  },
  {
    name: 'an expired conversation starts empty',
    needs: ['ttl'],
    async check({ key, put, advance, read, finds }) {
      await put(key('k'), 'old', { ttl: 20, deadlineIn: minute });
      await advance(60);
      await put(key('k'), 'new');
      await finds(key('k'), 'new');
      assert.equal((await read(key('k')))?.deadlineIn, undefined);
    },
  },
];
