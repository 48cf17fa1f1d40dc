import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { Turn } from '../src/index.ts';
import { memoryStorage, state, states } from '../src/index.ts';
import { localQueues } from '../src/lease/queue.ts';
import { sharedLeases } from '../src/storage.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { foo: state(), bar: state() });

/** Numbers without a pattern, the same in every run. */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) >>> 0;
    return at / 2 ** 32;
  };
}

describe('updates of one conversation', () => {
  it('are handled in the order in which they arrived, each in the state that the previous one set', async () => {
    const { send } = bench();
    const log: string[] = [];
    const bot = (text: string) => async (turn: Turn) => {
      const { state: fsm } = turn;
      await undefined;
      if (text === '/test') {
        log.push('command');
        fsm.set(Form.foo);
      } else if (fsm.is(Form.foo)) {
        log.push('foo');
        fsm.set(Form.bar);
      } else if (fsm.is(Form.bar)) {
        log.push('bar');
        fsm.set(null);
      } else log.push('fallback');
    };
    await Promise.all(['/test', 'foo', 'bar', 'baz'].map((text) => send(1, text, bot(text))));
    expect(log).toEqual(['command', 'foo', 'bar', 'fallback']);
  });

  it('never overlap, however long a storage takes for each call', async () => {
    const clock = virtualClock();
    const random = numbers(3);
    const storage = textStorage(clock, async (call) => {
      await new Promise<void>((go) => void clock.setTimeout(go, Math.floor(random() * 50)));
      return call.execute();
    });
    const { send, outlast, peek } = bench({ clock, storage });
    let inside = 0;
    const order: number[] = [];
    const all = Array.from({ length: 60 }, (_, n) =>
      send(1, `${n}`, async ({ state: fsm }) => {
        expect(++inside).toBe(1);
        order.push(n);
        const count = fsm.get('n', 0);
        await new Promise<void>((go) => void clock.setTimeout(go, Math.floor(random() * 20)));
        fsm.update({ n: count + 1 });
        inside--;
      }),
    );
    await outlast(Promise.all(all), 100);
    expect(order).toEqual(all.map((_, n) => n));
    expect((await outlast(peek(1)))?.data).toEqual({ n: 60 });
  });

  it('lose no increment: 1,000 pairs at once', async () => {
    const { send, peek } = bench();
    const add = async ({ state: fsm }: Turn) => {
      const count = fsm.get('n', 0);
      await undefined;
      fsm.update({ n: count + 1 });
    };
    for (let pair = 0; pair < 1000; pair++)
      await Promise.all([send(1, 'a', add), send(1, 'b', add)]);
    expect((await peek(1))?.data).toEqual({ n: 2000 });
  });

  it('of one hundred users, ten thousand in all and shuffled, are each handled once and in order', async () => {
    const random = numbers(7);
    const { give, peek } = bench();
    const next = Array.from({ length: 100 }, () => 0);
    const seen: number[][] = next.map(() => []);
    const all: Promise<void>[] = [];
    for (let sent = 0; sent < 10_000; ) {
      const user = Math.floor(random() * 100);
      const step = next[user] as number;
      if (step === 100) continue;
      next[user] = step + 1;
      sent++;
      const waits = Math.floor(random() * 6);
      all.push(
        give(message(user + 1, `${step}`), async ({ state: fsm }) => {
          const at = fsm.get('step', 0);
          for (let n = 0; n < waits; n++) await undefined;
          seen[user]?.push(step);
          expect(at).toBe(step);
          fsm.update({ step: at + 1 });
        }),
      );
    }
    await Promise.all(all);
    const inOrder = Array.from({ length: 100 }, (_, n) => n);
    for (const [user, steps] of seen.entries()) {
      expect(steps).toEqual(inOrder);
      expect((await peek(user + 1))?.data).toEqual({ step: 100 });
    }
  });
});

describe('updates of different conversations', () => {
  it('do not wait for each other', async () => {
    const { send } = bench();
    const held = gate();
    const order: string[] = [];
    const slow = send(1, 'a', async () => {
      await held.opened;
      order.push('slow');
    });
    await send(2, 'b', () => void order.push('quick'));
    held.open();
    await slow;
    expect(order).toEqual(['quick', 'slow']);
  });
});

