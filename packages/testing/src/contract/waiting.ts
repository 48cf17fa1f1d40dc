/** Rules of the contract: waiters are notified when a conversation is granted to them. */

import assert from 'node:assert/strict';
import type { FsmStorage } from '@telefsm/core';
import type { Bench, Rule } from './rule.ts';
import { minute, pause, record } from './rule.ts';

/** The longest that a conversation stays with a waiter who does not come, in ms. */
const patienceWithWaiters = 2000;

export const waitingRules: readonly Rule[] = [
  {
    name: 'a waiter is notified when it is granted the conversation',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, token, until, put } = bench;
      await put(key('k'), 'before');
      for (const end of ['commit', 'release', 'delete'] as const) {
        const { notices, stop } = await listen(bench);
        const lease = await take(key('k'));
        const waiter = { token: token(), queue: true };
        await bench.busy(key('k'), waiter);
        if (end === 'release') await lease.release();
        else await lease.commit(end === 'delete' ? undefined : record('after'));
        await until(() => notices.includes(waiter.token), `granted, after ${end}`);
        const next = await take(key('k'), waiter);
        assert.equal(next.record?.text, end === 'delete' ? undefined : 'after');
        await next.commit(record('after'));
        stop();
      }
    },
  },
  {
    name: 'waiters are granted the conversation in the order of their requests',
    needs: ['granted', 'fencing'],
    breaks: 'one process could be served forever while another waits',
    async check(bench) {
      const { key, take, token, busy, until } = bench;
      const { notices, stop } = await listen(bench);
      let lease = await take(key('k'));
      const waiters = [token(), token(), token()];
      for (const waiter of waiters) await busy(key('k'), { token: waiter, queue: true });
      // A waiter that asks again keeps its place in the queue.
      await busy(key('k'), { token: waiters[0] ?? '', queue: true });
      for (const [n, waiter] of waiters.entries()) {
        await lease.commit(record(`${n}`));
        await until(() => notices.length > n, `granted for the ${n + 1}. waiter`);
        assert.deepEqual(notices, waiters.slice(0, n + 1));
        lease = await take(key('k'), { token: waiter });
      }
      await lease.release();
      await take(key('k'));
      assert.deepEqual(notices, waiters);
      stop();
    },
  },
  {
    name: 'a granted conversation is reserved for the waiter for two seconds at most',
    needs: ['granted', 'fencing'],
    breaks: 'a process that died while it waited would hold the conversation up',
    async check(bench) {
      const { key, take, token, busy, until } = bench;
      const { notices, stop } = await listen(bench);
      const lease = await take(key('k'));
      await busy(key('k'), { token: token(), queue: true });
      await lease.release();
      await until(() => notices.length > 0, 'granted');
      const ms = await busy(key('k'));
      assert.ok(ms <= patienceWithWaiters, `kept for an absent waiter for ${ms} ms`);
      await take(key('k'), { after: patienceWithWaiters + 1000 });
      stop();
    },
  },
  {
    name: 'a waiter that acquires a granted conversation gets the lease that it requests',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, token, busy, until } = bench;
      const { notices, stop } = await listen(bench);
      const lease = await take(key('k'));
      const waiter = { token: token(), queue: true };
      await busy(key('k'), waiter);
      await lease.release();
      await until(() => notices.length > 0, 'granted');
      await take(key('k'), waiter);
      await busy(key('k'), { after: minute / 2 });
      stop();
    },
  },
  {
    name: 'a client that did not subscribe is not granted a conversation',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, busy } = bench;
      const { notices, stop } = await listen(bench);
      const lease = await take(key('k'));
      await busy(key('k'), { queue: false });
      await lease.release();
      await take(key('k'));
      await pause(20);
      assert.deepEqual(notices, []);
      stop();
    },
  },
  {
    name: 'a waiter that acquired the conversation no longer waits',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, token, busy } = bench;
      const { notices, stop } = await listen(bench);
      await take(key('k'), { lease: 1000 });
      const waiter = { token: token(), queue: true };
      await busy(key('k'), waiter);
      const taken = await take(key('k'), { ...waiter, after: 5000 });
      await taken.commit(record('text'));
      await take(key('k'));
      await pause(20);
      assert.deepEqual(notices, []);
      stop();
    },
  },
  {
    name: 'a continuing commit grants the conversation to no waiter',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, token, busy, until } = bench;
      const { notices, stop } = await listen(bench);
      const lease = await take(key('k'));
      const waiter = token();
      await busy(key('k'), { token: waiter, queue: true });
      assert.equal(await lease.commit(record('unit'), minute), 'done');
      await busy(key('k'), { token: waiter, queue: true });
      assert.deepEqual(notices, []);
      assert.equal(await lease.commit(record('last')), 'done');
      await until(() => notices.length > 0, 'granted');
      stop();
    },
  },
  {
    name: 'a listener that unsubscribed is not notified',
    needs: ['granted', 'fencing'],
    async check(bench) {
      const { key, take, token, busy, until } = bench;
      const stopped = await listen(bench);
      const { notices, stop } = await listen(bench);
      stopped.stop();
      const lease = await take(key('k'));
      await busy(key('k'), { token: token(), queue: true });
      await lease.release();
      await until(() => notices.length > 0, 'granted');
      assert.deepEqual(stopped.notices, []);
      stop();
    },
  },
  {
    name: 'waiters of several processes are notified, each of its own grant',
    needs: ['granted', 'fencing', 'shared'],
    async check(bench) {
      const { key, take, token, busy, until, another } = bench;
      const other = await another();
      const { notices, stop } = await listen(bench);
      const there = await listen(bench, other);
      const lease = await take(key('k'));
      // The token names the process: the part before the point.
      const [mine, theirs] = [token(), `other-${token()}`];
      await busy(key('k'), { token: theirs, queue: true, storage: other });
      await busy(key('k'), { token: mine, queue: true });
      await lease.commit(record('text'));
      await until(() => there.notices.includes(theirs), 'granted in the other process');
      const taken = await take(key('k'), { token: theirs, storage: other });
      assert.equal(taken.record?.text, 'text');
      await taken.commit(record('next'));
      await until(() => notices.includes(mine), 'granted in this process');
      assert.equal((await take(key('k'), { token: mine })).record?.text, 'next');
      stop();
      there.stop();
    },
  },
];

async function listen({ storage }: Bench, by: FsmStorage = storage) {
  const notices: string[] = [];
  assert.ok(by.granted);
  const stop = await by.granted((token) => notices.push(token));
  return { notices, stop };
}
