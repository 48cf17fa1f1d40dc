import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { Clock, FsmStorage, Turn } from '../src/index.ts';
import { flow, memoryStorage, scene, state, states } from '../src/index.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

const Called = scene('called').on({ handle: ({ leave }) => leave() });

const arm = ({ state: fsm }: Turn) => {
  fsm.set(Form.name);
  fsm.expire('10m');
};

/** A storage in memory that counts how often it is asked what is due. */
function counting(clock: Clock): { readonly storage: FsmStorage; looks: number } {
  const storage = memoryStorage({ clock });
  const count = {
    looks: 0,
    storage: {
      ...storage,
      due(limit: number, claim: number, prefix?: string) {
        count.looks++;
        return storage.due(limit, claim, prefix);
      },
    },
  };
  return count;
}

describe('the deadline of a conversation', () => {
  it('is met on a virtual clock without the looks that would find nothing', async () => {
    const clock = virtualClock();
    const count = counting(clock);
    const { machine, send, peek } = bench({ clock, storage: count.storage });
    machine.start();
    await clock.advance('30d');
    expect(count.looks).toBe(1);
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire('20h');
    });
    await send(2, 'a', arm);
    await clock.advance('9m');
    expect([count.looks, (await peek(2))?.current]).toEqual([1, 'Form:name']);
    await clock.advance('1m');
    expect([await peek(2), (await peek(1))?.current]).toEqual([undefined, 'Form:name']);
    await clock.advance('30d');
    expect(await peek(1)).toBe(undefined);
    expect(count.looks).toBeLessThan(8);
    await machine.stop();
  });

  it('is polled for every second if the storage cannot report the next one', async () => {
    const clock = virtualClock();
    const { nextDueIn: _, ...storage } = memoryStorage({ clock });
    const { machine, send, peek } = bench({ clock, storage });
    machine.start();
    await send(1, 'a', arm);
    await clock.advance(600_000 + 1000);
    expect(await peek(1)).toBe(undefined);
    await machine.stop();
  });

  it('clears it by default', async () => {
    const { clock, machine, send, peek } = bench();
    machine.start();
    await send(1, 'a', arm);
    await clock.advance('9m');
    expect((await peek(1))?.current).toBe('Form:name');
    await clock.advance('2m');
    expect(await peek(1)).toBe(undefined);
    await machine.stop();
  });

  it('passes no later than the next look is promised', async () => {
    const { clock, machine, send, peek } = bench();
    machine.start();
    for (let user = 1; user <= 300; user++) {
      await send(user, 'a', ({ state: fsm }) => {
        fsm.set(Form.name);
        fsm.expire('30s');
      });
      await clock.advance(30_000 + 1000);
      expect([user, await peek(user)]).toEqual([user, undefined]);
    }
    await machine.stop();
  });

  it('does not wait for a slow handler of another bot', async () => {
    const clock = virtualClock();
    const slow = gate();
    const onTimeout = async ({ subject, state: fsm }: Turn) => {
      if (subject.bot === 123) await slow.opened;
      fsm.clear();
    };
    const { machine, bot } = bench({ clock, onTimeout });
    machine.start(bot, { ...bot, id: 124 });
    const [first, second] = [123, 124].map((id) => machine.at({ bot: id, user: 7 }));
    for (const each of [first, second]) await each?.run(arm);
    await clock.advance('11m');
    expect((await first?.peek())?.current).toBe('Form:name');
    expect(await second?.peek()).toBe(undefined);
    slow.open();
    await machine.stop();
    expect(await first?.peek()).toBe(undefined);
  });

  it('does not wait until another bot has none that are due', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    const onTimeout = ({ subject, state: fsm }: Turn) => {
      fired.push(subject.bot);
      fsm.clear();
    };
    const { machine, bot } = bench({ clock, onTimeout });
    machine.connect(bot);
    machine.connect({ ...bot, id: 124 });
    for (let user = 1; user <= 300; user++) await machine.at({ bot: 123, user }).run(arm);
    await machine.at({ bot: 124, user: 1 }).run(arm);
    await clock.advance('11m');
    expect(await machine.sweep()).toBe(301);
    expect(fired.indexOf(124)).toBeLessThan(100);
  });

  it('fires if the poll for those of another bot fails, and the failure is reported', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    const due: typeof memory.due = (limit, claim, prefix) => {
      if (prefix?.includes('124') === true) throw new Error('connection reset');
      return memory.due(limit, claim, prefix);
    };
    const { machine, bot, peek, send } = bench({ clock, storage: { ...memory, due } });
    machine.connect({ ...bot, id: 124 });
    await send(1, 'a', arm);
    await clock.advance('11m');
    await expect(machine.sweep()).rejects.toThrow('connection reset');
    expect(await peek(1)).toBe(undefined);
  });

  it('runs onTimeout, which may move the user and send messages', async () => {
    const { clock, machine, send, peek, sentTexts } = bench({
      onTimeout: ({ state: fsm }: Turn) => {
        fsm.set(Form.age);
        return 'Too late.';
      },
    });
    await send(1, 'a', arm);
    await clock.advance('11m');
    expect(await machine.sweep()).toBe(1);
    expect(await machine.sweep()).toBe(0);
    expect((await peek(1))?.current).toBe('Form:age');
    expect(sentTexts()).toEqual(['Too late.']);
  });

  it('is removed by expire(null), moved by another expire, and gone with clear()', async () => {
    const { clock, machine, send } = bench();
    await send(1, 'a', arm);
    await send(1, 'b', ({ state: fsm }) => fsm.expire(null));
    await send(2, 'a', arm);
    await send(2, 'b', ({ state: fsm }) => fsm.expire('1h'));
    await send(3, 'a', arm);
    await send(3, 'b', ({ state: fsm }) => fsm.clear());
    await clock.advance('30m');
    expect(await machine.sweep()).toBe(0);
    await clock.advance('31m');
    expect(await machine.sweep()).toBe(1);
  });

  it('ends with its state: a move to another removes it, a move to the same one does not', async () => {
    const { clock, machine, send, peek } = bench();
    await send(1, 'a', arm);
    await send(1, 'b', ({ state: fsm }) => fsm.set(Form.age));
    expect(await peek(1)).toEqual({
      current: 'Form:age',
      scene: null,
      data: {},
      history: expect.any(Array),
    });
    await send(2, 'a', arm);
    await send(2, 'b', ({ state: fsm }) => fsm.set(Form.name, { seen: true }));
    await send(2, 'c', ({ state: fsm }) => void fsm.update({ seen: false }));
    await send(3, 'a', arm);
    await send(3, 'b', ({ state: fsm }) => fsm.set(null));
    await clock.advance('11m');
    expect(await machine.sweep()).toBe(1);
    expect([(await peek(1))?.current, await peek(2)]).toEqual(['Form:age', undefined]);
  });

  it('needs no state: a conversation that waits is kept, however empty', async () => {
    const clock = virtualClock();
    for (const storage of [undefined, textStorage(clock)]) {
      const { machine, send, peek, sentTexts } = bench({
        clock,
        onTimeout: () => 'You asked to be reminded.',
        ...(storage && { storage }),
      });
      await send(1, 'remind me', ({ state: fsm }) => fsm.expire('10m'));
      expect(await peek(1)).toEqual({
        current: null,
        scene: null,
        data: {},
        deadlineIn: 600_000,
        history: expect.any(Array),
      });
      await send(1, 'another message');
      await clock.advance('11m');
      expect(await machine.sweep()).toBe(1);
      expect([sentTexts(), await peek(1)]).toEqual([['You asked to be reminded.'], undefined]);
    }
  });

  it('of a caller waits while the scene that it has called runs, and continues with what was left of it', async () => {
    const clock = virtualClock();
    const inner = scene('inner', { timeout: '2m' }).on({ handle: ({ leave }) => leave() });
    for (const storage of [undefined, textStorage(clock)]) {
      const { machine, send, peek } = bench({
        clock,
        states: [Form, inner],
        ...(storage && { storage }),
      });
      await send(1, 'a', arm);
      await clock.advance('4m');
      await send(1, '/call', ({ state: fsm }) => fsm.call(inner));
      expect(await peek(1)).toMatchObject({ current: 'inner', deadlineIn: 120_000 });
      await clock.advance('1m');
      await send(1, 'back');
      expect(await peek(1)).toMatchObject({ current: 'Form:name', deadlineIn: 360_000 });
      await send(1, '/call', ({ state: fsm }) => fsm.call(inner));
      await clock.advance('3m');
      expect(await machine.sweep()).toBe(1);
      expect(await peek(1)).toMatchObject({ current: 'Form:name', deadlineIn: 360_000 });
      await clock.advance('6m');
      expect(await machine.sweep()).toBe(1);
      expect(await peek(1)).toBe(undefined);
    }
  });

  it('of a flow is that of the flow again when the one that it has called is done', async () => {
    const clock = virtualClock();
    const inner = flow('inner')
      .ask('b', { prompt: 'B?' })
      .done(() => undefined);
    const outer = flow('outer', { trigger: '/outer', timeout: '10m' })
      .ask('a', { prompt: 'A?', timeout: '5m' })
      .done(() => undefined);
    const { send, peek } = bench({ clock, states: [outer, inner] });
    await send(1, '/outer');
    await clock.advance('2m');
    await send(1, '/call', ({ state: fsm }) => fsm.call(inner));
    expect(await peek(1)).toEqual({
      current: 'inner:b',
      scene: 'inner',
      data: {},
      history: expect.any(Array),
    });
    await clock.advance('1h');
    await send(1, 'x');
    expect(await peek(1)).toMatchObject({ current: 'outer:a', deadlineIn: 180_000 });
    await send(1, 'y');
    expect(await peek(1)).toBe(undefined);
  });

  it('that fails beside others leaves those as they were committed', async () => {
    const clock = virtualClock();
    const form = flow('form', { trigger: '/form', timeout: '10m' })
      .ask('a', {
        prompt: 'A?',
        timeout: '5m',
        onTimeout: () => {
          throw new Error('not now');
        },
      })
      .done(() => undefined);
    const { machine, send, peek, notified } = bench({
      clock,
      states: [form],
      onTimeout: () => 'One minute has passed.',
    });
    const failed = notified('deadlineFailed');
    await send(1, '/form');
    await send(1, '/later', ({ state: fsm }) => fsm.expire('1m'));
    await clock.advance('6m');
    await machine.sweep();
    await clock.advance('1s');
    await machine.sweep();
    expect(failed).toHaveLength(2);
    expect((await peek(1))?.current).toBe('form:a');
  });

  it('of one machine is hidden by none of another that shares its storage', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const theirs = bench({ clock, storage, namespace: 'theirs' });
    const mine = bench({ clock, storage, namespace: 'mine' });
    for (let user = 1; user <= 150; user++) await theirs.send(user, 'a', arm);
    await clock.advance('1s');
    await mine.send(1, 'a', arm);
    await clock.advance('11m');
    expect([await mine.machine.sweep(), await theirs.machine.sweep()]).toEqual([1, 150]);
  });

  it('is stored in whole milliseconds, also where the clock is finer', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const lengths: (number | undefined)[] = [];
    let parts = 0;
    const { send } = bench({
      clock: { ...clock, monotonic: () => clock.monotonic() + ++parts / 7 },
      storage: {
        ...storage,
        commit(...[key, holder, next, keep]: Parameters<typeof storage.commit>) {
          lengths.push(next?.deadlineIn);
          return storage.commit(key, holder, next, keep);
        },
      },
    });
    await send(1, 'a', arm);
    await send(1, 'b', ({ state: fsm }) => fsm.update({ seen: true }));
    expect(lengths.map(Number.isInteger)).toEqual([true, true]);
  });

  it.each([1, -1])(
    'keeps its distance if the clock is set by %i h during a turn',
    async (hours) => {
      const clock = virtualClock();
      const { machine, send, peek } = bench({
        clock,
        storage: memoryStorage({ clock: virtualClock() }),
        scenes: [Called],
        onTimeout: () => {
          clock.jump(hours * 3_600_000);
          throw new Error('The first attempt fails.');
        },
      });
      const during = (work: (turn: Turn) => unknown) =>
        send(1, 'a', async (turn) => {
          await work(turn);
          clock.jump(hours * 3_600_000);
        });
      const left = async () => (await peek(1))?.deadlineIn;
      await during(arm);
      expect(await left()).toBe(600_000);
      await during(({ state: fsm }) => fsm.update({ seen: true }));
      expect(await left()).toBe(600_000);
      await during(({ state: fsm }) => fsm.call(Called));
      expect(await left()).toBe(undefined);
      await send(1, 'back');
      expect(await left()).toBe(600_000);
      await during(({ state: fsm }) => fsm.expire(new Date(clock.now() + 5000)));
      expect(await left()).toBe(5000);
      await during(({ state: fsm }) => fsm.expire(0));
      expect(await machine.sweep()).toBe(1);
      expect(await left()).toBe(1000);
    },
  );

  it('may be an instant, and no date is rejected', async () => {
    const { clock, send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire(new Date(clock.now() + 5000));
    });
    expect(await peek(1)).toMatchObject({ deadlineIn: 5000 });
    const bad = send(1, 'b', ({ state: fsm }) => fsm.expire(new Date('no date')));
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('that passed while no process ran fires with the next update, before its handler, in a transaction of its own', async () => {
    const { clock, send, peek, machine } = bench({
      onTimeout: ({ state: fsm }: Turn) => void fsm.update({ late: true }),
    });
    const causes: string[] = [];
    machine.observe(({ cause, from, to }) => {
      causes.push(`${cause} ${JSON.stringify(from.data)} ${JSON.stringify(to.data)}`);
    });
    await send(1, 'a', arm);
    await clock.advance('11m');
    const seen: unknown[] = [];
    await send(1, 'b', ({ state: fsm }) => {
      seen.push(fsm.data);
      fsm.update({ b: 1 });
    });
    expect(seen).toEqual([{ late: true }]);
    expect(await peek(1)).toEqual({
      current: 'Form:name',
      scene: null,
      data: { late: true, b: 1 },
      history: [{ current: null, scene: null, data: {} }],
    });
    expect(causes).toHaveLength(3);
  });

  it('is kept off by an update that came before it and waited', async () => {
    const { clock, machine, send, peek } = bench();
    await send(1, 'a', arm);
    const held = gate();
    await clock.advance('9m');
    const slow = send(1, 'slow', () => held.opened);
    const inTime = send(1, 'in time', ({ state: fsm }) => {
      fsm.set(Form.age);
      fsm.expire(null);
    });
    await clock.advance('2m');
    expect(await machine.sweep()).toBe(0);
    held.open();
    await Promise.all([slow, inTime]);
    expect((await peek(1))?.current).toBe('Form:age');
  });

  it('leaves a conversation alone that is in use, and fires when it is free', async () => {
    const { clock, machine, send, peek } = bench();
    await send(1, 'a', arm);
    await clock.advance('9m');
    const held = gate();
    const slow = send(1, 'slow', () => held.opened);
    await clock.advance('2m');
    expect(await machine.sweep()).toBe(0);
    held.open();
    await slow;
    expect(await machine.sweep()).toBe(1);
    expect(await peek(1)).toBe(undefined);
  });

  it('fires once with several processes that look at once', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const fired: string[] = [];
    const onTimeout = ({ state: fsm }: Turn) => {
      fired.push(fsm.key as string);
      fsm.set(Form.age);
    };
    const all = [storage, storage.view(), storage.view()].map((view) =>
      bench({ clock, storage: view, onTimeout }),
    );
    for (let user = 1; user <= 50; user++) await all[user % 3]?.send(user, 'a', arm);
    await clock.advance('11m');
    const counts = await all[0]?.outlast(Promise.all(all.map(({ machine }) => machine.sweep())));
    expect(counts?.reduce((sum, n) => sum + n)).toBe(50);
    expect(new Set(fired).size).toBe(50);
    expect(fired).toHaveLength(50);
  });

  it('is hidden by none that cannot fire yet, however many those are', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const newer = bench({ clock, storage, migrations: { 1: (record: object) => record } });
    for (let user = 1; user <= 150; user++) await newer.send(user, 'a', arm);
    const busy = gate();
    const { machine, send, peek, notified } = bench({ clock, storage, turn: { max: '20m' } });
    const failures = notified('storageFailed');
    const turns = [];
    for (let user = 201; user <= 350; user++) {
      await send(user, 'a', arm);
      turns.push(send(user, 'b', () => busy.opened));
    }
    await clock.advance('1s');
    await send(500, 'a', arm);
    machine.start();
    await clock.advance('601s');
    expect(await peek(500)).toBe(undefined);
    expect((await peek(1))?.current).toBe('Form:name');
    // each is tried again every half minute, and not with every look
    const tried = failures.length;
    await clock.advance('10s');
    expect([tried, failures.length]).toEqual([150, 150]);
    busy.open();
    await Promise.all(turns);
    await clock.advance('2s');
    expect(await peek(201)).toBe(undefined);
    await machine.stop();
  });

  it.each(['due', 'settled'] as const)(
    'is met also after a call of %s that was never answered',
    async (operation) => {
      const clock = virtualClock();
      const memory = memoryStorage({ clock });
      const storage: FsmStorage = { ...memory, [operation]: () => new Promise(() => {}) };
      const { machine, send, peek, notified } = bench({ clock, storage });
      const failures = notified('storageFailed');
      await send(1, 'a', arm);
      machine.start();
      await clock.advance('11m');
      expect(failures).toContainEqual({ operation, error: expect.any(Error) });
      await send(2, 'a', arm);
      Object.assign(storage, { [operation]: memory[operation] });
      await clock.advance('11m');
      expect([await peek(1), await peek(2)]).toEqual([undefined, undefined]);
      await machine.stop();
    },
  );

  it('does not let the record expire before it', async () => {
    const clock = virtualClock();
    const { machine, send, peek } = bench({ clock, storage: textStorage(clock), ttl: '1m' });
    await send(1, 'a', arm);
    await clock.advance('9m');
    expect((await peek(1))?.current).toBe('Form:name');
    await clock.advance('100s');
    expect(await machine.sweep()).toBe(1);
  });
});

