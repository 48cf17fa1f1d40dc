import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, Turn } from '../src/index.ts';
import { flow, invalid, memoryStorage, scene, state, states } from '../src/index.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state(), done: state() });

describe('commit()', () => {
  it('writes the state at the time of the call: later changes belong to the next transaction', async () => {
    const clock = virtualClock();
    for (const storage of [memoryStorage({ clock }), textStorage(clock)]) {
      const { send, peek } = bench({ clock, storage });
      const ran: string[] = [];
      const broken = send(1, 'a', async ({ state: fsm }) => {
        fsm.set(Form.name);
        fsm.expire('1h');
        fsm.afterCommit(() => ran.push('first'));
        const written = fsm.commit();
        fsm.set(Form.age);
        fsm.expire('1m');
        fsm.afterCommit(() => ran.push('second'));
        await written;
        expect(fsm.current).toBe('Form:age');
        throw new Error('too late');
      });
      await expect(broken).rejects.toThrow('too late');
      expect(await peek(1)).toMatchObject({ current: 'Form:name', deadlineIn: 3_600_000 });
      expect(ran).toEqual(['first']);

      await send(2, 'a', async ({ state: fsm }) => {
        fsm.set(Form.name);
        const written = fsm.commit();
        fsm.expire('1m');
        await written;
      });
      expect(await peek(2)).toMatchObject({ current: 'Form:name', deadlineIn: 60_000 });
    }
  });

  it('is the point of no return: earlier changes stay, and an error rolls back only later ones', async () => {
    const { send, peek } = bench();
    const sent = send(1, 'a', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await fsm.commit();
      fsm.set(Form.age);
      throw new Error('later');
    });
    await expect(sent).rejects.toThrow('later');
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('is written before it resolves, and the lease is kept', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { send, peek } = bench({ clock, storage });
    const seen: unknown[] = [];
    await send(1, 'a', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await fsm.commit();
      seen.push((await peek(1))?.current);
      seen.push((await storage.held([fsm.key as string])).length);
      fsm.set(Form.age);
    });
    expect(seen).toEqual(['Form:name', 1]);
    expect((await peek(1))?.current).toBe('Form:age');
    expect(storage.calls).toEqual(['acquire', 'keep', 'peek', 'commit', 'peek']);
  });

  it('that nobody awaits is written too, also if the handler then throws', async () => {
    const clock = virtualClock();
    for (const storage of [memoryStorage({ clock }), textStorage(clock)]) {
      const { send, peek } = bench({ clock, storage });
      const sent = send(1, 'a', async ({ state: fsm }) => {
        fsm.set(Form.name);
        void fsm.commit();
        await undefined;
        throw new Error('later');
      });
      await expect(sent).rejects.toThrow('later');
      expect((await peek(1))?.current).toBe('Form:name');
    }
  });

  it('that nobody awaits is written before what comes later, and the end of the turn waits for it', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { send, peek } = bench({ clock, storage });
    await send(1, 'a', ({ state: fsm }) => {
      fsm.update({ n: 1 });
      void fsm.commit();
      void fsm.commit();
      fsm.update({ m: 2 });
    });
    expect((await peek(1))?.data).toEqual({ n: 1, m: 2 });
    expect(await storage.held(['telefsm:b123:c1:u1'])).toEqual([]);
  });

  it('that failed fails the turn, also if the handler continues', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'keep') throw driverError('fatal');
      return call.execute();
    });
    const { send, peek, outlast } = bench({ clock, storage });
    const sent = send(1, 'a', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await fsm.commit().catch(() => {});
      fsm.set(Form.age);
    });
    await expect(outlast(sent)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await peek(1)).toBe(undefined);
  });

  it('resolves for data that is too large only with a rejection, and what came before stays', async () => {
    const { send, peek } = bench({ maxRecordBytes: 2000 });
    const sent = send(1, 'a', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await fsm.commit();
      fsm.update({ big: 'x'.repeat(3000) });
      await fsm.commit();
    });
    await expect(sent).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      details: { limit: 2000 },
    });
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: {} });
  });
});

