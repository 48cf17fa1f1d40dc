import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, Turn } from '../src/index.ts';
import { isFsmError, keyValueStorage, memoryStorage, state, states } from '../src/index.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

describe('one update is one turn', () => {
  it('reads nothing and writes nothing for an update that no handler touches on an empty conversation', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    await bench({ clock, storage }).send(1, 'hi', () => {});
    expect(storage.calls).toEqual(['acquire', 'release']);
  });

  it('acquires and reads in one call, and writes and releases in another', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { send } = bench({ clock, storage });
    await send(1, 'hi', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.update({ a: 1 });
      fsm.update({ b: 2 });
      fsm.set(Form.age);
    });
    expect(storage.calls).toEqual(['acquire', 'commit']);
    await send(1, 'hi', () => {});
    expect(storage.calls).toEqual(['acquire', 'commit', 'acquire', 'commit']);
  });

  it('commits state, data, deadline and the id of the update together', async () => {
    const { send, peek, text } = bench();
    await send(1, 'hi', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.update({ a: 1 });
      fsm.expire('10m');
    });
    expect(await peek(1)).toEqual({
      current: 'Form:name',
      scene: null,
      data: { a: 1 },
      history: [{ current: null, scene: null, data: {} }],
      deadlineIn: 600_000,
    });
    expect(JSON.parse((await text(1)) as string)).toMatchObject({ i: [expect.any(Number)] });
  });

  it('shows changes at once to later code in the same update', async () => {
    const seen: unknown[] = [];
    await bench().send(1, 'hi', ({ state: fsm }) => {
      fsm.set(Form.name);
      seen.push(fsm.current, fsm.is(Form), fsm.is(Form.age));
      seen.push(fsm.update({ a: 1 }), fsm.data, fsm.get('a'), fsm.get('b', 'none'));
      seen.push(fsm.view);
    });
    expect(seen).toEqual([
      'Form:name',
      true,
      false,
      { a: 1 },
      { a: 1 },
      1,
      'none',
      { current: 'Form:name', data: { a: 1 } },
    ]);
  });
});

