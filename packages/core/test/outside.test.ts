import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { createMachine } from '../src/adapter.ts';
import { type FsmStorage, isFsmError, memoryStorage, scene, state, states } from '../src/index.ts';
import { bench, gate } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

describe('machine.at(…).run', () => {
  it('is one turn, and returns the result of the function', async () => {
    const { machine, bot, peek, sentTexts } = bench();
    const conversation = machine.at({ user: 1, bot: bot.id });
    const result = await conversation.run(async ({ state: fsm, reply, update }) => {
      fsm.set(Form.name);
      await reply('from outside');
      return [update, fsm.key];
    });
    expect(result).toEqual([undefined, conversation.key]);
    expect((await peek(1))?.current).toBe('Form:name');
    expect(sentTexts()).toEqual(['from outside']);
  });

  it('needs an address that has a conversation, and names the missing part', () => {
    const { machine, bot } = bench();
    expect(() => machine.at({ chat: -5, bot: bot.id })).toThrow(/an address without user/);
    expect(() => machine.at({ bot: bot.id })).toThrow(/an address without chat and user/);
  });

  it('needs a function', async () => {
    const { machine, bot } = bench();
    const ran = machine.at({ user: 1, bot: bot.id }).run(undefined as never);
    await expect(ran).rejects.toThrow(/run\(\).+undefined. Expected a function/);
  });

  it('changes nothing when the work throws', async () => {
    const { machine, bot, peek } = bench();
    const ran = machine.at({ user: 1, bot: bot.id }).run(({ state: fsm }) => {
      fsm.set(Form.name);
      throw new Error('mine');
    });
    await expect(ran).rejects.toThrow('mine');
    expect(await peek(1)).toBe(undefined);
  });

  it('waits for its turn among updates', async () => {
    const { machine, bot, send, peek } = bench();
    const held = gate();
    const update = send(1, 'a', async ({ state: fsm }) => {
      await held.opened;
      fsm.update({ order: [...fsm.get<string[]>('order', []), 'update'] });
    });
    const ran = machine
      .at({ user: 1, bot: bot.id })
      .run(
        ({ state: fsm }) =>
          void fsm.update({ order: [...fsm.get<string[]>('order', []), 'outside'] }),
      );
    held.open();
    await Promise.all([update, ran]);
    expect((await peek(1))?.data).toEqual({ order: ['update', 'outside'] });
  });

  it('with an id runs once, however often it is asked for', async () => {
    const clock = virtualClock();
    for (const storage of [memoryStorage({ clock }), textStorage(clock)]) {
      const { machine, bot, peek } = bench({ clock, storage });
      const conversation = machine.at({ user: 1, bot: bot.id });
      for (let times = 0; times < 3; times++) {
        const count: number | undefined = await conversation.run(
          ({ state: fsm }) => {
            fsm.update({ paid: fsm.get('paid', 0) + 1 });
            return fsm.get('paid', 0);
          },
          { id: 'payment-7' },
        );
        // @ts-expect-error a run with an id may have been done before, and then gives nothing
        const always: number = count;
        expect(always).toBe(times === 0 ? 1 : undefined);
      }
      const once: string = await conversation.run(() => 'without an id it is always done');
      expect(once).toContain('always');
      expect((await peek(1))?.data).toEqual({ paid: 1 });
    }
  });

  it('rejects an id that is no text: it could be that of an update, or could not be stored', async () => {
    const { machine, peek, send } = bench();
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    const conversation = machine.at({ user: 1 });
    for (const id of [7, {}, 5n, Number.NaN, '']) {
      const ran = conversation.run(({ state: fsm }) => fsm.clear(), { id: id as string });
      await expect(ran).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'id' },
      });
    }
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('ends with WAIT_TIMEOUT after ten seconds behind a handler that does not end', async () => {
    const { machine, bot, send, outlast, clock } = bench();
    const stuck = gate();
    const update = send(1, 'a', () => stuck.opened);
    const begun = clock.now();
    const ran = machine.at({ user: 1, bot: bot.id }).run(() => {});
    await expect(outlast(ran)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    expect(clock.now() - begun).toBeLessThan(11_000);
    stuck.open();
    await update;
    await machine.at({ user: 1, bot: bot.id }).run(({ state: fsm }) => fsm.set(Form.name));
  });

  it('ends with WAIT_TIMEOUT after ten seconds behind another process, and holds nothing', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const theirs = bench({ clock, storage: storage.view() });
    const { machine, bot, outlast } = bench({ clock, storage });
    const stuck = gate();
    const update = theirs.send(1, 'a', () => stuck.opened);
    await clock.advance(0);
    const conversation = machine.at({ user: 1, bot: bot.id });
    await expect(outlast(conversation.run(() => {}))).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
    });
    stuck.open();
    await update;
    await clock.advance('3s');
    expect(await storage.held([conversation.key])).toEqual([]);
  });

  it('waits ten seconds in all, first behind a turn of this process and then behind another process', async () => {
    const clock = virtualClock();
    const text = textStorage(clock);
    let isTheirs = false;
    const storage: FsmStorage = {
      ...text,
      acquire: async (key, options) =>
        isTheirs ? { busy: 1000, owner: 'other.1', fence: 99 } : text.acquire(key, options),
    };
    const { machine, bot, send, outlast } = bench({ clock, storage });
    const held = gate();
    const update = send(1, 'a', () => held.opened);
    await clock.advance(0);
    const begun = clock.now();
    const ran = machine.at({ user: 1, bot: bot.id }).run(() => {});
    await clock.advance('9s');
    isTheirs = true;
    held.open();
    await expect(outlast(ran, 100)).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    expect(clock.now() - begun).toBeGreaterThanOrEqual(10_000);
    expect(clock.now() - begun).toBeLessThan(10_500);
    await update;
  });

  it('inside a hook of the same conversation is rejected at once, before and after the handlers too', async () => {
    const codes: unknown[] = [];
    const again = async (where: string) => {
      const ran = conversation.run(() => {});
      await ran.catch((error) => codes.push([where, isFsmError(error) && error.code]));
    };
    const room = scene('room', { timeout: '1m' }).on({
      enter: () => void again('enter'),
      handle: ({ leave }) => leave(),
      leave: () => again('leave'),
      timeout: async ({ leave }) => {
        await again('timeout');
        return leave();
      },
    });
    const clock = virtualClock();
    const { machine, bot, send, outlast } = bench({
      clock,
      states: [room],
      adopt: () => again('adopt'),
    });
    const conversation = machine.at({ user: 1, bot: bot.id });
    await outlast(send(1, 'a', ({ state: fsm }) => fsm.enter(room)));
    await outlast(send(1, 'b'));
    await outlast(send(1, 'c', ({ state: fsm }) => fsm.enter(room)));
    await clock.advance('1m');
    await outlast(send(1, 'd'));
    expect(codes).toEqual(
      ['adopt', 'enter', 'leave', 'adopt', 'enter', 'timeout', 'leave'].map((where) => [
        where,
        'REENTERED',
      ]),
    );
  });

  it('inside a handler of the same conversation is rejected at once', async () => {
    const { machine, bot, send } = bench();
    const conversation = machine.at({ user: 1, bot: bot.id });
    const codes: unknown[] = [];
    await send(1, 'a', () =>
      conversation.run(() => {}).catch((error) => codes.push(isFsmError(error) && error.code)),
    );
    expect(codes).toEqual(['REENTERED']);
  });

  it('inside a handler by the first call of at() in the process is rejected within a second, later calls at once', async () => {
    for (const pause of [false, true]) {
      const { machine, bot, send, outlast, clock } = bench();
      const waited: number[] = [];
      const codes: unknown[] = [];
      const ask = async () => {
        const begun = clock.now();
        const own = machine.at({ user: 1, bot: bot.id });
        await own.run(() => {}).catch((error) => codes.push(error.code));
        waited.push(clock.now() - begun);
      };
      await outlast(
        send(1, 'a', async () => {
          if (pause) await undefined;
          await ask();
        }),
      );
      await outlast(send(1, 'b', ask));
      expect(codes).toEqual(['REENTERED', 'REENTERED']);
      expect(waited[0]).toBeLessThanOrEqual(1000);
      expect(waited[1]).toBe(0);
    }
  });

  it('inside a handler of another conversation runs', async () => {
    const { machine, bot, send, peek } = bench();
    const other = machine.at({ user: 2, bot: bot.id });
    await send(1, 'a', () => other.run(({ state: fsm }) => fsm.set(Form.name)));
    expect((await peek(2))?.current).toBe('Form:name');
  });

  it('by code that a handler has started, and that continues when it has ended, is no re-entry', async () => {
    const { machine, bot, send, peek, clock } = bench();
    const conversation = machine.at({ user: 1, bot: bot.id });
    const reminded = gate();
    await send(1, 'remind me', ({ state: fsm }) => {
      fsm.set(Form.name);
      const remind = () =>
        conversation
          .run(({ state: later }) => later.set(Form.age))
          .then(reminded.open, reminded.open);
      queueMicrotask(() => setTimeout(() => void remind(), 0));
    });
    await reminded.opened;
    await clock.advance(0);
    expect((await peek(1))?.current).toBe('Form:age');
  });

  it('needs a connected bot to send messages, and throws NOT_CONNECTED', async () => {
    const machine = createMachine();
    expect(() => machine.at({ user: 1 })).toThrow(/NOT_CONNECTED/);
    const silent = machine.at({ user: 1, bot: 5 });
    await expect(silent.run(({ reply }) => reply('hi'))).rejects.toMatchObject({
      code: 'NOT_CONNECTED',
    });
    await silent.run(({ state: fsm }) => fsm.set(Form.name));
    expect((await silent.peek())?.current).toBe('Form:name');
  });

  it('of a machine with several bots names one of them', () => {
    const { machine, bot } = bench();
    expect(machine.at({ user: 1 }).key).toContain(':b123:');
    machine.connect({ ...bot, id: 456 });
    expect(() => machine.at({ user: 1 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({
          option: 'bot',
          expected: "the id of one of this machine's bots: 123, 456",
        }),
      }),
    );
    expect(machine.at({ user: 1, bot: 456 }).key).toContain(':b456:');
  });

  it('at an address without a conversation is rejected by name', () => {
    const { machine, bot } = bench({ strategy: 'chat' });
    expect(() => machine.at({ bot: bot.id } as never)).toThrow(/TELEFSM_/);
  });
});