describe('a late writer', () => {
  const lapse = async (work: (turn: Turn) => unknown, storage = undefined as never) => {
    const clock = virtualClock();
    const shared = storage ?? textStorage(clock);
    const mine = bench({ clock, storage: shared, turn: { max: '1m' } });
    const theirs = bench({ clock, storage: (shared as ReturnType<typeof textStorage>).view() });
    const held = gate();
    const signals: AbortSignal[] = [];
    const update = message(1, 'slow');
    const late = mine
      .give(update, async (turn) => {
        signals.push(turn.signal);
        turn.state.update({ mine: 1 });
        await held.opened;
        return work(turn);
      })
      .then(
        () => 'kept',
        (error: { code?: string }) => error.code,
      );
    await clock.advance(0);
    await mine.outlast(
      theirs.send(1, 'x', ({ state: fsm }) => void fsm.update({ theirs: 1 })),
      5000,
    );
    held.open();
    const outcome = await mine.outlast(late);
    return {
      outcome,
      aborted: signals[0]?.aborted,
      reason: signals[0]?.reason as unknown,
      data: (await mine.peek(1))?.data,
      mine,
      update,
    };
  };

  it('neither commits nor deletes a record that another process has written since', async () => {
    const { outcome, aborted, reason, data, mine, update } = await lapse(() => {});
    expect(reason).toMatchObject({ details: { committedBefore: false } });
    expect({ outcome, aborted, data }).toEqual({
      outcome: 'LEASE_LOST',
      aborted: true,
      data: { theirs: 1 },
    });
    await mine.give(update, ({ state: fsm }) => void fsm.update({ again: 1 }));
    expect((await mine.peek(1))?.data).toEqual({ theirs: 1, again: 1 });
  });

  it('neither commits with commit() in mid-handler', async () => {
    const { outcome, data } = await lapse(({ state: fsm }) => fsm.commit());
    expect({ outcome, data }).toEqual({ outcome: 'LEASE_LOST', data: { theirs: 1 } });
  });

  it('gets LEASE_LOST also if the conversation was deleted meanwhile', async () => {
    const memory = memoryStorage();
    const storage: FsmStorage = {
      ...memory,
      acquire: () => ({ fence: 1, stored: undefined }),
      commit: () => 'rejected',
    };
    const late = bench({ storage }).send(1, 'a', ({ state: fsm }) => void fsm.update({ n: 1 }));
    await expect(late).rejects.toThrow(/Another process acquired or deleted the conversation/);
  });

  it('is rejected with its second transaction, though its first has stored the id of the update', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const mine = bench({ clock, storage, turn: { max: '1m' } });
    const theirs = bench({ clock, storage: storage.view() });
    const held = gate();
    const late = mine
      .send(1, 'slow', async ({ state: fsm }) => {
        fsm.update({ first: 1 });
        await fsm.commit();
        await held.opened;
        fsm.update({ second: 1 });
      })
      .catch((error: unknown) => error);
    await clock.advance(0);
    await mine.outlast(
      theirs.send(1, 'x', ({ state: fsm }) => void fsm.update({ theirs: 1 })),
      5000,
    );
    held.open();
    const error = await mine.outlast(late);
    expect(error).toMatchObject({ code: 'LEASE_LOST', details: { committedBefore: true } });
    expect(String(error)).toContain('only what was committed before was kept');
    expect((await mine.peek(1))?.data).toEqual({ first: 1, theirs: 1 });
  });

  it('whose lease lapsed may still commit if nobody has acquired the conversation', async () => {
    const clock = virtualClock();
    const { send, peek } = bench({ clock, storage: textStorage(clock), turn: { max: '1m' } });
    const held = gate();
    const slow = send(1, 'slow', async ({ state: fsm }) => {
      await held.opened;
      fsm.set(Form.done);
    });
    await clock.advance('5m');
    held.open();
    await slow;
    expect((await peek(1))?.current).toBe('Form:done');
  });

  it('gives the next update of its own process its turn after the longest turn, however short that is', async () => {
    const clock = virtualClock();
    const { send, peek } = bench({ clock, lease: '3s', turn: { max: '400ms' } });
    const stuck = gate();
    const lost = send(1, 'stuck', () => stuck.opened);
    const started: number[] = [];
    const begun = clock.now();
    const next = send(1, 'next', ({ state: fsm }) => {
      started.push(clock.now() - begun);
      fsm.set(Form.name);
    });
    await clock.advance('10s');
    await next;
    expect(started[0]).toBeLessThan(4000);
    stuck.open();
    await lost;
    expect((await peek(1))?.current).toBe('Form:name');
  });
});