describe('a deadline whose handler fails', () => {
  it('is tried again later and later, five times, and then removed and reported', async () => {
    const { clock, machine, send, peek, notified } = bench({
      onTimeout: () => {
        throw new Error('403');
      },
    });
    const failures = notified('deadlineFailed');
    machine.start();
    await send(1, 'a', arm);
    await clock.advance('20m');
    expect(failures.map(({ retryIn }) => retryIn)).toEqual([1000, 4000, 16_000, 64_000, undefined]);
    expect(await peek(1)).toEqual({
      current: 'Form:name',
      scene: null,
      data: {},
      history: expect.any(Array),
    });
    await machine.stop();
  });

  it('does not discard the update that it came with', async () => {
    const { clock, send, peek, notified } = bench({
      onTimeout: () => {
        throw new Error('403');
      },
    });
    const failures = notified('deadlineFailed');
    await send(1, 'a', arm);
    await clock.advance('11m');
    await send(1, 'b', ({ state: fsm }) => void fsm.update({ b: 1 }));
    expect(failures).toHaveLength(1);
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { b: 1 }, deadlineIn: 1000 });
  });

  it('does not undo the migration that the same update brought', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    await bench({ clock, storage }).send(1, 'a', arm);
    await clock.advance('11m');
    const { send, peek } = bench({
      clock,
      storage,
      migrations: { 1: (record: object) => ({ ...record, data: { migrated: true } }) },
      onTimeout: () => {
        throw new Error('403');
      },
    });
    const seen: unknown[] = [];
    await send(1, 'b', ({ state: fsm }) => void seen.push(fsm.data));
    expect(seen).toEqual([{ migrated: true }]);
    expect((await peek(1))?.data).toEqual({ migrated: true });
  });

  it('only when it sends a message is not retried: its transition is committed', async () => {
    const next = scene('next').on({ enter: () => 'Next question?', handle: () => {} });
    const first = scene('first', { timeout: '10m' }).on({
      enter: () => 'First question?',
      handle: () => {},
      timeout: ({ goto }) => goto(next),
    });
    const made = bench({ states: [first, next] });
    await made.send(1, 'a', ({ state: fsm }) => fsm.enter(first));
    await made.clock.advance('11m');
    made.refuses = () => new Error('429');
    expect(await made.machine.sweep()).toBe(1);
    expect(await made.peek(1)).toEqual({
      current: 'next',
      scene: 'next',
      data: {},
      history: expect.any(Array),
    });
    made.refuses = () => undefined;
    await made.clock.advance('10m');
    expect(await made.machine.sweep()).toBe(0);
    await made.send(1, 'an answer to nothing');
    expect(made.sentTexts()).toEqual(['First question?', 'Next question?']);
  });
});

