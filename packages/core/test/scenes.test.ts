import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { AnyScene, AskTurn, ServiceTurn } from '../src/index.ts';
import { memoryStorage, state, states } from '../src/index.ts';
import { type SceneBehavior, type SceneRun, sceneEngine } from '../src/scene-kit.ts';
import { bench, gate, message, press } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

/** A scene of hooks that run inside the turn, as those of frameworks do. */
function hooked(id: string, log: string[], more: Partial<SceneBehavior> = {}): AnyScene {
  const group = states(id, { first: state(), second: state() });
  const behavior: SceneBehavior = {
    engine: sceneEngine,
    was: [],
    states: [group.first, group.second],
    settable: true,
    quiet: true,
    first: () => group.first.id,
    enter: ({ state: at, data }) => void log.push(`enter ${at} ${JSON.stringify(data)}`),
    leave: ({ state: at, data }, reason) =>
      void log.push(`leave ${at} ${JSON.stringify(data)} ${reason}`),
    resume: (_, result, of) => void log.push(`resume ${JSON.stringify(result)} of ${of}`),
    handle: ({ input }, next) => {
      log.push(`handle ${input?.kind}`);
      return next();
    },
    ...more,
  };
  return { id, '~scene': behavior as never };
}

describe('the hooks of a scene', () => {
  it('run when the handler has returned: first of the scene that was left, with its old state, then of the entered one', async () => {
    const log: string[] = [];
    const [A, B] = [hooked('A', log), hooked('B', log)];
    const { send } = bench({ scenes: [A, B] });
    await send(1, 'x', ({ state: fsm }) => {
      fsm.enter(A as never, { a: 1 } as never, {} as never);
      expect(log).toEqual([]);
      expect([fsm.current, fsm.data]).toEqual(['A:first', { a: 1 }]);
    });
    log.length = 0;
    await send(1, 'x', ({ state: fsm }) => {
      fsm.enter(B as never, { b: 1 } as never, {} as never);
      log.push('handler returns');
    });
    expect(log).toEqual([
      'handle text',
      'handler returns',
      'leave A:first {"a":1} replaced',
      'enter B:first {"b":1}',
    ]);
  });

  it('see each other’s changes and are part of the transaction: one that throws rolls everything back', async () => {
    const log: string[] = [];
    const A = hooked('A', log, {
      enter: (run: SceneRun) => {
        run.keep({ data: { kept: true } });
        throw new Error('hook');
      },
    });
    const { send, peek, sentTexts } = bench({ scenes: [A] });
    const entered = send(1, 'x', ({ state: fsm }) => {
      fsm.update({ before: 1 });
      fsm.enter(A as never, {} as never, {} as never);
    });
    await expect(entered).rejects.toThrow('hook');
    expect(await peek(1)).toBe(undefined);
    expect(sentTexts()).toEqual([]);
  });

  it('of a scene that was entered and left by one handler never run', async () => {
    const log: string[] = [];
    const { send } = bench({ scenes: [hooked('A', log), hooked('B', log)] });
    await send(1, 'x', ({ state: fsm }) => {
      fsm.enter('A' as never);
      fsm.enter('B' as never);
    });
    expect(log).toEqual(['enter B:first {}']);
  });

  it('may enter another scene, and leave twice is rejected', async () => {
    const log: string[] = [];
    const A = hooked('A', log, { enter: ({ turn }) => turn.state.enter('B' as never) });
    const { send, peek } = bench({ scenes: [A, hooked('B', log)] });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    expect((await peek(1))?.scene).toBe('B');
    await send(1, 'x', ({ state: fsm }) => {
      fsm.leave();
      expect(() => fsm.leave()).toThrow(/NO_SCENE/);
    });
    expect(await peek(1)).toBe(undefined);
  });

  it('that need services get those of the turn, made once', async () => {
    let made = 0;
    const seen: unknown[] = [];
    const A = hooked('A', [], {
      enter: ({ turn }) => void seen.push(turn.services),
      leave: ({ turn }) => void seen.push(turn.services),
    });
    const { send } = bench({ scenes: [A], services: () => ({ n: ++made }) });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    await send(1, 'x', ({ state: fsm }) => fsm.leave());
    expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe('services', () => {
  const services = ({ subject }: ServiceTurn) => ({ of: subject.user });

  it('are there for handlers of a machine without scenes, and of updates without a conversation', async () => {
    const seen: unknown[] = [];
    for (const options of [{}, { when: () => false }]) {
      const { send } = bench({ services, ...options });
      await send(7, 'a', (turn) => void seen.push(turn.services));
    }
    const fixed = bench({ services: { of: 'all' } });
    await fixed.send(7, 'a', (turn) => void seen.push(turn.services));
    expect(seen).toEqual([{ of: 7 }, { of: 7 }, { of: 'all' }]);
  });

  it('are available in the texts of telefsm', async () => {
    const Old = states('Old', { a: state() });
    const storage = memoryStorage();
    await bench({ storage, states: [Old] }).send(7, 'a', ({ state: fsm }) => fsm.set(Old.a));
    const text = ({ services: { of } }: AskTurn<{ of?: number }>) => `to ${of}`;
    const { send, sentTexts } = bench({
      storage,
      states: [],
      services,
      texts: { reset: text, busy: text },
      waiting: { policy: 'busy' },
    });
    const held = gate();
    const slow = send(7, 'b', () => held.opened);
    await send(7, 'c');
    held.open();
    await slow;
    expect(sentTexts()).toEqual(['to 7', 'to 7']);
  });
});

describe('scenes that call each other', () => {
  it('unwind in order, each resumed with the result of the one above, three deep', async () => {
    const log: string[] = [];
    const { send, peek } = bench({ scenes: ['A', 'B', 'C'].map((id) => hooked(id, log)) });
    for (const id of ['A', 'B', 'C']) {
      await send(1, 'x', ({ state: fsm }) => {
        fsm.call(id as never, {} as never, {} as never);
        fsm.update({ of: id });
      });
    }
    log.length = 0;
    await send(1, 'x', ({ state: fsm }) => fsm.leave({ r: 3 }));
    await send(1, 'x', ({ state: fsm }) => fsm.leave({ r: 2 }));
    expect(await peek(1)).toMatchObject({ scene: 'A', data: { of: 'A' } });
    await send(1, 'x', ({ state: fsm }) => fsm.leave());
    expect(log.filter((line) => !line.startsWith('handle'))).toEqual([
      'leave C:first {"of":"C"} left',
      'resume {"r":3} of C',
      'leave B:first {"of":"B"} left',
      'resume {"r":2} of B',
      'leave A:first {"of":"A"} left',
    ]);
    expect(await peek(1)).toBe(undefined);
  });

  it('all leave with cancel(), and the bot continues without any', async () => {
    const log: string[] = [];
    const { send, peek } = bench({ scenes: [hooked('A', log), hooked('B', log)] });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    await send(1, 'x', ({ state: fsm }) => fsm.call('B' as never, {} as never, {} as never));
    await send(1, 'x', ({ state: fsm }) => fsm.cancel());
    expect(log.filter((line) => line.startsWith('leave'))).toEqual([
      'leave B:first {} canceled',
      'leave A:first {} canceled',
    ]);
    expect(await peek(1)).toBe(undefined);
  });
});

describe('an update while a scene is active', () => {
  it('is offered to the scene first, and then to the bot', async () => {
    const log: string[] = [];
    const { send } = bench({ scenes: [hooked('A', log)] });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    log.length = 0;
    await send(1, 'x', () => void log.push('bot'));
    expect(log).toEqual(['handle text', 'bot']);
    await send(2, 'x', () => void log.push('bot'));
    expect(log).toEqual(['handle text', 'bot', 'bot']);
  });

  it('runs no handler after one that throws', async () => {
    const log: string[] = [];
    const A = hooked('A', log, {
      handle: () => {
        throw new Error('handler');
      },
    });
    const { send, peek } = bench({ scenes: [A] });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    log.length = 0;
    await expect(send(1, 'x', () => void log.push('bot'))).rejects.toThrow('handler');
    expect(log).toEqual([]);
    expect((await peek(1))?.scene).toBe('A');
  });

  it('moves between the states of the scene by set, without leaving it', async () => {
    const log: string[] = [];
    const { send, peek } = bench({ scenes: [hooked('A', log)] });
    await send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    log.length = 0;
    await send(1, 'x', ({ state: fsm }) => fsm.set('A:second' as never));
    expect(log).toEqual(['handle text']);
    expect(await peek(1)).toMatchObject({ scene: 'A', current: 'A:second' });
    await send(2, 'x', ({ state: fsm }) => {
      expect(() => fsm.set('A:second' as never)).toThrow(/NOT_SETTABLE/);
    });
  });
});

describe('a button of a scene', () => {
  it('of another conversation is answered, and changes nothing', async () => {
    let tag = '';
    const A = hooked('A', [], {
      enter: (run) => {
        tag = run.tag;
      },
    });
    const { give, send, peek, calls } = bench({ scenes: [A] });
    await send(2, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    await give(press(1, `~${tag}.old`), ({ state: fsm }) => fsm.enter('A' as never));
    expect(calls.map(({ method, payload }) => [method, payload['text']])).toEqual([
      ['answerCallbackQuery', 'This button is for someone else.'],
    ]);
    expect(await peek(1)).toBe(undefined);
  });

  it('that can no longer be answered does not prevent other messages', async () => {
    const A = hooked('A', [], {
      handle: (run) => {
        run.answer('Got it.');
        run.say('Done.');
      },
    });
    const made = bench({ scenes: [A] });
    const failures = made.notified('sendFailed');
    await made.send(1, 'x', ({ state: fsm }) => fsm.enter('A' as never));
    made.refuses = ({ method }) =>
      method === 'answerCallbackQuery' ? new Error('query is too old') : undefined;
    await made.give(press(1, 'x'));
    expect(made.sentTexts()).toEqual(['Done.']);
    expect(failures).toHaveLength(1);
  });
});

describe('a group that becomes a supergroup', () => {
  const inChat = (chat: number, user: number, fields: object = {}) => {
    const base = message(user, 'x');
    const raw = { ...(base['message'] as object), chat: { id: chat, type: 'group' }, ...fields };
    return { ...base, message: raw };
  };
  const moved = () => inChat(-5, 1, { text: undefined, migrate_to_chat_id: -1005 });
  const arrived = () => inChat(-1005, 1, { text: undefined, migrate_from_chat_id: -5 });

  it('moves its conversations, each with its state, its data and its ids', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { give, machine, bot } = bench({ clock, storage });
    const old = inChat(-5, 2);
    await give(old, ({ state: fsm }) => void fsm.update({ two: 1 }));
    await give(inChat(-5, 3), ({ state: fsm }) => {
      fsm.set('Form:a' as never);
      fsm.expire('10m');
    });
    await give(inChat(-6, 2), ({ state: fsm }) => void fsm.update({ other: 1 }));
    await give(moved());
    await give(arrived());
    const at = (chat: number, user: number) => machine.at({ chat, user, bot: bot.id }).peek();
    expect(await at(-1005, 2)).toMatchObject({ data: { two: 1 } });
    expect(await at(-1005, 3)).toMatchObject({ current: 'Form:a', deadlineIn: 600_000 });
    expect([await at(-5, 2), await at(-5, 3)]).toEqual([undefined, undefined]);
    expect(await at(-6, 2)).toMatchObject({ data: { other: 1 } });
    const listed: (string | null)[] = [];
    for await (const { state: one } of storage.list?.({ state: 'Form:a' }) ?? []) listed.push(one);
    expect(listed).toEqual(['Form:a']);
  });

  it('is moved while it is listed, so its size costs no memory', async () => {
    const clock = virtualClock();
    const inner = textStorage(clock);
    const left: number[] = [];
    const storage: typeof inner = {
      ...inner,
      async *list(query) {
        for await (const each of inner.list?.(query) ?? []) {
          const keys: string[] = [];
          for await (const { key } of inner.list?.({}) ?? []) keys.push(key);
          left.push(keys.filter((key) => key.includes(':c-5:')).length);
          yield each;
        }
      },
    };
    const { give } = bench({ clock, storage });
    for (const user of [2, 3, 4]) {
      await give(inChat(-5, user), ({ state: fsm }) => void fsm.update({ user }));
    }
    await give(moved());
    await give(arrived());
    expect(left).toEqual([3, 2, 1]);
  });

  it('twice, or with conversations that have begun anew, harms nothing', async () => {
    const { give, machine, bot } = bench();
    await give(inChat(-5, 2), ({ state: fsm }) => void fsm.update({ old: 1 }));
    await give(inChat(-1005, 2), ({ state: fsm }) => void fsm.update({ fresh: 1 }));
    for (const message of [moved(), arrived(), moved(), arrived()]) await give(message);
    const at = (chat: number) => machine.at({ chat, user: 2, bot: bot.id }).peek();
    expect((await at(-1005))?.data).toEqual({ fresh: 1 });
  });

  it('lets none of them live longer than idle ones do', async () => {
    const clock = virtualClock();
    const { give, machine, bot } = bench({ clock, storage: memoryStorage({ clock }), ttl: '1h' });
    await give(inChat(-5, 2), ({ state: fsm }) => void fsm.update({ n: 1 }));
    await give(inChat(-5, 3), ({ state: fsm }) => {
      fsm.set('Form:a' as never);
      fsm.expire('30m');
    });
    await give(moved());
    await give(arrived());
    const at = (user: number) => machine.at({ chat: -1005, user, bot: bot.id }).peek();
    await clock.advance('59m');
    expect([(await at(2))?.data, (await at(3))?.current]).toEqual([{ n: 1 }, 'Form:a']);
    await clock.advance('2m');
    expect([await at(2), (await at(3))?.current]).toEqual([undefined, 'Form:a']);
    await clock.advance('30m');
    expect(await at(3)).toBe(undefined);
  });

  it('waits for a conversation that is in use', async () => {
    const { give, machine, bot, outlast } = bench();
    const held = gate();
    await give(inChat(-5, 2), ({ state: fsm }) => void fsm.update({ n: 1 }));
    const slow = give(inChat(-5, 2), async ({ state: fsm }) => {
      await held.opened;
      fsm.update({ n: 2 });
    });
    const moving = [give(moved()), give(arrived())];
    held.open();
    await outlast(Promise.all([slow, ...moving]));
    expect((await machine.at({ chat: -1005, user: 2, bot: bot.id }).peek())?.data).toEqual({
      n: 2,
    });
  });
});
