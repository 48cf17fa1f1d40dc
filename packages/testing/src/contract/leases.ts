/** Rules of the contract: one holder at a time, and what becomes of the one before. */

import assert from 'node:assert/strict';
import type { Rule } from './rule.ts';
import { minute, record } from './rule.ts';

export const leaseRules: readonly Rule[] = [
  {
    name: 'a conversation has one holder at a time',
    needs: ['fencing'],
    breaks: 'two updates of one user would be handled at the same time',
    async check({ key, take, busy }) {
      const lease = await take(key('k'));
      const ms = await busy(key('k'));
      assert.ok(ms <= minute && ms > minute / 2, `a lease of ${minute} ms, and busy for ${ms} ms`);
      await take(key('another'));
      await lease.release();
      await take(key('k'));
    },
  },
  {
    name: 'a commit releases the lease',
    needs: ['fencing'],
    async check({ key, take }) {
      await (await take(key('k'))).commit(record('text'));
      await (await take(key('k'))).commit(undefined);
      await take(key('k'));
    },
  },
  {
    name: 'a repeated acquire with the same token returns the same answer',
    needs: ['fencing'],
    breaks: 'a lost answer would block the conversation until the lease ends',
    async check({ key, put, take, busy, token }) {
      await put(key('k'), 'text');
      const again = { token: token() };
      const first = await take(key('k'), again);
      const second = await take(key('k'), again);
      assert.deepEqual([first.record?.text, second.record?.text], ['text', 'text']);
      assert.equal(second.fence, first.fence);
      await busy(key('k'));
      assert.equal(await second.commit(record('next')), 'done');
    },
  },
  {
    name: 'a lease lasts the requested number of milliseconds',
    needs: ['fencing'],
    async check({ key, take, busy }) {
      await take(key('k'), { lease: minute });
      const ms = await busy(key('k'), { after: minute / 2 });
      assert.ok(ms <= minute / 2, `half a lease later still busy for ${ms} ms`);
      const successor = await take(key('k'), { after: minute + 5000 });
      assert.equal(await successor.commit(record('mine')), 'done');
    },
  },
  {
    name: 'a renewal extends the lease from now on',
    needs: ['fencing'],
    breaks: 'a long handler would lose its conversation to the next update',
    async check({ key, take, busy }) {
      const lease = await take(key('k'), { lease: 1000 });
      assert.equal(await lease.renew(minute), true);
      await busy(key('k'), { after: minute / 2 });
      await take(key('k'), { after: minute + 5000 });
    },
  },
  {
    name: 'a renewal after a continuing commit is for the new fence',
    needs: ['fencing'],
    async check({ key, take, busy }) {
      const lease = await take(key('k'), { lease: 1000 });
      await lease.commit(record('text'), 1000);
      assert.equal(await lease.renew(minute), true);
      await busy(key('k'), { after: minute / 2 });
      await lease.commit(record('next'));
      await take(key('k'));
    },
  },
  {
    name: 'a lapsed lease that nobody acquired is still valid',
    needs: ['fencing'],
    breaks: 'a laptop that slept would lose an update for nothing',
    async check({ key, take, finds, advance }) {
      const committing = await take(key('c'), { lease: 10 });
      const keeping = await take(key('k'), { lease: 10 });
      const renewing = await take(key('r'), { lease: 10 });
      await advance(40);
      assert.equal(await renewing.renew(minute), true);
      assert.equal(await renewing.commit(record('renewed')), 'done');
      assert.equal(await keeping.commit(record('kept'), minute), 'done');
      await keeping.release();
      assert.equal(await committing.commit(record('late')), 'done');
      await finds(key('c'), 'late');
      await finds(key('k'), 'kept');
      await finds(key('r'), 'renewed');
    },
  },
  {
    name: 'a holder that lost the conversation can neither write, renew nor release',
    needs: ['fencing'],
    breaks: 'a process that was stopped for a while would overwrite what came after it',
    async check({ key, put, take, busy, finds }) {
      await put(key('k'), 'before');
      const late = await take(key('k'), { lease: 1000 });
      const holder = await take(key('k'), { after: 5000 });
      assert.equal(await late.renew(minute), false);
      assert.equal(await late.commit(record('late')), 'rejected');
      assert.equal(await late.commit(record('late'), minute), 'rejected');
      assert.equal(await late.commit(undefined), 'rejected');
      await late.release();
      await busy(key('k'));
      assert.equal(holder.record?.text, 'before');
      assert.equal(await holder.commit(record('after')), 'done');
      assert.equal(await late.commit(record('late')), 'rejected');
      assert.equal(await late.renew(minute), false);
      await finds(key('k'), 'after');
    },
  },
  {
    name: 'a late holder is rejected, also after the conversation was deleted and created again',
    needs: ['fencing'],
    breaks: 'a fence that is counted in the record starts again with it',
    async check({ key, take, finds }) {
      const late = await take(key('k'), { lease: 1000 });
      await (await take(key('k'), { after: 5000 })).commit(undefined);
      assert.equal(await late.commit(record('late')), 'rejected');
      const anew = await take(key('k'));
      assert.equal(await late.commit(record('late')), 'rejected');
      assert.equal(await anew.commit(record('anew')), 'done');
      await finds(key('k'), 'anew');
    },
  },
  {
    name: 'a token without the lease can neither renew nor release',
    needs: ['fencing'],
    async check({ key, take, busy }) {
      const committed = await take(key('k'));
      await committed.commit(record('text'));
      const released = await take(key('k'));
      await released.release();
      const holder = await take(key('k'), { lease: 1000 });
      assert.equal(await committed.renew(minute), false);
      assert.equal(await released.renew(minute), false);
      await committed.release();
      await released.release();
      const ms = await busy(key('k'));
      assert.ok(ms <= 1000, `a third-party renewal lasts for ${ms} ms`);
      assert.equal(await holder.commit(record('next')), 'done');
    },
  },
];
