/** Rules of the contract: token and fence together name one grant, so requests that arrive late change nothing. */

import assert from 'node:assert/strict';
import type { Bench, Held, Rule } from './rule.ts';
import { minute, record } from './rule.ts';

/** A short lease, in ms: long enough not to lapse while a rule runs. */
const short = 5000;
const hour = 3_600_000;

export const fenceRules: readonly Rule[] = [
  {
    name: 'a late acquire and a late commit do not overwrite a later turn',
    needs: ['fencing'],
    breaks: 'a resent statement would take back what was acknowledged since',
    async check(bench) {
      for (const first of ['write', 'keep', 'delete'] as const) {
        const key = bench.key(first);
        const { token, finds } = bench;
        const [one, two] = [token(), token()];
        const turn = await bench.take(key, { token: one });
        const late = turn.copy();
        await end(turn, first);
        await turnOf(bench, key, two, 'second');
        // the copy of the acquire is granted, under a fence that the copy of the commit does not name
        const again = await bench.take(key, { token: one });
        assert.notEqual(again.fence, late.fence);
        for (let copies = 0; copies < 3; copies++) {
          assert.equal(await late.copy().commit(record('late')), 'rejected');
          assert.equal(await late.copy().commit(record('late'), short), 'rejected');
          assert.equal(await late.copy().commit(undefined), 'rejected');
        }
        await again.release();
        await finds(key, 'second');
      }
    },
  },
  {
    name: 'late requests do not overwrite a later turn after the row was deleted or the clock went back an hour',
    needs: ['fencing', 'shared'],
    breaks: 'a fence that restarts with the row names the same grant twice',
    async check(bench) {
      for (const between of ['released', 'deleted', 'clock'] as const) {
        const key = bench.key(between);
        const one = bench.token();
        const turn = await bench.take(key, { token: one });
        const late = turn.copy();
        if (between === 'deleted') await turn.commit(undefined);
        else await turn.release();
        const other = await bench.take(key);
        if (between === 'clock') await bench.back(key, hour);
        if (between === 'released') await other.release();
        else await other.commit(record('second'));
        const again = await bench.take(key, { token: one });
        assert.notEqual(again.fence, late.fence, `after ${between}`);
        assert.equal(await late.copy().commit(record('late')), 'rejected', between);
        assert.equal(await late.copy().renew(minute), false, between);
        await again.release();
        await bench.finds(key, between === 'released' ? undefined : 'second');
      }
    },
  },
  {
    name: 'an acquire by the current holder keeps fence and lease, also after a continuing commit and after a lapse',
    needs: ['fencing'],
    breaks: 'a repeated acquire would end the turn that it belongs to',
    async check({ key, take, busy, pass }) {
      const turn = await take(key('k'), { lease: short });
      await turn.renew(minute);
      const repeated = await take(key('k'), { token: turn.token, lease: short });
      assert.equal(repeated.fence, turn.fence);
      const ms = await busy(key('k'));
      assert.ok(ms > minute / 2, `a lease of ${minute} ms was shortened to ${ms} ms`);
      assert.equal(await turn.commit(record('kept'), short), 'done');
      const kept = await take(key('k'), { token: turn.token, lease: short });
      assert.deepEqual([kept.fence, kept.record?.text], [turn.fence, 'kept']);
      await pass(key('k'), 2 * minute);
      const lapsed = await take(key('k'), { token: turn.token, lease: short });
      assert.equal(lapsed.fence, turn.fence);
      await busy(key('k'));
      assert.equal(await turn.commit(record('last')), 'done');
    },
  },
  {
    name: 'an acquire with the same token after another turn gets a new fence, and the old fence is invalid',
    needs: ['fencing'],
    async check({ key, take, busy, finds, token }) {
      const again = { token: token(), lease: short };
      const before = await take(key('k'), again);
      await (await take(key('k'), { after: 2 * minute })).commit(record('another'));
      const now = await take(key('k'), again);
      assert.ok(now.fence >= before.fence + 2, `fence ${now.fence} after ${before.fence}`);
      assert.equal(await before.renew(minute), false);
      assert.equal(await before.commit(record('late')), 'rejected');
      assert.equal(await before.commit(record('late'), short), 'rejected');
      await before.release();
      const ms = await busy(key('k'));
      assert.ok(ms <= short, `an old fence has renewed to ${ms} ms`);
      await finds(key('k'), 'another', { token: again.token });
    },
  },
  {
    name: 'a turn that read before another commit cannot commit, even if its token has the lease again',
    needs: ['fencing'],
    breaks: 'a stale snapshot would be written over what another turn has committed',
    async check({ key, take, finds, token }) {
      const again = { token: token() };
      const stale = await take(key('k'), again);
      await (await take(key('k'), { after: 2 * minute })).commit(record('another'));
      const fresh = await take(key('k'), again);
      assert.deepEqual([stale.record?.text, fresh.record?.text], [undefined, 'another']);
      assert.equal(await stale.commit(record('stale')), 'rejected');
      assert.equal(await fresh.commit(record('fresh')), 'done');
      await finds(key('k'), 'fresh');
    },
  },
  {
    name: 'a continuing commit uses up its fence: a repeat returns already, and other requests are rejected',
    needs: ['fencing'],
    async check({ key, take, busy }) {
      const turn = await take(key('k'), { lease: short });
      const spent = turn.copy();
      assert.equal(await turn.commit(record('kept'), short), 'done');
      assert.equal(turn.fence, spent.fence + 1);
      assert.equal(await spent.copy().commit(record('kept'), short), 'already');
      assert.equal(await spent.copy().commit(record('final')), 'rejected');
      assert.equal(await spent.renew(minute), false);
      await spent.release();
      assert.equal((await busy(key('k'))) <= short, true);
      assert.equal(await turn.commit(record('next'), short), 'done');
      // two continuing commits later the first is no longer the last one
      assert.equal(await spent.copy().commit(record('kept'), short), 'rejected');
      assert.equal(await turn.commit(record('last')), 'done');
    },
  },
  {
    name: 'only a renewal makes a lease last its full length',
    needs: ['fencing'],
    breaks: 'a late acquire would block the conversation for a whole lease',
    async check({ key, take, busy, token }) {
      const turn = await take(key('k'), { lease: short });
      const copy = turn.copy();
      assert.ok((await busy(key('k'))) <= short, 'a new lease');
      await take(key('k'), { token: turn.token, lease: short });
      assert.ok((await busy(key('k'))) <= short, 'an acquire of the holder');
      await turn.commit(record('kept'), short);
      assert.ok((await busy(key('k'))) <= short, 'a continuing commit');
      await turn.renew(minute);
      assert.ok((await busy(key('k'))) > short, 'a renewal');
      await turn.commit(record('kept'), short);
      assert.ok((await busy(key('k'))) > short, 'a continuing commit shortens nothing');
      await turn.release();
      // a late copy of the acquire, then one of a renewal
      const late = await take(key('k'), { token: turn.token, lease: short });
      assert.equal(await copy.renew(minute), false);
      assert.ok((await busy(key('k'), { token: token() })) <= short, 'a late renewal');
      await late.release();
    },
  },
  {
    name: 'busy names the holder, and a release of exactly that pair frees the conversation',
    needs: ['fencing'],
    breaks: 'a process could not free what its own late request has taken',
    async check({ key, take, refused, busy, storage }) {
      const turn = await take(key('k'));
      const { owner, fence } = await refused(key('k'));
      assert.deepEqual([owner, fence], [turn.token, turn.fence]);
      for (const other of [
        { token: 'stranger.1', fence },
        { token: owner, fence: fence + 1 },
        { token: owner, fence: fence - 1 },
      ]) {
        await storage.release(key('k'), other);
        await busy(key('k'));
      }
      await storage.release(key('k'), { token: owner, fence });
      await take(key('k'));
    },
  },
  {
    name: 'a lease that ends more than a minute from now is busy for the short lease at most, and its holder may continue',
    needs: ['fencing', 'shared'],
    breaks: 'after the clock went back a dead holder would block its conversation for an hour',
    async check({ key, take, busy, back, pass }) {
      const turn = await take(key('k'), { lease: short });
      await back(key('k'), hour);
      await busy(key('k'), { lease: short });
      const ms = await busy(key('k'), { lease: short });
      assert.ok(ms <= short, `still busy for ${ms} ms`);
      assert.equal(await turn.renew(minute), true);
      assert.equal(await turn.commit(record('text')), 'done');
      const dead = await take(key('k'), { lease: short });
      await back(key('k'), hour);
      await busy(key('k'), { lease: short });
      await pass(key('k'), short + 1000);
      const next = await take(key('k'));
      assert.equal(await dead.commit(record('late')), 'rejected');
      await next.release();
      // the holder itself
      const own = await take(key('own'), { lease: short });
      await back(key('own'), hour);
      assert.equal((await take(key('own'), { token: own.token })).fence, own.fence);
      assert.ok((await busy(key('own'))) <= minute);
    },
  },
  {
    name: 'a grant has a new fence, which the notification and the acquire of the waiter contain',
    needs: ['granted', 'fencing'],
    async check({ key, take, busy, token, until, storage }) {
      const notified: (readonly [string, number])[] = [];
      const stop = await storage.granted?.((...message) => notified.push(message));
      const turn = await take(key('k'));
      const waiter = { token: token(), queue: true };
      await busy(key('k'), waiter);
      await turn.commit(record('text'));
      await until(() => notified.length > 0, 'a message for the waiter');
      const next = await take(key('k'), waiter);
      assert.deepEqual(notified, [[waiter.token, next.fence]]);
      assert.ok(next.fence >= turn.fence + 2, `fence ${next.fence} after ${turn.fence}`);
      assert.equal(await turn.commit(record('late')), 'rejected');
      // a waiter that gave up frees it by the message alone
      await busy(key('k'), { token: token(), queue: true });
      await next.release();
      await until(() => notified.length > 1, 'a message for the second waiter');
      const [gone, fence] = notified[1] ?? ['', 0];
      await storage.release(key('k'), { token: gone, fence });
      await take(key('k'));
      stop?.();
    },
  },
];

async function end(turn: Held, how: 'write' | 'keep' | 'delete'): Promise<void> {
  if (how === 'keep') await turn.commit(record('unit'), short);
  const next = how === 'delete' ? undefined : record('first');
  assert.equal(await turn.commit(next), 'done');
}

async function turnOf(bench: Bench, key: string, token: string, text: string): Promise<void> {
  const turn = await bench.take(key, { token });
  assert.equal(await turn.commit(record(text)), 'done');
}
