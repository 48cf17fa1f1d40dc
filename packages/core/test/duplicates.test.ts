import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { RawUpdate, Turn } from '../src/index.ts';
import { keyValueStorage, memoryStorage, state, states } from '../src/index.ts';
import type { Handler } from './fixtures/bench.ts';
import { bench, gate, message, press } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

const storages = {
  memory: memoryStorage,
  'a shared storage': textStorage,
  'a simple store': () => {
    const texts = new Map<string, string>();
    return keyValueStorage({
      get: async (key) => texts.get(key),
      set: async (key, text) => texts.set(key, text),
      delete: async (key) => texts.delete(key),
    });
  },
};

describe.each(Object.keys(storages) as (keyof typeof storages)[])('an update on %s', (name) => {
  const start = () => {
    const clock = virtualClock();
    const storage = (storages[name] as (clock: unknown) => never)(
      name === 'memory' ? { clock } : clock,
    );
    return bench({ clock, storage });
  };

  it('that is redelivered moves nothing, and observers are notified', async () => {
    const { give, peek, notified } = start();
    const duplicates = notified('duplicate');
    const update = message(1, 'a');
    const count: Handler = ({ state: fsm }) => fsm.update({ n: fsm.get('n', 0) + 1 });
    for (let times = 0; times < 3; times++) await give(update, count);
    expect((await peek(1))?.data).toEqual({ n: 1 });
    expect(duplicates.map(({ updateId }) => updateId)).toEqual([
      update.update_id,
      update.update_id,
    ]);
  });

  it('that clears an empty conversation does not notify observers', async () => {
    const { send, machine } = start();
    await send(1, 'a', ({ state: fsm }) => fsm.afterCommit(() => {}));
    const changes: unknown[] = [];
    machine.observe((change) => void changes.push(change));
    await send(1, 'b', ({ state: fsm }) => fsm.clear());
    expect(changes).toEqual([]);
  });

  it('that is delivered again while it still runs waits, and is skipped', async () => {
    const { give, peek } = start();
    const update = message(1, 'a');
    const held = gate();
    let runs = 0;
    const handler: Handler = async ({ state: fsm }) => {
      runs++;
      await held.opened;
      fsm.set(Form.name);
    };
    const all = [0, 1, 2, 3].map(() => give(update, handler));
    held.open();
    await Promise.all(all);
    expect(runs).toBe(1);
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('that failed is handled when it is delivered again, once', async () => {
    const { give, peek } = start();
    const update = message(1, 'a');
    let runs = 0;
    const handler: Handler = ({ state: fsm }) => {
      fsm.set(Form.name);
      if (runs++ === 0) throw new Error('first');
    };
    await expect(give(update, handler)).rejects.toThrow('first');
    await give(update, handler);
    await give(update, handler);
    expect(runs).toBe(2);
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('that cleared the conversation does not start it anew when it is delivered again', async () => {
    const { give, send, peek } = start();
    await send(1, 'in', ({ state: fsm }) => fsm.set(Form.name));
    const toggle = message(1, 'toggle');
    const handler: Handler = ({ state: fsm }) =>
      fsm.current === null ? fsm.set(Form.age) : fsm.clear();
    await give(toggle, handler);
    expect(await peek(1)).toBe(undefined);
    await give(toggle, handler);
    expect(await peek(1)).toBe(undefined);
    await send(1, 'in', ({ state: fsm }) => fsm.set(Form.name));
    await give(toggle, handler);
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('is remembered when its conversation was cleared twice since, whether it changed something or not', async () => {
    const { give, send } = start();
    const set: Handler = ({ state: fsm }) => fsm.set(Form.name);
    const clear: Handler = ({ state: fsm }) => fsm.clear();
    const first = message(1, 'in');
    const second = message(1, 'a');
    let runs = 0;
    await give(first, set);
    await give(second, () => {});
    await send(1, 'out', clear);
    await send(1, 'in', set);
    await send(1, 'out', clear);
    for (const update of [first, second]) await give(update, () => void runs++);
    await send(1, 'in', set);
    for (const update of [first, second]) await give(update, () => void runs++);
    expect(runs).toBe(0);
  });

  it('that changed nothing on an existing conversation is remembered', async () => {
    const { give, send } = start();
    await send(1, 'in', ({ state: fsm }) => fsm.set(Form.name));
    const update = message(1, 'a');
    let runs = 0;
    for (let times = 0; times < 2; times++) await give(update, () => void runs++);
    expect(runs).toBe(1);
  });

  it('that comes after later ones is handled, and so is one with a small id after a quiet week', async () => {
    const { give, peek } = start();
    const log =
      (n: number): Handler =>
      ({ state: fsm }) =>
        fsm.update({ log: [...fsm.get<number[]>('log', []), n] });
    for (const id of [900_000, 900_002, 900_001, 3, 900_001, 3]) {
      await give(message(1, 'a', id), log(id));
    }
    expect((await peek(1))?.data).toEqual({ log: [900_000, 900_002, 900_001, 3] });
  });
});

describe('updates without an id', () => {
  it('that wait at the same time are different ones, and each is handled', async () => {
    const { send, give } = bench();
    const held = gate();
    const handled: string[] = [];
    const first = send(1, 'a', () => held.opened);
    const waiting = ['b', 'c'].map((text) => {
      const { update_id: _, ...update } = message(1, text);
      return give(update as RawUpdate, () => void handled.push(text));
    });
    held.open();
    await Promise.all([first, ...waiting]);
    expect(handled).toEqual(['b', 'c']);
  });
});

describe('a duplicate', () => {
  it('of a press is answered, so that its loading spinner disappears', async () => {
    const { give, calls } = bench();
    const update = press(1, 'x');
    await give(update, ({ state: fsm }) => fsm.set(Form.name));
    await give(update, () => {});
    expect(calls).toEqual([
      { method: 'answerCallbackQuery', payload: { callback_query_id: `q${update.update_id}` } },
    ]);
  });

  it('of an update whose commit() was followed by a throw is skipped', async () => {
    const { give, peek } = bench();
    const update = message(1, 'a');
    let runs = 0;
    const handler: Handler = async ({ state: fsm }) => {
      runs++;
      fsm.set(Form.name);
      await fsm.commit();
      fsm.update({ half: true });
      throw new Error('second half');
    };
    await expect(give(update, handler)).rejects.toThrow('second half');
    await give(update, handler);
    expect(runs).toBe(1);
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: {} });
  });

  it('is handled if the turn before lost its conversation, also when it had cleared it', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const { give, send, peek, outlast } = bench({ clock, storage, turn: { max: '1m' } });
    await send(1, 'in', ({ state: fsm }) => fsm.set(Form.name));
    const held = gate();
    const slow = message(1, 'slow');
    const lost = give(slow, async ({ state: fsm }) => {
      await held.opened;
      fsm.clear();
    });
    const next = send(1, 'next', ({ state: fsm }) => void fsm.update({ next: 1 }));
    await outlast(next, 5000);
    held.open();
    await expect(lost).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { next: 1 } });
    await give(slow, ({ state: fsm }) => fsm.clear());
    expect(await peek(1)).toBe(undefined);
  });

  it('is handled if its deadline was kept and its own handler then threw', async () => {
    const clock = virtualClock();
    const { give, send, peek } = bench({
      clock,
      storage: textStorage(clock),
      onTimeout: ({ state: fsm }: Turn) => fsm.set(Form.age),
    });
    await send(1, 'in', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire('1m');
    });
    await clock.advance('2m');
    const update = message(1, 'late');
    await expect(
      give(update, () => {
        throw new Error('once');
      }),
    ).rejects.toThrow('once');
    expect((await peek(1))?.current).toBe('Form:age');
    await give(update, ({ state: fsm }) => void fsm.update({ again: true }));
    expect(await peek(1)).toMatchObject({ current: 'Form:age', data: { again: true } });
  });

  it('is handled if its conversation was repaired and its own handler then threw', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    await bench({ clock, storage }).send(1, 'in', ({ state: fsm }) => fsm.set('Gone:x' as never));
    const { give, peek } = bench({ clock, storage, states: [Form] });
    const update = message(1, 'late');
    await expect(
      give(update, () => {
        throw new Error('once');
      }),
    ).rejects.toThrow('once');
    await give(update, ({ state: fsm }) => fsm.set(Form.name));
    expect((await peek(1))?.current).toBe('Form:name');
  });
});

