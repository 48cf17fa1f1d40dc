/** Rules of the contract: conversations that are due by themselves. */

import assert from 'node:assert/strict';
import type { Bench, Rule } from './rule.ts';
import { minute, year } from './rule.ts';

export const deadlineRules: readonly Rule[] = [
  {
    name: 'a deadline comes back as the time that is left',
    needs: ['deadlines'],
    async check({ key, put, read, storage }) {
      await put(key('k'), 'text', { deadlineIn: minute });
      await put(key('none'), 'text');
      for (const found of [await storage.peek(key('k')), await read(key('k'))]) {
        assertNear(found?.deadlineIn, minute);
        assert.equal(found?.text, 'text');
      }
      assertNear((await read(key('k'), { after: minute / 2 }))?.deadlineIn, minute / 2);
      assert.equal((await storage.peek(key('none')))?.deadlineIn, undefined);
      assert.equal((await read(key('none')))?.deadlineIn, undefined);
    },
  },
  {
    name: 'a deadline that has passed comes back as zero or less',
    needs: ['deadlines'],
    async check({ key, put, read }) {
      await put(key('k'), 'text', { deadlineIn: minute });
      assertNear((await read(key('k'), { after: 2 * minute }))?.deadlineIn, -minute);
    },
  },
  {
    name: 'a write without a deadline removes the one before',
    needs: ['deadlines'],
    async check({ key, put, read, storage }) {
      await put(key('k'), 'text', { deadlineIn: minute });
      await put(key('k'), 'text');
      assert.equal((await storage.peek(key('k')))?.deadlineIn, undefined);
      assert.equal((await read(key('k')))?.deadlineIn, undefined);
    },
  },
  {
    name: 'due names the conversations whose deadline has passed, and no others',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, advance } = bench;
      await put(key('due'), 'text', { deadlineIn: 20 });
      await put(key('later'), 'text', { deadlineIn: 10 * minute });
      await put(key('never'), 'text');
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('due')]);
    },
  },
  {
    name: 'a deadline that has passed when it is written is due immediately',
    needs: ['deadlines'],
    breaks: 'a deadline in the past would never fire',
    async check(bench) {
      const { key, put, read } = bench;
      await put(key('now'), 'text', { deadlineIn: 0 });
      await put(key('past'), 'text', { deadlineIn: -minute });
      assertNear((await read(key('past')))?.deadlineIn, -minute);
      await bench.advance(1);
      assert.deepEqual((await dueOf(bench, minute)).toSorted(), [key('now'), key('past')]);
    },
  },
  {
    name: 'a deadline in a year is not due early',
    needs: ['deadlines'],
    breaks: 'a timer or a column of 32 bits ends after 25 days',
    async check(bench) {
      const { key, put, read } = bench;
      await put(key('k'), 'text', { deadlineIn: year });
      assert.deepEqual(await dueOf(bench, minute), []);
      assertNear((await read(key('k')))?.deadlineIn, year);
    },
  },
  {
    name: 'a deadline can have fractions of a millisecond',
    needs: ['deadlines'],
    async check({ key, put, read }) {
      await put(key('k'), 'text', { deadlineIn: minute - 0.5 });
      assertNear((await read(key('k')))?.deadlineIn, minute);
    },
  },
  {
    name: 'a turn that writes nothing leaves the deadline as it is',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, take, advance } = bench;
      await put(key('k'), 'text', { deadlineIn: 20 });
      await (await take(key('k'))).release();
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('k')]);
    },
  },
  {
    name: 'a claim excludes others for its length, then lapses',
    needs: ['deadlines'],
    breaks: 'two processes would fire one deadline, or none would after a crash',
    async check(bench) {
      const { key, put, advance } = bench;
      await put(key('long'), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('long')]);
      assert.deepEqual(await dueOf(bench, minute), []);
      await put(key('short'), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.deepEqual(await dueOf(bench, 20), [key('short')]);
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('short')]);
    },
  },
  {
    name: 'settled ends a claim: a deadline that still exists is due again immediately',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, advance, storage } = bench;
      await put(key('k'), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('k')]);
      await storage.settled?.(key('k'));
      assert.deepEqual(await dueOf(bench, minute), [key('k')]);
      await storage.settled?.(key('never written'));
    },
  },
  {
    name: 'a deadline that was met is not due again',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, advance, storage } = bench;
      for (const name of ['removed', 'later', 'deleted'])
        await put(key(name), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.equal((await dueOf(bench, 20)).length, 3);
      await replace(bench);
      for (const name of ['removed', 'later', 'deleted']) await storage.settled?.(key(name));
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), []);
    },
  },
  {
    name: 'a deadline that was removed, deleted or postponed is named early at most once',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, advance, storage } = bench;
      for (const name of ['removed', 'later', 'deleted'])
        await put(key(name), 'text', { deadlineIn: 20 });
      await replace(bench);
      await advance(60);
      const early = await dueOf(bench, 20);
      assert.equal(new Set(early).size, early.length);
      for (const found of early) await storage.settled?.(found);
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), []);
    },
  },
  {
    name: 'a deadline that was brought forward is due then',
    needs: ['deadlines'],
    breaks: 'a time-out would wait for the longer one that it replaced',
    async check(bench) {
      const { key, put, advance, storage } = bench;
      await put(key('k'), 'text', { deadlineIn: minute });
      await put(key('k'), 'text', { deadlineIn: 20 });
      await put(key('claimed'), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.deepEqual([...(await dueOf(bench, minute))].sort(), [key('claimed'), key('k')]);
      await put(key('claimed'), 'text', { deadlineIn: 20 });
      await storage.settled?.(key('claimed'));
      await advance(60);
      assert.deepEqual(await dueOf(bench, minute), [key('claimed')]);
    },
  },
  {
    name: 'due names at most the requested number, and the others next time',
    needs: ['deadlines'],
    async check({ key, put, advance, storage }) {
      const keys = Array.from({ length: 7 }, (_, n) => key(`${n}`));
      for (const each of keys) await put(each, 'text', { deadlineIn: 20 });
      await advance(60);
      const found: string[] = [];
      for (let page = 0; page < 1000 && found.length < keys.length; page++) {
        const some = (await storage.due?.(3, minute)) ?? [];
        assert.ok(some.length <= 3, `asked for 3, got ${some.length}`);
        if (some.length === 0) break;
        found.push(...some.filter((each) => keys.includes(each)));
      }
      assert.deepEqual(found.sort(), keys);
    },
  },
  {
    name: 'due with a prefix names the keys with that prefix, and claims no others',
    needs: ['deadlines'],
    breaks: "machines with different namespaces on one storage delay each other's deadlines",
    async check({ key, put, advance, storage }) {
      for (const name of ['a:1', 'a:2', 'b:1', 'ab:1', 'A:1']) {
        await put(key(name), 'text', { deadlineIn: 20 });
      }
      await advance(60);
      const ofA = [...((await storage.due?.(100, minute, key('a:'))) ?? [])];
      assert.deepEqual(ofA.sort(), [key('a:1'), key('a:2')]);
      assert.deepEqual(await storage.due?.(100, minute, key('a:')), []);
      const all = [...((await storage.due?.(100, minute, key(''))) ?? [])];
      assert.deepEqual(all.sort(), [key('A:1'), key('ab:1'), key('b:1')]);
    },
  },
  {
    name: 'due with a prefix finds its keys behind any number of older ones without it',
    needs: ['deadlines'],
    breaks: 'a machine whose deadlines nobody fires starves the others on its storage',
    async check({ key, put, advance, storage }) {
      for (let n = 0; n < 30; n++) await put(key(`other:${n}`), 'text', { deadlineIn: 10 });
      await advance(30);
      await put(key('mine:1'), 'text', { deadlineIn: 20 });
      await advance(60);
      assert.deepEqual(await storage.due?.(5, minute, key('mine:')), [key('mine:1')]);
    },
  },
  {
    name: 'several simultaneous polls give a deadline to one of them',
    needs: ['deadlines'],
    async check(bench) {
      const { key, put, advance } = bench;
      const keys = Array.from({ length: 20 }, (_, n) => key(`${n + 10}`));
      for (const each of keys) await put(each, 'text', { deadlineIn: 20 });
      await advance(60);
      const found = await Promise.all([1, 2, 3, 4].map(() => dueOf(bench, minute)));
      assert.deepEqual(found.flat().sort(), keys);
    },
  },
];

/** Those due of this run, claimed; others that a storage with a past may have are left out. */
async function dueOf({ storage, key }: Bench, claim: number): Promise<readonly string[]> {
  const due = (await storage.due?.(10_000, claim)) ?? [];
  return due.filter((found) => found.startsWith(key('')));
}

async function replace({ key, put, take }: Bench): Promise<void> {
  await put(key('removed'), 'text');
  await put(key('later'), 'text', { deadlineIn: 10 * minute });
  assert.equal(await (await take(key('deleted'))).commit(undefined), 'done');
  assert.equal((await take(key('deleted'), { lease: 1 })).record, undefined);
}

/** So near that a slow machine passes, and that no other unit of time does. */
function assertNear(found: number | undefined, expected: number): void {
  const near = found !== undefined && found <= expected && found > expected - minute / 4;
  assert.ok(near, `${found} ms left of the deadline, about ${expected} expected`);
}