describe('a deadline that meets a storage outage', () => {
  it('is tried until the storage is back, however many commits have failed', async () => {
    const clock = virtualClock();
    let isOut = false;
    let isFirst = false;
    let failed = 0;
    // the first commit of each turn fails; what else the turn wants to write is written
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'acquire') isFirst = true;
      if (!isOut || !isFirst || call.operation !== 'keep') return call.execute();
      isFirst = false;
      failed++;
      throw driverError('fatal');
    });
    const { machine, send, peek, notified, outlast } = bench({
      clock,
      storage,
      onTimeout: ({ state: fsm }: Turn) => void fsm.set(Form.age),
    });
    const failures = notified('deadlineFailed');
    await send(1, 'a', arm);
    isOut = true;
    machine.start();
    await clock.advance('20m');
    expect(failed).toBeGreaterThan(5);
    expect(failures).toEqual([]);
    isOut = false;
    expect(await outlast(peek(1))).toMatchObject({ current: 'Form:name' });
    await clock.advance('2m');
    expect(await outlast(peek(1))).toEqual({
      current: 'Form:age',
      scene: null,
      data: {},
      history: expect.any(Array),
    });
    await outlast(machine.stop());
  });

  it('waits for the storage too where an update came with it, which fails and comes again', async () => {
    const clock = virtualClock();
    let isOut = false;
    let isFirst = false;
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'acquire') isFirst = true;
      if (!isOut || !isFirst || call.operation !== 'keep') return call.execute();
      isFirst = false;
      throw driverError('fatal');
    });
    const { give, peek, outlast } = bench({
      clock,
      storage,
      onTimeout: ({ state: fsm }: Turn) => void fsm.set(Form.age),
    });
    await give(message(1, 'a'), arm);
    await clock.advance('11m');
    const update = message(1, 'b');
    isOut = true;
    for (let times = 0; times < 6; times++) {
      await expect(outlast(give(update))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    }
    isOut = false;
    const seen: unknown[] = [];
    await outlast(give(update, ({ state: fsm }) => void seen.push(fsm.current)));
    expect(seen).toEqual(['Form:age']);
    expect((await peek(1))?.current).toBe('Form:age');
  });
});