describe('ids of updates', () => {
  it('outlive clear() for 24 hours, and then nothing is left', async () => {
    const clock = virtualClock();
    const { give, text } = bench({ clock, storage: textStorage(clock) });
    await give(message(1, 'a', 41), ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.update({ secret: 1 });
      fsm.expire('1m');
    });
    await give(message(1, 'a', 42), ({ state: fsm }) => fsm.clear());
    expect(JSON.parse((await text(1)) as string)).toEqual({
      v: 1,
      i: [42, 1],
      e: expect.stringMatching(/^.{12}$/),
    });
    await clock.advance('23h');
    expect(await text(1)).not.toBe(undefined);
    await clock.advance('2h');
    expect(await text(1)).toBe(undefined);
  });

  it('are kept within 1,000 of the newest, at most 128, and at least 16 whatever their distance', async () => {
    const clock = virtualClock();
    const { give, text } = bench({ clock, storage: textStorage(clock) });
    const kept = async () => {
      const ids: number[] = [];
      const stored = JSON.parse((await text(1)) as string).i as number[];
      for (const part of stored) ids.push(ids.length === 0 ? part : (ids.at(-1) as number) - part);
      return ids;
    };
    const change: Handler = ({ state: fsm }) => fsm.update({ a: 1 });
    for (let n = 1; n <= 200; n++) await give(message(1, 'a', 5000 + n), change);
    expect(await kept()).toHaveLength(128);
    await give(message(1, 'a', 6250), change);
    expect(await kept()).toHaveLength(16);
    for (let n = 1; n <= 20; n++) await give(message(1, 'a', 10_000 * n), change);
    expect(await kept()).toHaveLength(16);
  });

  it('of deadlines and of work from outside do not crowd out those of updates, nor grow the record', async () => {
    const clock = virtualClock();
    const { give, machine, bot, text } = bench({ clock, storage: textStorage(clock) });
    const conversation = machine.at({ user: 1, bot: bot.id });
    await give(message(1, 'a', 10), ({ state: fsm }) => fsm.set(Form.name));
    for (let n = 0; n < 60; n++) {
      await conversation.run(({ state: fsm }) => void fsm.update({ n }));
    }
    const { i: ids } = JSON.parse((await text(1)) as string) as { i: unknown[] };
    expect(ids.length).toBeLessThanOrEqual(17);
    expect(ids).toContain(10);
  });
});