describe('a lease', () => {
  it('is renewed for as long as a handler lives, so that no other process gets in', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const mine = bench({ clock, storage });
    const theirs = bench({ clock, storage: storage.view() });
    const held = gate();
    const order: string[] = [];
    const slow = mine.send(1, 'slow', async ({ state: fsm, signal }) => {
      await held.opened;
      order.push(`mine ${signal.aborted}`);
      fsm.set(Form.name);
    });
    await clock.advance(0);
    const other = theirs.send(1, 'x', () => void order.push('theirs'));
    await clock.advance('5m');
    held.open();
    await mine.outlast(Promise.all([slow, other]));
    expect(order).toEqual(['mine false', 'theirs']);
    expect(storage.calls.filter((call) => call === 'renew').length).toBeGreaterThan(50);
  });

  it('that was rejected on renewal aborts the signal of the turn', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock, (call) =>
      call.operation === 'renew' ? false : call.execute(),
    );
    const held = gate();
    const seen: boolean[] = [];
    const slow = bench({ clock, storage }).send(1, 'slow', async ({ signal }) => {
      signal.addEventListener('abort', () => seen.push(signal.aborted));
      await held.opened;
    });
    await clock.advance('20s');
    expect(seen).toEqual([true]);
    held.open();
    await slow;
  });

  it('whose answer came too late is not released while a later lease of the same grant is valid', async () => {
    const clock = virtualClock();
    let first = true;
    const storage = textStorage(clock, async (call) => {
      if (call.operation !== 'acquire' || !first) return call.execute();
      first = false;
      const answer = call.execute();
      await new Promise<void>((go) => void clock.setTimeout(go, 7000));
      return answer;
    });
    const { send, peek, outlast } = bench({ clock, storage });
    const theirs = bench({ clock, storage: storage.view() });
    const held = gate();
    const order: string[] = [];
    const slow = send(1, 'a', async ({ state: fsm }) => {
      await held.opened;
      order.push('mine');
      fsm.update({ mine: 1 });
    });
    await clock.advance('9s');
    const other = theirs.send(1, 'b', ({ state: fsm }) => {
      order.push('theirs');
      fsm.update({ theirs: 1 });
    });
    await clock.advance('1s');
    held.open();
    await outlast(Promise.all([slow, other]));
    expect(order).toEqual(['mine', 'theirs']);
    expect((await peek(1))?.data).toEqual({ mine: 1, theirs: 1 });
  });
});