describe('two machines with different strategies on one storage', () => {
  it('each hold their own counts', async () => {
    const storage = memoryStorage();
    const perUser = bench({ storage, namespace: 'users' });
    const perChat = bench({ storage, namespace: 'chats', strategy: 'chat' });
    const add = ({ state: fsm }: Turn) => void fsm.update({ n: fsm.get('n', 0) + 1 });
    const updates = Array.from({ length: 100 }, (_, n) => message(1 + (n % 10), 'x'));
    await Promise.all(updates.flatMap((one) => [perUser.give(one, add), perChat.give(one, add)]));
    expect((await perUser.peek(3))?.data).toEqual({ n: 10 });
    expect((await perChat.machine.at({ chat: 3, bot: 123 }).peek())?.data).toEqual({ n: 10 });
  });
});

describe('a conversation that nobody uses any more', () => {
  it('is free at once, and was never in use twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        // more keys than are kept, so that those which nobody uses are looked for
        fc.array(fc.tuple(fc.nat(200), fc.boolean()), { maxLength: 400 }),
        async (joins) => {
          const queues = localQueues();
          const inUse = new Set<string>();
          const all = joins.map(async ([of, givesUp]) => {
            const key = `${of % 3 === 0 ? 0 : of}`;
            const abort = new AbortController();
            const joined = queues.join(key, abort.signal);
            if (givesUp) abort.abort(new Error('gave up'));
            const seat = await joined.catch(() => undefined);
            if (seat === undefined) return;
            expect(inUse.has(key)).toBe(false);
            inUse.add(key);
            await undefined;
            inUse.delete(key);
            seat.leave();
            seat.leave();
          });
          await Promise.all(all);
          for (const [of] of joins) {
            expect(queues.waiting(`${of}`)).toBe(0);
            const seat = queues.tryJoin(`${of}`);
            expect(seat).toBeDefined();
            seat?.leave();
          }
        },
      ),
    );
  });

  it('leaves no hold, no timer and no record behind: a thousand keys used once', async () => {
    const clock = virtualClock();
    let timers = 0;
    const counting = {
      now: clock.now,
      monotonic: clock.monotonic,
      setTimeout(task: () => void, ms: number) {
        timers++;
        return clock.setTimeout(() => {
          timers--;
          task();
        }, ms);
      },
      clearTimeout(handle: unknown) {
        timers--;
        clock.clearTimeout(handle);
      },
    };
    const storage = textStorage(clock);
    const { send, machine, bot } = bench({ clock: { ...clock, ...counting } as never, storage });
    const users = Array.from({ length: 1000 }, (_, n) => n + 1);
    await Promise.all(
      users.map((user) =>
        send(user, 'x', ({ state: fsm }) => {
          if (user % 3 === 0) throw new Error('thrown');
          if (user % 3 === 1) fsm.update({ a: 1 });
        }).catch(() => {}),
      ),
    );
    await Promise.all(users.map((user) => send(user, 'y', ({ state: fsm }) => fsm.clear())));
    const keys = users.map((user) => machine.at({ user, bot: bot.id }).key);
    expect(await storage.held(keys)).toEqual([]);
    await clock.advance('20s');
    expect(timers).toBe(0);
    await clock.advance('25h');
    const left: string[] = [];
    for await (const { key } of storage.list?.({}) ?? []) left.push(key);
    expect(left).toEqual([]);
  });

  it('is renewed as long as its turn runs, whichever other is released', async () => {
    for (const gone of [0, 1, 2]) {
      const clock = virtualClock();
      const storage = textStorage(clock);
      const report = () => {};
      const leases = sharedLeases({ storage, clock, lease: 15_000, longest: 60_000, report });
      const keys = ['a', 'b', 'c'];
      const holds = await Promise.all(keys.map((key) => leases.acquire(key, { timeout: 0 })));
      await holds[gone]?.release();
      await clock.advance('30s');
      const held = keys.filter((_, at) => at !== gone);
      expect(await storage.held(keys)).toEqual(held);
      for (const hold of holds) await hold?.release();
      expect(await storage.held(keys)).toEqual([]);
    }
  });

  it('has no lease after an error, a duplicate, a lost lease and a rejection', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const report = () => {};
    const leases = sharedLeases({ storage, clock, lease: 15_000, longest: 60_000, report });
    const first = await leases.acquire('k', { timeout: 1000 });
    expect(await leases.acquire('k', { timeout: 0 })).toBe(undefined);
    expect(await storage.held(['k'])).toEqual(['k']);
    await first?.release();
    expect(await storage.held(['k'])).toEqual([]);
    const second = await leases.acquire('k', { timeout: 0 });
    await second?.commit({ text: '{"v":1}', state: null }, { keep: false });
    expect(await storage.held(['k'])).toEqual([]);
    const third = await leases.acquire('k', { timeout: 0 });
    await clock.advance('2m');
    expect(third?.signal.aborted).toBe(true);
    expect(await storage.held(['k'])).toEqual([]);
  });
});
