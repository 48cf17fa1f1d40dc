/** A rule of the contract: what a storage says of its next deadline, where it can tell. */

import assert from 'node:assert/strict';
import type { Rule } from './rule.ts';
import { minute } from './rule.ts';

export const nextDeadlineRule: Rule = {
  name: 'a storage that says when the next deadline comes never says it too late',
  needs: ['deadlines'],
  breaks: 'a virtual clock would leave out the look that finds it',
  async check({ key, put, advance, storage }) {
    const comesWithin = (ms: number) => {
      // a storage need not say it
      const said = storage.dueIn?.() ?? 0;
      assert.ok(said <= ms, `dueIn says ${said} ms, and it is ${ms}`);
    };
    const claim = () => storage.due?.(10_000, 20, key(''));
    await put(key('later'), 'text', { deadlineIn: minute });
    comesWithin(minute);
    await put(key('k'), 'text', { deadlineIn: 20 });
    comesWithin(20);
    await advance(60);
    comesWithin(0);
    assert.deepEqual(await claim(), [key('k')]);
    comesWithin(20);
    await advance(60);
    comesWithin(0);
    assert.deepEqual(await claim(), [key('k')]);
    await storage.settled?.(key('k'));
    comesWithin(0);
  },
};