describe('afterCommit', () => {
  it('runs its tasks in order after the commit, when the conversation has been released', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { send, peek } = bench({ clock, storage });
    const seen: unknown[] = [];
    await send(1, 'a', ({ state: fsm }) => {
      const { key } = fsm;
      fsm.afterCommit(async () => {
        seen.push(await storage.held([key as string]), (await peek(1))?.current);
      });
      fsm.afterCommit(() => seen.push('second'));
      fsm.set(Form.name);
    });
    expect(seen).toEqual([[], 'Form:name', 'second']);
  });

  it('never runs a task whose transaction was not committed', async () => {
    const seen: unknown[] = [];
    const { send } = bench();
    const sent = send(1, 'a', async ({ state: fsm }) => {
      fsm.afterCommit(() => seen.push('kept'));
      fsm.set(Form.name);
      await fsm.commit();
      fsm.afterCommit(() => seen.push('lost'));
      throw new Error('later');
    });
    await expect(sent).rejects.toThrow('later');
    expect(seen).toEqual(['kept']);
  });

  it('runs all tasks, rejects with the first error, and blocks nothing', async () => {
    const { send, machine, peek } = bench();
    const seen: unknown[] = [];
    const sent = send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.afterCommit(() => {
        throw new Error('task');
      });
      fsm.afterCommit(() => seen.push('ran'));
    });
    await expect(sent).rejects.toThrow('task');
    expect(seen).toEqual(['ran']);
    expect((await peek(1))?.current).toBe('Form:name');
    await machine.stop();
  });

  it('may open the conversation again', async () => {
    const { send, machine, bot, peek } = bench();
    const conversation = machine.at({ user: 1, bot: bot.id });
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.afterCommit(() => conversation.run(({ state: again }) => again.set(Form.age)));
    });
    expect((await peek(1))?.current).toBe('Form:age');
  });
});

describe('observers', () => {
  it('see each committed transition, and none that was not kept', async () => {
    const { send, machine } = bench();
    const seen: unknown[] = [];
    machine.observe(({ from, to, cause, updateId }) => {
      seen.push([from.current, to.current, cause, typeof updateId]);
    });
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await expect(
      send(1, 'b', ({ state: fsm }) => {
        fsm.set(Form.age);
        throw new Error('lost');
      }),
    ).rejects.toThrow();
    await send(1, 'c', () => {});
    await send(1, 'd', ({ state: fsm }) => fsm.clear());
    expect(seen).toEqual([
      [null, 'Form:name', 'update', 'number'],
      ['Form:name', null, 'update', 'number'],
    ]);
  });

  it('are notified which scenes ended, where and why, also without a hook', async () => {
    const one = flow('one', { trigger: '/one', timeout: '1m', attempts: 1 })
      .ask('a', { prompt: 'A?', validate: (text) => (text === 'bad' ? invalid('No.') : text) })
      .ask('b', { prompt: 'B?' })
      .done(({ b }, { state: fsm }) => {
        if (b === 'go') fsm.enter(room);
      });
    const room = scene('room').on({ handle: ({ call }) => call(one) });
    const { machine, send, clock } = bench({ states: [one, room, Form] });
    const seen: unknown[] = [];
    machine.observe(({ left }) => {
      if (left.length > 0) seen.push(left.map((each) => [each.scene, each.state, each.reason]));
    });
    const says = async (...texts: string[]) => {
      for (const text of texts) await send(1, text);
    };
    await says('/one', '1', '2');
    await says('/one', '1', '/cancel');
    await says('/one', '/one', 'bad');
    await says('/one', '1', 'go', 'call', '/cancel');
    await send(1, '/x', ({ state: fsm }) => fsm.clear());
    await says('/one');
    await clock.advance('1m');
    await machine.sweep();
    await says('/one');
    await send(1, '/forget', ({ state: fsm }) => fsm.clear());
    await says('/one');
    await send(1, '/form', ({ state: fsm }) => fsm.set(Form.name));
    expect(seen).toEqual([
      [['one', 'one:b', 'done']],
      [['one', 'one:b', 'canceled']],
      [['one', 'one:a', 'replaced']],
      [['one', 'one:a', 'canceled']],
      [['one', 'one:b', 'done']],
      [['one', 'one:a', 'canceled']],
      [['room', 'room', 'cleared']],
      [['one', 'one:a', 'timeout']],
      [['one', 'one:a', 'cleared']],
      [['one', 'one:a', 'replaced']],
    ]);
  });
});
