import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { RawUpdate, Turn } from '../src/index.ts';
import type { Handler } from './fixtures/bench.ts';
import { bench, message } from './fixtures/bench.ts';
import type { Network, StorageCall } from './fixtures/text-storage.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

/** The faults of one call on its way. */
const faults = {
  'is lost on its way there': () => {
    throw driverError('unknown');
  },
  'is executed, and its answer is lost': async ({ execute }: StorageCall) => {
    await execute();
    throw driverError('unknown');
  },
  'is executed twice by its driver': async ({ execute }: StorageCall) => {
    await execute();
    return execute();
  },
  'is refused as not executed': () => {
    throw driverError('retry');
  },
  'is refused for good': () => {
    throw driverError('fatal');
  },
} satisfies { readonly [name: string]: Network };
type Fault = keyof typeof faults | 'is executed late' | 'is answered late' | 'is never answered';
const names: readonly Fault[] = [
  ...(Object.keys(faults) as (keyof typeof faults)[]),
  'is executed late',
  'is answered late',
  'is never answered',
];

/** Ways in which an update may work; each notes its update, so that a doubled one shows. */
const note = ({ state: fsm, update }: Turn, part = '') =>
  void fsm.update({ log: [...fsm.get<string[]>('log', []), `${update?.update_id}${part}`] });
const works: { readonly [name: string]: Handler } = {
  'one commit': (turn) => note(turn),
  'commit() and the last commit': async (turn) => {
    note(turn);
    await turn.state.commit();
    note(turn, 'b');
  },
  'a throw': (turn) => {
    note(turn);
    throw new Error('thrown');
  },
  nothing: () => {},
};

type Outcome =
  | 'kept'
  | 'thrown'
  | 'LEASE_LOST'
  | 'COMMIT_UNKNOWN'
  | 'STORAGE_FAILED'
  | 'WAIT_TIMEOUT';

/** Plays three updates, one of them by another process, with one faulty call, and then delivers all again. */
async function play(work: Handler, fault: Fault, at: number, isLong: boolean) {
  const clock = virtualClock();
  const delay = (ms: number) => new Promise<void>((go) => void clock.setTimeout(go, ms));
  let calls = 0;
  let isOver = false;
  let hit: StorageCall['operation'] | undefined;
  const network: Network = async (call) => {
    if (isOver || ++calls !== at) return call.execute();
    hit = call.operation;
    const ms = isLong ? 40_000 : 7000;
    if (fault === 'is executed late') {
      await delay(ms);
      return call.execute();
    }
    if (fault === 'is answered late') {
      const answer = call.execute();
      await delay(ms);
      return answer;
    }
    if (fault === 'is never answered') {
      call.execute();
      return new Promise(() => {});
    }
    return faults[fault](call);
  };
  const storage = textStorage(clock, network);
  const mine = bench({ clock, storage });
  const theirs = bench({ clock, storage: storage.view() });
  const updates = [message(1, 'a'), message(1, 'b'), message(1, 'c')] as const;
  const outcomes = new Map<RawUpdate, Outcome>();
  const committedBefore = new Set<RawUpdate>();
  const give = async (by: typeof mine, update: RawUpdate, handler: Handler) => {
    const outcome = await by.outlast(by.give(update, handler), 1000).then(
      () => 'kept' as const,
      (error: { code?: Outcome; message: string; details?: { committedBefore?: boolean } }) => {
        if (error.details?.committedBefore === true) committedBefore.add(update);
        return error.code ?? (error.message as Outcome);
      },
    );
    outcomes.set(update, outcome);
    return outcome;
  };
  const log = async () => {
    const { key } = mine.machine.at({ user: 1, bot: mine.bot.id });
    const data = (await theirs.machine.at({ user: 1, bot: mine.bot.id }).peek())?.data as
      | { readonly log?: readonly string[] }
      | undefined;
    return { key, ids: data?.log ?? [] };
  };

  await give(mine, updates[0], work);
  await Promise.all([
    give(mine, updates[1], work),
    give(theirs, updates[2], works['one commit'] as Handler),
  ]);
  isOver = true;
  return { clock, storage, mine, updates, outcomes, committedBefore, log, give, hit: () => hit };
}