describe('peek', () => {
  it('reads the last commit, and never a turn in progress', async () => {
    const { send, peek } = bench();
    const seen: unknown[] = [];
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await send(1, 'b', async ({ state: fsm }) => {
      fsm.set(Form.age);
      seen.push((await peek(1))?.current);
    });
    expect(seen).toEqual(['Form:name']);
  });

  it('sees nothing of a conversation that was cleared, and of one that never was', async () => {
    const clock = virtualClock();
    const { send, peek } = bench({ clock, storage: textStorage(clock) });
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await send(1, 'b', ({ state: fsm }) => fsm.clear());
    expect(await peek(1)).toBe(undefined);
    expect(await peek(2)).toBe(undefined);
  });

  it('ends also where the storage fails, or never answers', async () => {
    const clock = virtualClock();
    const failing = [() => Promise.reject(new Error('cut')), () => new Promise<never>(() => {})];
    for (const peek of failing) {
      const made = bench({ clock, storage: { ...memoryStorage({ clock }), peek } });
      await expect(made.outlast(made.peek(1))).rejects.toMatchObject({
        code: 'STORAGE_FAILED',
        details: { operation: 'peek' },
        cause: expect.any(Error),
      });
    }
  });

  it('of a third-party record, or one of a later format, is rejected by name', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { machine, bot } = bench({ clock, storage });
    const conversation = machine.at({ user: 1, bot: bot.id });
    const put = async (text: string) => {
      const { key } = conversation;
      const { fence } = await storage.acquire(key, { token: text, lease: 9, queue: false });
      await storage.commit(key, { token: text, fence }, { text, state: null });
    };
    await put('not json');
    await expect(conversation.peek()).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
    await put('{"v":99}');
    await expect(conversation.peek()).rejects.toMatchObject({
      code: 'RECORD_NEWER',
      details: { version: 99, known: 1 },
    });
  });
});

describe('machine.at(…).render', () => {
  it('inside a turn of the conversation is rejected at once, also while another render waits', async () => {
    const { machine, send, outlast } = bench();
    const conversation = machine.at({ user: 1 });
    await conversation.render();
    const waits = conversation.render();
    const inside = send(1, 'a', () => conversation.render());
    await expect(inside).rejects.toMatchObject({ code: 'REENTERED' });
    await outlast(waits);
  });
});

describe('machine.at(…).answer', () => {
  it('rejects what is no step, as plain JavaScript may pass it', async () => {
    const { machine } = bench();
    const conversation = machine.at({ user: 1 });
    for (const step of [undefined, null, 'form:name', { id: 5 }]) {
      await expect(conversation.answer(step as never, 'x' as never)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'step' },
      });
    }
  });
});
