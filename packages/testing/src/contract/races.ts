/** Rules of the contract: many at the same time, and any sequence of calls. */

import assert from 'node:assert/strict';
import type { FsmStorage } from '@telefsm/core';
import type { CommitAnswer, LeaseHolder } from '@telefsm/core/storage';
import fc from 'fast-check';
import type { Bench, Rule } from './rule.ts';
import { minute, pause, record } from './rule.ts';

export const raceRules: readonly Rule[] = [
  {
    name: 'concurrent increments lose no count',
    needs: ['fencing'],
    breaks: 'one of two simultaneous updates would be lost',
    async check(bench) {
      await count(
        bench,
        Array.from({ length: 12 }, () => bench.storage),
        5,
      );
    },
  },
  {
    name: 'concurrent increments of several processes lose no count',
    needs: ['fencing', 'shared'],
    async check(bench) {
      const others = [await bench.another(), await bench.another()];
      await count(bench, [bench.storage, ...others, bench.storage, ...others], 8);
    },
  },
  {
    name: 'late requests, in any order and number, change nothing',
    needs: ['fencing'],
    breaks: 'a slow network would undo an update',
    async check(bench) {
      const step = fc.record({
        who: fc.integer({ min: 0, max: 2 }),
        what: fc.constantFrom(...actions),
        text: fc.string({ maxLength: 5 }),
        late: fc.nat(),
      });
      let walks = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) =>
          walk(bench, bench.key(`walk ${++walks}`), steps),
        ),
        { numRuns: 60, seed: 13 },
      );
    },
  },
];

/** Each counts so many times by turns of its own. */
async function count(bench: Bench, by: readonly FsmStorage[], times: number): Promise<void> {
  const key = bench.key('counter');
  let holders = 0;
  const one = async (storage: FsmStorage) => {
    const token = bench.token();
    let taken = await storage.acquire(key, { token, lease: minute, queue: false });
    for (let asked = 0; 'busy' in taken; asked++) {
      assert.ok(asked < 10 * bench.patience, 'the conversation is never free');
      await pause(1);
      taken = await storage.acquire(key, { token, lease: minute, queue: false });
    }
    holders++;
    assert.equal(holders, 1, 'two holders at the same time');
    await pause(0);
    const next = Number(taken.stored?.text ?? '0') + 1;
    holders--;
    assert.equal(
      await storage.commit(key, { token, fence: taken.fence }, record(String(next))),
      'done',
    );
  };
  await Promise.all(
    by.map(async (storage) => {
      for (let n = 0; n < times; n++) await one(storage);
    }),
  );
  await bench.finds(key, String(by.length * times));
}

const actions = [
  'acquire',
  'acquire',
  'acquire again',
  'write',
  'keep',
  'delete',
  'release',
  'renew',
  'lapse',
  'late',
  'late',
  'late',
] as const;

interface Step {
  readonly who: number;
  readonly what: (typeof actions)[number];
  readonly text: string;
  /** Which of the earlier requests arrives once more. */
  readonly late: number;
}

/** A request as it travels; executing it twice is what a resend does. */
type Request =
  | { readonly kind: 'acquire'; readonly token: string }
  | { readonly kind: 'renew'; readonly holder: LeaseHolder }
  | { readonly kind: 'release'; readonly holder: LeaseHolder }
  | {
      readonly kind: 'commit';
      readonly holder: LeaseHolder;
      readonly text: string | undefined;
      readonly keep: number | undefined;
    };

/** The model of the conversation. */
interface Model {
  text: string | undefined;
  holder: LeaseHolder | undefined;
  hasLapsed: boolean;
  /** Every pair that was granted, as text. */
  readonly granted: Set<string>;
}

/** Sends requests of three processes, and earlier ones again; compares each answer with the model. */
async function walk(bench: Bench, key: string, steps: readonly Step[]): Promise<void> {
  const model: Model = { text: undefined, holder: undefined, hasLapsed: false, granted: new Set() };
  const turns = new Map<number, { token: string; fence: number }>();
  const sent: Request[] = [];
  const send = (request: Request) => {
    sent.push(request);
    return execute(bench, key, request, model);
  };

  for (const { who, what, text, late } of steps) {
    const turn = turns.get(who);
    if (what === 'lapse') {
      await bench.pass(key, 2 * minute);
      model.hasLapsed = true;
    } else if (what === 'late') {
      const copy = sent[late % Math.max(sent.length, 1)];
      if (copy !== undefined) await execute(bench, key, copy, model);
    } else if (what === 'acquire' || (what === 'acquire again' && turn !== undefined)) {
      const token = what === 'acquire' ? bench.token() : (turn?.token ?? '');
      const fence = await send({ kind: 'acquire', token });
      if (typeof fence === 'number') turns.set(who, { token, fence });
    } else if (turn !== undefined) {
      const holder = { ...turn };
      if (what === 'renew' || what === 'release') await send({ kind: what, holder });
      else {
        const keep = what === 'keep' ? minute : undefined;
        const next = what === 'delete' ? undefined : text;
        const answer = await send({ kind: 'commit', holder, text: next, keep });
        if (keep !== undefined && answer !== 'rejected') turn.fence++;
      }
    }
    const found = (await bench.storage.peek(key))?.text;
    assert.equal(found, model.text, `what peek finds after ${what}`);
  }
}

/** Executes a request once, checks its answer, and changes the model as it must have changed the storage. */
async function execute(
  { storage }: Bench,
  key: string,
  request: Request,
  model: Model,
): Promise<CommitAnswer | number | undefined> {
  if (request.kind === 'acquire') return acquire(storage, key, request.token, model);
  const { token, fence } = request.holder;
  const holds = model.holder?.token === token && model.holder.fence === fence;
  if (request.kind === 'release') {
    await storage.release(key, request.holder);
    if (holds) model.holder = undefined;
    return undefined;
  }
  if (request.kind === 'renew') {
    assert.equal(await storage.renew(key, request.holder, minute), holds, 'renewed');
    if (holds) model.hasLapsed = false;
    return undefined;
  }
  const { text, keep } = request;
  const hasGoneOn = model.holder?.token === token && model.holder.fence === fence + 1;
  const expected = holds ? 'done' : keep !== undefined && hasGoneOn ? 'already' : 'rejected';
  const next = text === undefined ? undefined : record(text);
  assert.equal(await storage.commit(key, request.holder, next, keep), expected, 'committed');
  if (!holds) return expected;
  model.text = text;
  model.holder = keep === undefined ? undefined : { token, fence: fence + 1 };
  model.hasLapsed = false;
  return expected;
}

async function acquire(
  storage: FsmStorage,
  key: string,
  token: string,
  model: Model,
): Promise<number | undefined> {
  const isOwn = model.holder?.token === token;
  const isFree = model.holder === undefined || model.hasLapsed;
  const answer = await storage.acquire(key, { token, lease: minute, queue: false });
  assert.equal(!('busy' in answer), isOwn || isFree, 'acquired');
  if ('busy' in answer) {
    assert.deepEqual({ token: answer.owner, fence: answer.fence }, model.holder, 'the holder');
    return undefined;
  }
  assert.equal(answer.stored?.text, model.text, 'what an acquire finds');
  const { fence } = answer;
  if (isOwn) assert.equal(fence, model.holder?.fence, 'the fence of the present holder');
  else assert.ok(!model.granted.has(`${token} ${fence}`), 'a pair is granted once');
  model.granted.add(`${token} ${fence}`);
  model.holder = { token, fence };
  model.hasLapsed = false;
  return fence;
}