describe('a storage without deadlines', () => {
  const storage = () => {
    const clock = virtualClock();
    const { due: _, settled: __, ...rest } = textStorage(clock);
    return { clock, storage: { ...rest, features: { ...rest.features, deadlines: false } } };
  };
  const timed = flow('timed', { timeout: '1m' })
    .ask('a', { prompt: 'A?' })
    .done(() => 'done');

  it('is rejected where a scene has a time-out', () => {
    expect(() => bench({ ...storage(), states: [timed] })).toThrow(/DEADLINES_UNAVAILABLE/);
  });

  it('is accepted if the bot accepts that deadlines fire with the next update only', async () => {
    const { clock, send, peek, machine } = bench({ ...storage(), deadlines: 'on-update' });
    await send(1, 'a', arm);
    await clock.advance('11m');
    expect(await machine.sweep()).toBe(0);
    await send(1, 'b', () => {});
    expect(await peek(1)).toBe(undefined);
  });
});

describe('services that fail', () => {
  it('remove no deadline, whether the sweeper or an update finds it', async () => {
    let isBroken = false;
    const services = () => {
      if (isBroken) throw new Error('no database');
      return {};
    };
    const left: string[] = [];
    const room = scene('room', { timeout: '1m' }).on({
      timeout({ leave }) {
        left.push('room');
        return leave();
      },
      handle: () => {},
    });
    const { machine, clock, send, notified, peek } = bench({ scenes: [room], services });
    const failed = notified('deadlineFailed');
    await send(1, 'a', ({ state: fsm }) => fsm.enter('room' as never));
    isBroken = true;
    for (let tries = 0; tries < 6; tries++) {
      await clock.advance('2m');
      await machine.sweep();
      await expect(send(1, 'b')).rejects.toThrow('no database');
    }
    expect((await peek(1))?.scene).toBe('room');
    isBroken = false;
    await clock.advance('2m');
    await machine.sweep();
    expect([left, failed]).toEqual([['room'], []]);
  });
});

describe('a deadline that its handler sets again to now', () => {
  it('fires once in each poll, however many there are', async () => {
    const users = 150;
    let fired = 0;
    const again = ({ state: fsm }: Turn) => {
      if (++fired > 10 * users) throw new Error('It never ends.');
      fsm.expire(0);
    };
    const { machine, send } = bench({ onTimeout: again });
    for (let user = 1; user <= users; user++) {
      await send(user, 'a', ({ state: fsm }) => {
        fsm.set('waits' as never);
        fsm.expire(0);
      });
    }
    expect(await machine.sweep()).toBe(users);
    expect(await machine.sweep()).toBe(users);
    expect(fired).toBe(2 * users);
  });
});
