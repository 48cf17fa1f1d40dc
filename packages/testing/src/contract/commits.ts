/** Rules of the contract: every accepted commit spends its token, whatever the network repeats, delays or reorders. */

import assert from 'node:assert/strict';
import type { CommitAnswer, Lease } from '@telefsm/core/storage';
import type { Bench, Rule } from './rule.ts';
import { minute, record } from './rule.ts';

export const commitRules: readonly Rule[] = [
  {
    name: 'a commit that let go is refused when it is repeated',
    needs: ['fencing'],
    async check({ key, take, token, finds }) {
      const again = { token: token() };
      const lease = await take(key('k'), again);
      const copy = await take(key('k'), again);
      assert.equal(await lease.commit(record('text')), 'done');
      assert.equal(await lease.commit(record('text')), 'refused');
      assert.equal(await copy.commit(record('copy')), 'refused');
      assert.equal(await copy.commit(undefined), 'refused');
      await finds(key('k'), 'text');
    },
  },
  {
    name: 'a commit that went on answers already when it is repeated',
    needs: ['fencing'],
    breaks: 'a commit whose answer was lost would be taken for a lost conversation',
    async check({ key, take, token, finds }) {
      const again = { token: token() };
      const keep = token();
      const lease = await take(key('k'), again);
      const copy = await take(key('k'), again);
      assert.equal(await lease.commit(record('text'), { keep }), 'done');
      assert.equal(await lease.commit(record('text'), { keep }), 'already');
      assert.equal(await copy.commit(record('text'), { keep }), 'already');
      assert.equal(await copy.commit(record('last')), 'done');
      await finds(key('k'), 'last');
    },
  },
  {
    name: 'a commit that went on holds the conversation under the new token only',
    needs: ['fencing'],
    breaks: 'a late copy of the commit would overwrite the next unit of the turn',
    async check({ key, take, busy, token, finds }) {
      const again = { token: token() };
      const keep = token();
      const lease = await take(key('k'), again);
      const copy = await take(key('k'), again);
      assert.equal(await lease.commit(record('text'), { keep }), 'done');
      await busy(key('k'), again);
      assert.equal(await copy.commit(record('late')), 'refused');
      assert.equal(await copy.renew(minute), false);
      await copy.release();
      const ms = await busy(key('k'));
      assert.ok(ms <= minute && ms > minute / 2, `a lease of ${minute} ms, and busy for ${ms} ms`);
      assert.equal((await take(key('k'), { token: keep })).record?.text, 'text');
      assert.equal(await lease.commit(record('last')), 'done');
      await finds(key('k'), 'last');
    },
  },
  {
    name: 'a kept commit holds on for the length of lease that was asked for',
    needs: ['fencing'],
    async check({ key, take, busy, token }) {
      const lease = await take(key('k'));
      await lease.renew(10 * minute);
      assert.equal(await lease.commit(record('text'), { keep: token() }), 'done');
      const ms = await busy(key('k'));
      assert.ok(ms <= minute && ms > minute / 2, `a lease of ${minute} ms, and busy for ${ms} ms`);
    },
  },
  {
    name: 'copies of a turn that arrive late, in any order, change nothing',
    needs: ['fencing'],
    breaks: 'an update would be taken back by a slow network',
    async check(bench) {
      for (const [round, order] of orders([0, 1, 2]).entries()) {
        const { key, finds, take } = bench;
        const copies = await turnOfThree(bench, key(`${round}`));
        for (const n of order)
          assert.equal(await copies[n]?.(), 'refused', `copy ${n} of ${order}`);
        await finds(key(`${round}`), 'third');
        const holder = await take(key(`${round}`));
        for (const n of order)
          assert.equal(await copies[n]?.(), 'refused', `copy ${n} of ${order}`);
        assert.equal(await holder.commit(record('fourth')), 'done');
        await finds(key(`${round}`), 'fourth');
      }
    },
  },
];

/** Runs a turn of three units, each followed by copies of all calls so far; gives the copies for later. */
async function turnOfThree(
  bench: Bench,
  key: string,
): Promise<readonly (() => Promise<CommitAnswer>)[]> {
  const [first, second, third] = [bench.token(), bench.token(), bench.token()];
  const units: readonly (readonly [string, string, string?])[] = [
    ['first', first, second],
    ['second', second, third],
    ['third', third],
  ];
  const copies: (() => Promise<CommitAnswer>)[] = [];
  let turn: Lease | undefined;
  for (const [text, token, keep] of units) {
    // Each copy has its own lease, which never hears what the other calls were answered.
    const lease = await bench.take(key, { token });
    const options = keep === undefined ? {} : { keep };
    copies.push(async () => lease.commit(record(text), options));
    turn ??= await bench.take(key, { token });
    assert.equal(await turn.commit(record(text), options), 'done');
  }
  return copies;
}

function orders(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
