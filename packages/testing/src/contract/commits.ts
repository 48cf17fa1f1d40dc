/** Rules of the contract: every accepted commit spends its fence, whatever the network repeats, delays or reorders. */

import assert from 'node:assert/strict';
import type { CommitAnswer } from '@telefsm/core/storage';
import type { Bench, Rule } from './rule.ts';
import { minute, record } from './rule.ts';

export const commitRules: readonly Rule[] = [
  {
    name: 'a repeated commit that released the lease is rejected',
    needs: ['fencing'],
    async check({ key, take, finds }) {
      const lease = await take(key('k'));
      const copy = lease.copy();
      assert.equal(await lease.commit(record('text')), 'done');
      assert.equal(await lease.commit(record('text')), 'rejected');
      assert.equal(await copy.commit(record('copy')), 'rejected');
      assert.equal(await copy.commit(undefined), 'rejected');
      await finds(key('k'), 'text');
    },
  },
  {
    name: 'a repeated continuing commit returns already',
    needs: ['fencing'],
    breaks: 'a commit whose answer was lost would be taken for a lost conversation',
    async check({ key, take, finds }) {
      const lease = await take(key('k'));
      const [copy, other] = [lease.copy(), lease.copy()];
      assert.equal(await lease.commit(record('text'), minute), 'done');
      assert.equal(await copy.commit(record('text'), minute), 'already');
      assert.equal(await other.commit(record('text'), minute), 'already');
      assert.equal(await copy.commit(record('last')), 'done');
      await finds(key('k'), 'last');
    },
  },
  {
    name: 'after a continuing commit only the next fence is valid',
    needs: ['fencing'],
    breaks: 'a stale commit would overwrite the next part of the turn',
    async check({ key, take, busy, finds }) {
      const lease = await take(key('k'), { lease: 1000 });
      const copy = lease.copy();
      const spent = lease.fence;
      assert.equal(await lease.commit(record('text'), minute), 'done');
      assert.equal(await copy.commit(record('late')), 'rejected');
      assert.equal(await copy.renew(minute), false);
      await copy.release();
      const ms = await busy(key('k'));
      assert.ok(ms <= minute && ms > minute / 2, `a lease of ${minute} ms, and busy for ${ms} ms`);
      const again = await take(key('k'), { token: lease.token });
      assert.deepEqual([again.record?.text, again.fence], ['text', spent + 1]);
      assert.equal(await lease.commit(record('last')), 'done');
      await finds(key('k'), 'last');
    },
  },
  {
    name: "late duplicates of a turn's requests, in any order, change nothing",
    needs: ['fencing'],
    breaks: 'a slow network would undo an update',
    async check(bench) {
      for (const [round, order] of orders([0, 1, 2]).entries()) {
        const { key, finds, take } = bench;
        const copies = await turnOfThree(bench, key(`${round}`));
        for (const n of order)
          assert.equal(await copies[n]?.(), 'rejected', `copy ${n} of ${order}`);
        await finds(key(`${round}`), 'third');
        const holder = await take(key(`${round}`));
        for (const n of order)
          assert.equal(await copies[n]?.(), 'rejected', `copy ${n} of ${order}`);
        assert.equal(await holder.commit(record('fourth')), 'done');
        await finds(key(`${round}`), 'fourth');
      }
    },
  },
];

/** Runs a turn of three commits, each followed by duplicates of all commits so far; returns the duplicates for later. */
async function turnOfThree(
  bench: Bench,
  key: string,
): Promise<readonly (() => Promise<CommitAnswer>)[]> {
  const copies: (() => Promise<CommitAnswer>)[] = [];
  const turn = await bench.take(key);
  for (const [text, keep] of [['first', minute], ['second', minute], ['third']] as const) {
    const copy = turn.copy();
    copies.push(() => copy.copy().commit(record(text), keep));
    assert.equal(await turn.commit(record(text), keep), 'done');
  }
  return copies;
}

function orders(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