describe('a handler that throws', () => {
  it('leaves the record byte for byte as it was, and its error reaches the caller', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { send, text } = bench({ clock, storage });
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.update({ kept: [1, { deep: true }] });
    });
    const before = await text(1);
    const error = new Error('three writes later');
    await expect(
      send(1, 'b', ({ state: fsm }) => {
        fsm.set(Form.age);
        fsm.replace({ other: 1 });
        fsm.expire('1m');
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await text(1)).toBe(before);
  });

  it('lets the next update continue', async () => {
    const { send, peek } = bench();
    const broken = send(1, 'a', () => {
      throw new Error('broken');
    });
    const next = send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    await expect(broken).rejects.toThrow('broken');
    await next;
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('still shows its state, for logs, and rejects writes', async () => {
    const turns: Turn[] = [];
    const { send } = bench();
    await expect(
      send(1, 'a', (turn) => {
        turns.push(turn);
        turn.state.set(Form.name);
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    const fsm = (turns[0] as Turn).state;
    expect(fsm.current).toBe(null);
    expect(() => fsm.set(Form.age)).toThrow(/TURN_ENDED/);
  });

  it('does not take back messages that were sent', async () => {
    const { send, sentTexts } = bench();
    await expect(
      send(1, 'a', async ({ reply }) => {
        await reply('sent');
        throw new Error('broken');
      }),
    ).rejects.toThrow();
    expect(sentTexts()).toEqual(['sent']);
  });
});

describe('ctx.state after its update', () => {
  it('rejects reads and writes by name', async () => {
    const turns: Turn[] = [];
    await bench().send(1, 'a', (turn) => void turns.push(turn));
    const fsm = (turns[0] as Turn).state;
    expect(() => fsm.current).toThrow(/"current" was used after its turn ended/);
    expect(() => fsm.set(Form.name)).toThrow(/"set" was used after/);
    await expect(fsm.commit()).rejects.toThrow(/TURN_ENDED/);
  });

  it('rejects a write that comes while the last commit is on its way, which could not be kept', async () => {
    const clock = virtualClock();
    const held = gate();
    const storage = textStorage(clock, async (call) => {
      if (call.operation === 'commit') await held.opened;
      return call.execute();
    });
    const { send, peek } = bench({ clock, storage });
    const turns: Turn[] = [];
    const sent = send(1, 'a', (turn) => {
      turns.push(turn);
      turn.state.set(Form.name);
    });
    await clock.advance(0);
    expect(() => (turns[0] as Turn).state.set(Form.age)).toThrow(/TURN_ENDED/);
    held.open();
    await sent;
    expect((await peek(1))?.current).toBe('Form:name');
  });
});

describe('an update without a conversation', () => {
  const poll = { update_id: 1, poll: { id: 'p', question: '?', options: [] } };
  const chat = { id: -5, type: 'supergroup', title: 'Group' };
  const counted = {
    update_id: 1,
    message_reaction_count: { chat, message_id: 1, date: 1, reactions: [] },
  };

  it('runs its handlers, and acquires, reads and writes nothing', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const seen: unknown[] = [];
    await bench({ clock, storage }).give(counted, ({ state: fsm }) => void seen.push(fsm.key));
    expect(seen).toEqual([undefined]);
    expect(storage.calls).toEqual([]);
  });

  it('reads as empty, and rejects a write with an error that names the type and the strategy', async () => {
    const seen: unknown[] = [];
    await bench({ strategy: 'chat' }).give(poll, ({ state: fsm }) => {
      seen.push(fsm.current, fsm.data);
      try {
        fsm.set(Form.name);
      } catch (error) {
        seen.push(isFsmError(error, 'NO_CONVERSATION') && error.details);
      }
    });
    expect(seen).toEqual([null, {}, { updateType: 'poll', strategy: 'chat' }]);
  });

  it('is any update that `when` leaves out', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    await bench({ clock, storage, when: () => false }).send(1, 'a', () => {});
    expect(storage.calls).toEqual([]);
  });

  it('is any update for which a strategy names no scope, and never another user', async () => {
    const keys: unknown[] = [];
    const { send } = bench({
      strategy: (subject: { user?: number }) =>
        subject.user === 1 ? undefined : { user: subject.user },
    });
    for (const user of [1, 2, 3])
      await send(user, 'a', ({ state: fsm }) => void keys.push(fsm.key));
    expect(keys[0]).toBe(undefined);
    expect(new Set(keys).size).toBe(3);
  });
});

describe('a strategy', () => {
  it('that throws fails the update with its own error', async () => {
    const error = new Error('no idea');
    const broken = bench({
      strategy: () => {
        throw error;
      },
    });
    await expect(broken.send(1, 'a', () => {})).rejects.toBe(error);
  });

  it.each([
    ['a promise', () => Promise.resolve({ user: 1 })],
    ['a number', () => 7],
    ['an empty scope', () => ({})],
    ['a part that is no id', () => ({ user: Number.NaN })],
    ['a part of kilobytes', () => ({ custom: 'x'.repeat(5000) })],
  ])('that returns %s fails the update with a named error', async (_, strategy) => {
    const ran: string[] = [];
    const failure = await bench({ strategy })
      .send(1, 'a', () => void ran.push('handler'))
      .catch((error: unknown) => error);
    expect(isFsmError(failure)).toBe(true);
    expect(ran).toEqual([]);
  });
});

describe('a storage that fails', () => {
  it('on read fails the update, and its handler does not run', async () => {
    const clock = virtualClock();
    const cause = driverError('fatal');
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'acquire') throw cause;
      return call.execute();
    });
    const ran: string[] = [];
    const { send, outlast } = bench({ clock, storage });
    const failure = await outlast(send(1, 'a', () => void ran.push('ran'))).catch((e: Error) => e);
    expect(failure).toMatchObject({ code: 'STORAGE_FAILED', cause });
    expect(ran).toEqual([]);
  });

  it('on commit fails the update, and earlier commits stay', async () => {
    const clock = virtualClock();
    const cause = driverError('fatal');
    let broken = false;
    const storage = textStorage(clock, (call) => {
      if (broken && call.operation === 'commit') throw cause;
      return call.execute();
    });
    const { send, peek, outlast } = bench({ clock, storage });
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    broken = true;
    const failure = await outlast(send(1, 'b', ({ state: fsm }) => fsm.set(Form.age))).catch(
      (e: Error) => e,
    );
    expect(failure).toMatchObject({ code: 'STORAGE_FAILED', cause });
    broken = false;
    expect((await peek(1))?.current).toBe('Form:name');
    await send(1, 'c', ({ state: fsm }) => fsm.set(Form.age));
    expect((await peek(1))?.current).toBe('Form:age');
  });

  it('on release is reported, and hides no error of a handler', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'release') throw driverError('unknown');
      return call.execute();
    });
    const { send, outlast, notified } = bench({ clock, storage });
    const failures = notified('storageFailed');
    await send(1, 'a', () => {});
    await expect(
      outlast(
        send(1, 'b', () => {
          throw new Error('mine');
        }),
      ),
    ).rejects.toThrow('mine');
    expect(failures.map(({ operation }) => operation)).toEqual(['release', 'release']);
  });

  it('that is busy on release is asked again, so that nobody waits for the end of the lease', async () => {
    const clock = virtualClock();
    let busy = 2;
    const storage = textStorage(clock, (call) => {
      if (call.operation === 'release' && busy-- > 0) throw driverError('retry');
      return call.execute();
    });
    const { send, outlast, notified } = bench({ clock, storage });
    const failures = notified('storageFailed');
    await outlast(send(1, 'a', () => {}));
    expect(failures).toEqual([]);
    expect(storage.calls).toEqual(['acquire', 'release', 'release', 'release']);
    await send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    expect(storage.calls.slice(4)).toEqual(['acquire', 'commit']);
  });

  it('that does not classify its errors is asked three times to read', async () => {
    const clock = virtualClock();
    const text = textStorage(clock, () => {
      throw new Error('down');
    });
    const { classify: _, ...storage } = text;
    const { send, outlast } = bench({ clock, storage });
    await expect(outlast(send(1, 'a'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(text.calls).toEqual(['acquire', 'acquire', 'acquire']);
  });

  it('of one process that grants a conversation too late gets it back at once', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    let delay = 6000;
    const storage: FsmStorage = {
      ...memory,
      async acquire(key, options) {
        await new Promise<void>((go) => void clock.setTimeout(go, delay));
        return memory.acquire(key, options);
      },
    };
    const { send, outlast, peek } = bench({ clock, storage });
    await expect(outlast(send(1, 'a'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await clock.advance('2s');
    delay = 0;
    const second = send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    await clock.advance(0);
    expect((await peek(1))?.current).toBe('Form:name');
    await second;
  });

  it.each([
    ['retry', 'STORAGE_FAILED'],
    ['fatal', 'STORAGE_FAILED'],
    ['unknown', 'COMMIT_UNKNOWN'],
  ] as const)(
    'of one process that has rejected a commit with an error that is %s: %s',
    async (fault, code) => {
      const storage: FsmStorage = {
        ...memoryStorage(),
        commit: () => Promise.reject(new Error('no')),
        classify: () => fault,
      };
      const sent = bench({ storage }).send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
      await expect(sent).rejects.toMatchObject({ code });
    },
  );

  it('that is a simple store fails with the first error, and an unknown commit is named so', async () => {
    const down = keyValueStorage({
      get: () => Promise.reject(new Error('down')),
      set: () => {},
      delete: () => {},
    });
    await expect(bench({ storage: down }).send(1, 'a')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    const texts = new Map<string, string>();
    const deaf = keyValueStorage({
      get: (key) => texts.get(key),
      set: (key, text) =>
        key.startsWith('telefsm-trial-') ? texts.set(key, text) : Promise.reject(new Error('down')),
      delete: (key) => texts.delete(key),
    });
    const sent = bench({ storage: deaf }).send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await expect(sent).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
  });
});

describe('a turn', () => {
  it('has an id that is the same when its update is handled again', async () => {
    const ids: string[] = [];
    const { give } = bench();
    const update = message(1, 'a', 77);
    const note = (turn: Turn) => {
      ids.push(turn.id);
      throw new Error('again');
    };
    await expect(give(update, note)).rejects.toThrow('again');
    await expect(give(update, note)).rejects.toThrow('again');
    expect(ids).toEqual(['123:77', '123:77']);
  });

  it('accepts an update with unknown fields', async () => {
    const { give, peek } = bench();
    const strange = { ...message(1, 'a'), next_year: { deep: [1] }, __proto__: null };
    await give(strange, ({ state: fsm }) => fsm.set(Form.name));
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('sends to the chat that its update came from', async () => {
    const { give, calls } = bench();
    const base = message(1, 'a');
    const inTopic = {
      ...base,
      message: {
        ...(base['message'] as object),
        chat: { id: -5, type: 'supergroup' },
        message_thread_id: 9,
        is_topic_message: true,
      },
    };
    await give(inTopic, ({ reply }) => reply('here'));
    expect(calls[0]?.payload).toMatchObject({ chat_id: -5, message_thread_id: 9, text: 'here' });
  });
});