describe.each(Object.keys(works))('with an update of %s', (name) => {
  const work = works[name] as Handler;
  const isPlain = name === 'one commit' || name.startsWith('commit()');

  describe.each(names)('any call that %s', (fault) => {
    it('loses nothing that was acknowledged, keeps nothing twice, and holds nothing for long', async () => {
      let reached = 0;
      for (const isLong of fault.endsWith('late') ? [false, true] : [false]) {
        for (let at = 1; at < 12; at++) {
          const played = await play(work, fault, at, isLong);
          const { updates, outcomes, committedBefore, log, mine, storage, clock, give } = played;
          if (played.hit() !== undefined) reached++;
          const where = `${fault} ${at} (${played.hit()}): ${[...outcomes.values()]}`;
          await clock.advance('2m');
          const before = (await log()).ids;
          for (const update of updates) {
            const id = `${update.update_id}`;
            const times = before.filter((one) => one === id).length;
            const outcome = outcomes.get(update) as Outcome;
            const isThird = update === updates[2];
            expect(times, where).toBeLessThanOrEqual(1);
            if (outcome === 'kept' && (isPlain || isThird)) expect(times, where).toBe(1);
            if (outcome === 'kept' && name.startsWith('commit()') && !isThird) {
              expect(before, where).toContain(`${id}b`);
            }
            if (outcome === 'LEASE_LOST' || outcome === 'STORAGE_FAILED') {
              expect(times, where).toBe(committedBefore.has(update) ? 1 : 0);
            }
            if (outcome === 'thrown') expect(times, where).toBe(0);
          }
          const { key } = await log();
          expect(await storage.held([key]), where).toEqual([]);
          // delivered again, each runs if and only if nothing of it was kept
          const again = new Set<RawUpdate>();
          for (const update of updates) {
            await give(mine, update, (turn) => {
              again.add(update);
              note(turn);
            });
          }
          const after = (await log()).ids;
          for (const update of updates) {
            const id = `${update.update_id}`;
            const wasKept = before.includes(id);
            if (wasKept) expect(again.has(update), where).toBe(false);
            if (name !== 'nothing') {
              expect(after.filter((one) => one === id).length, where).toBe(1);
            }
          }
        }
      }
      expect(reached).toBeGreaterThanOrEqual(4);
    }, 120_000);
  });
});

describe('a storage that cannot be reached', () => {
  it('makes a commit unknown only when it could not be asked to the end of the lease', async () => {
    const clock = virtualClock();
    let down = false;
    const storage = textStorage(clock, (call) => {
      if (down && call.operation !== 'release') throw driverError('unknown');
      return call.execute();
    });
    const { give, outlast, peek } = bench({ clock, storage, lease: '15s' });
    const update = message(1, 'a');
    const begun = clock.now();
    const sent = outlast(
      give(update, (turn) => {
        note(turn);
        down = true;
      }),
    );
    await expect(sent).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
    expect(clock.now() - begun).toBeGreaterThanOrEqual(15_000);
    down = false;
    await clock.advance('1m');
    await outlast(give(update, (turn) => note(turn)));
    expect((await peek(1))?.data).toEqual({ log: [`${update.update_id}`] });
  });

  it('that is back within the lease has lost nothing, and nobody was notified', async () => {
    const clock = virtualClock();
    let down = false;
    const storage = textStorage(clock, (call) => {
      if (down) throw driverError('unknown');
      return call.execute();
    });
    const { send, outlast, peek } = bench({ clock, storage });
    clock.setTimeout(() => {
      down = false;
    }, 8000);
    await outlast(
      send(1, 'a', (turn) => {
        note(turn);
        down = true;
      }),
    );
    expect((await peek(1))?.data).toMatchObject({ log: [expect.any(String)] });
  });

  it.each([
    ['at the end of the turn', false, 6],
    // a continuing commit that is sent again is answered, so nothing has to be proven
    ['in mid-handler', true, 3],
  ])(
    'for the answer to a commit and then for its proof, has lost nothing: %s',
    async (_, early, expected) => {
      const clock = virtualClock();
      let cuts = 0;
      const storage = textStorage(clock, async (call) => {
        const answer = await call.execute();
        // executed, and the connection is cut before the answer: three times for the commit, three times for what proves it
        const isCut =
          call.operation === 'peek'
            ? cuts < expected
            : /commit|keep/.test(call.operation) && cuts < 3;
        if (!isCut) return answer;
        cuts++;
        throw driverError('unknown');
      });
      const { send, outlast, peek } = bench({ clock, storage });
      await outlast(
        send(1, 'a', async (turn) => {
          note(turn);
          if (early) await turn.state.commit();
        }),
      );
      expect(cuts).toBe(expected);
      expect((await peek(1))?.data).toMatchObject({ log: [expect.any(String)] });
    },
  );
});
