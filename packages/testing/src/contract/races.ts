/** Rules of the contract: many at once, and any sequence of calls. */

import assert from 'node:assert/strict';
import type { FsmStorage } from '@telefsm/core';
import type { Lease } from '@telefsm/core/storage';
import fc from 'fast-check';
import type { Bench, Rule } from './rule.ts';
import { minute, pause, record } from './rule.ts';

export const raceRules: readonly Rule[] = [
  {
    name: 'many who count at once lose no count',
    needs: ['fencing'],
    breaks: 'of two updates that arrive together one would be forgotten',
    async check(bench) {
      await count(
        bench,
        Array.from({ length: 12 }, () => bench.storage),
        5,
      );
    },
  },
  {
    name: 'several processes that count at once lose no count',
    needs: ['fencing', 'shared'],
    async check(bench) {
      const others = [await bench.another(), await bench.another()];
      await count(bench, [bench.storage, ...others, bench.storage, ...others], 8);
    },
  },
  {
    name: 'any sequence of calls does what a simple model does',
    needs: ['fencing'],
    async check(bench) {
      const step = fc.record({
        who: fc.integer({ min: 0, max: 2 }),
        what: fc.constantFrom(...actions),
        text: fc.string({ maxLength: 5 }),
      });
      let walks = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) =>
          walk(bench, bench.key(`walk ${++walks}`), steps),
        ),
        { numRuns: 40 },
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
    assert.equal(holders, 1, 'two holders at once');
    await pause(0);
    const next = Number(taken.record?.text ?? '0') + 1;
    holders--;
    assert.equal(await taken.commit(record(String(next))), 'done');
  };
  await Promise.all(
    by.map(async (storage) => {
      for (let n = 0; n < times; n++) await one(storage);
    }),
  );
  await bench.finds(key, String(by.length * times));
}

const actions = [
  'take',
  'take',
  'steal',
  'write',
  'keep',
  'delete',
  'release',
  'renew',
  'repeat',
] as const;

interface Step {
  readonly who: number;
  readonly what: (typeof actions)[number];
  readonly text: string;
}

/** What one of three processes knows of its turn. */
interface Turn {
  token: string;
  readonly lease: Lease;
  /** A copy of the last call that went on, as a network might deliver it. */
  readonly copy?: { readonly token: string; readonly lease: Lease; readonly text: string };
}

/** Walks through calls and compares each answer with the model: one text, one holder. */
async function walk(bench: Bench, key: string, steps: readonly Step[]): Promise<void> {
  const model: { text: string | undefined; holder: string | undefined } = {
    text: undefined,
    holder: undefined,
  };
  const turns = new Map<number, Turn>();
  let steals = 0;

  for (const { who, what, text } of steps) {
    const turn = turns.get(who);
    if (what === 'take' || what === 'steal') {
      const again = what === 'take' && turn !== undefined && model.holder === turn.token;
      const token = again ? turn.token : bench.token();
      // Each time a year later than the last: nobody's lease lasts so long.
      const offset = what === 'take' ? 0 : 525_600 * minute * ++steals;
      const options = { token, lease: minute, queue: false, offset };
      const taken = await bench.storage.acquire(key, options);
      const free = what === 'steal' || model.holder === undefined || model.holder === token;
      assert.equal(!('busy' in taken), free, `${what} is possible`);
      if ('busy' in taken) continue;
      assert.equal(taken.record?.text, model.text, `what ${what} finds`);
      model.holder = token;
      turns.set(who, { ...(again ? turn : {}), token, lease: taken });
    } else if (turn) {
      turns.set(who, await act(bench, key, what, text, turn, model));
    }
    assert.equal(
      (await bench.storage.peek(key))?.text,
      model.text,
      `what peek finds after ${what}`,
    );
  }
}

async function act(
  bench: Bench,
  key: string,
  what: Exclude<Step['what'], 'take' | 'steal'>,
  text: string,
  turn: Turn,
  model: { text: string | undefined; holder: string | undefined },
): Promise<Turn> {
  const mine = model.holder === turn.token;
  const { lease } = turn;
  if (what === 'release') {
    await lease.release();
    if (mine) model.holder = undefined;
  } else if (what === 'renew') {
    assert.equal(await lease.renew(minute), mine, 'renewed');
  } else if (what === 'keep') {
    // The copy is made by the same token, and sent later.
    const copy = mine ? await bench.take(key, { token: turn.token }) : undefined;
    const keep = bench.token();
    assert.equal(await lease.commit(record(text), { keep }), mine ? 'done' : 'refused', 'kept');
    if (!mine || !copy) return turn;
    Object.assign(model, { text, holder: keep });
    return { token: keep, lease, copy: { token: keep, lease: copy, text } };
  } else if (what === 'repeat') {
    if (!turn.copy) return turn;
    const { token, lease: copy, text: copied } = turn.copy;
    const expected = model.holder === token ? 'already' : 'refused';
    assert.equal(await copy.commit(record(copied), { keep: token }), expected, 'repeated');
  } else {
    const next = what === 'write' ? text : undefined;
    const answer = await lease.commit(next === undefined ? undefined : record(next));
    assert.equal(answer, mine ? 'done' : 'refused', what);
    if (mine) Object.assign(model, { text: next, holder: undefined });
  }
  return turn;
}
