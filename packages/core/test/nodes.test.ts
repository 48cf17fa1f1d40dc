import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { AnyScene } from '../src/index.ts';
import { scene, state, states, typed } from '../src/index.ts';
import { type SceneRun, sceneEngine } from '../src/scene-kit.ts';
import { bench, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

/** Nodes that write down their hooks. */
function world() {
  const log: string[] = [];
  const make = (id: string, handle: (text: string, verbs: Verbs) => unknown): AnyScene =>
    scene(id, { data: z.object({ n: z.number().default(0) }), params: typed<{ p?: number }>() }).on(
      {
        enter: ({ params }) => {
          log.push(`${id} enters${params.p === undefined ? '' : ` with ${params.p}`}`);
          return `${id}?`;
        },
        handle: (turn) => handle(turn.input.text, turn as unknown as Verbs) as undefined,
        leave: ({ reason }) => void log.push(`${id} leaves: ${reason}`),
      },
    );
  const Start = make('start', (text, { goto, call, again, stay, leave, back, data }) => {
    if (text === 'go') return goto(Hungry, { n: 5 }, { params: { p: 7 } });
    if (text === 'self') return goto(Start);
    if (text === 'call') return call(Hungry);
    if (text === 'into') return call(Hungry, {}, { into: 'got' });
    if (text === 'again') return again({ n: data.n + 1 });
    if (text === 'stay') return stay({ n: data.n + 1 });
    if (text === 'leave') return leave();
    if (text === 'back') return back();
    if (text === 'nonsense') return 'somewhere';
    if (text === 'throw') throw new Error('mine');
    return undefined;
  });
  const Hungry = make('hungry', (text, { leave, back, again }) => {
    if (text === 'back') return back();
    if (text === 'done') return leave(42);
    return again();
  });
  return { log, Start, Hungry };
}
interface Verbs {
  readonly data: { readonly n: number };
  goto(scene: AnyScene, data?: object, options?: object): unknown;
  call(scene: AnyScene, data?: object, options?: object): unknown;
  again(patch?: object): unknown;
  stay(patch?: object): unknown;
  leave(result?: unknown): unknown;
  back(): unknown;
}

function start(options: object = {}) {
  const made = world();
  const { Start, Hungry } = made;
  return Object.assign(bench({ states: [Start, Hungry], initial: Start, ...options }), made);
}

describe('a machine of nodes', () => {
  it('enters the first node for an unknown user and saves it; the next message goes to its handler', async () => {
    const { send, peek, sentTexts, log } = start();
    await send(1, 'hello');
    expect(await peek(1)).toEqual({
      current: 'start',
      scene: 'start',
      data: { n: 0 },
      history: expect.any(Array),
    });
    await send(1, 'again');
    expect(await peek(1)).toMatchObject({ data: { n: 1 } });
    expect(sentTexts()).toEqual(['start?', 'start?']);
    expect(log).toEqual(['start enters', 'start enters']);
  });

  it('leaves one node and enters another, with data that is kept and params that are not', async () => {
    const { send, peek, log, text } = start();
    await send(1, 'hello');
    await send(1, 'go');
    expect(await peek(1)).toEqual({
      current: 'hungry',
      scene: 'hungry',
      data: { n: 5 },
      history: expect.any(Array),
    });
    expect(log).toEqual(['start enters', 'start leaves: replaced', 'hungry enters with 7']);
    expect(await text(1)).not.toContain('"p":7');
  });

  it('enters a node again that goes to itself', async () => {
    const { send, log } = start();
    await send(1, 'hello');
    await send(1, 'self');
    expect(log).toEqual(['start enters', 'start leaves: replaced', 'start enters']);
  });

  it('stays silently on nothing, and with a patch on stay', async () => {
    const { send, peek, sentTexts } = start();
    await send(1, 'hello');
    await send(1, 'whatever');
    await send(1, 'stay');
    expect((await peek(1))?.data).toEqual({ n: 1 });
    expect(sentTexts()).toEqual(['start?']);
  });

  it('goes back to the node before and its data', async () => {
    const { send, peek, log } = start();
    await send(1, 'hello');
    await send(1, 'stay');
    await send(1, 'go');
    await send(1, 'back');
    expect(await peek(1)).toEqual({
      current: 'start',
      scene: 'start',
      data: { n: 1 },
      history: expect.any(Array),
    });
    expect(log.slice(-2)).toEqual(['hungry leaves: back', 'start enters']);
  });

  it('calls a node, and asks its own question again when that has left', async () => {
    const { send, peek, log } = start();
    await send(1, 'hello');
    await send(1, 'stay');
    await send(1, 'call');
    expect((await peek(1))?.scene).toBe('hungry');
    await send(1, 'done');
    expect(await peek(1)).toEqual({
      current: 'start',
      scene: 'start',
      data: { n: 1 },
      history: expect.any(Array),
    });
    expect(log).toEqual(['start enters', 'hungry enters', 'hungry leaves: done', 'start enters']);
  });

  it('merges the result of a called node into its data', async () => {
    const { send, text } = start();
    await send(1, 'hello');
    await send(1, 'into');
    await send(1, 'done');
    expect(JSON.parse((await text(1)) as string).d).toMatchObject({ got: 42 });
  });

  it('leaves the conversation by leave, and the next message enters the first node again', async () => {
    const { send, peek, log } = start();
    await send(1, 'hello');
    await send(1, 'leave');
    expect(await peek(1)).toBe(undefined);
    await send(1, 'hello');
    expect(log).toEqual(['start enters', 'start leaves: done', 'start enters']);
  });

  it('rejects a result that is not a transition, sends the user a text, and stays', async () => {
    const { send, peek, sentTexts } = start();
    await send(1, 'hello');
    await expect(send(1, 'nonsense')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    await expect(send(1, 'throw')).rejects.toThrow('mine');
    expect(sentTexts()).toEqual([
      'start?',
      ...Array(2).fill('Something went wrong. Please try again.'),
    ]);
    await send(1, 'stay');
    expect((await peek(1))?.data).toEqual({ n: 1 });
  });

  it('is jumped from outside an update, and looked at', async () => {
    const { machine, bot, Hungry, sentTexts, log } = start();
    const conversation = machine.at({ user: 1, bot: bot.id });
    expect(await conversation.peek()).toBe(undefined);
    await conversation.run(({ state: fsm }) => fsm.enter(Hungry, { n: 3 }));
    expect(await conversation.peek()).toEqual({
      current: 'hungry',
      scene: 'hungry',
      data: { n: 3 },
      history: [],
    });
    expect([sentTexts(), log]).toEqual([['hungry?'], ['hungry enters']]);
  });

  it('answers of two users in one group never cross', async () => {
    const { give, machine, bot } = start();
    const inGroup = (user: number, text: string) => {
      const base = message(user, text);
      return {
        ...base,
        message: { ...(base['message'] as object), chat: { id: -5, type: 'group' } },
      };
    };
    for (const user of [1, 2]) await give(inGroup(user, 'hello'));
    for (const user of [1, 1, 2]) await give(inGroup(user, 'stay'));
    const data = (user: number) =>
      machine
        .at({ user, chat: -5, bot: bot.id })
        .peek()
        .then((one) => one?.data);
    expect([await data(1), await data(2)]).toEqual([{ n: 2 }, { n: 1 }]);
  });
});

describe('the question of a node', () => {
  it('is sent after the commit, and marked as sent with a second one', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const made = start({ clock, storage });
    const seen: unknown[] = [];
    made.refuses = () => void seen.push(storage.calls.join(' '));
    await made.send(1, 'hello');
    expect(seen).toEqual(['acquire keep']);
    expect(storage.calls.join(' ')).toBe('acquire keep commit');
  });

  it('that could not be sent is sent before the next text can answer it', async () => {
    const made = start();
    await made.send(1, 'hello');
    made.refuses = () => new Error('429');
    await expect(made.send(1, 'go')).rejects.toThrow('429');
    expect((await made.peek(1))?.scene).toBe('hungry');
    made.refuses = () => undefined;
    await made.send(1, 'back');
    expect((await made.peek(1))?.scene).toBe('hungry');
    expect(made.sentTexts()).toEqual(['start?', 'hungry?']);
    await made.send(1, 'back');
    expect((await made.peek(1))?.scene).toBe('start');
  });

  it('that was lost with its process is asked again by the duplicate of its update, which moves nothing', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const made = start({ clock, storage });
    await made.send(1, 'hello');
    const update = message(1, 'go');
    made.refuses = () => new Error('process died here');
    await expect(made.give(update)).rejects.toThrow('died');
    made.refuses = () => undefined;
    await made.give(update);
    await made.give(update);
    expect(made.sentTexts()).toEqual(['start?', 'hungry?']);
    expect((await made.peek(1))?.data).toEqual({ n: 5 });
  });
});

describe('scene verbs', () => {
  const Plain = states('Plain', { a: state() });

  it('are rejected by name where they make no sense, before anything changes', async () => {
    const { Start, send, peek } = start({ initial: undefined });
    const stranger = scene('stranger').on({ handle: () => {} });
    await send(1, 'x', ({ state: fsm }) => {
      expect(() => fsm.leave()).toThrow(/NO_SCENE/);
      expect(() => fsm.reenter()).toThrow(/NO_SCENE/);
      expect(() => fsm.back()).toThrow(/NO_HISTORY/);
      for (const [bad, code] of [
        [stranger, /SCENE_UNKNOWN/],
        ['nowhere', /SCENE_UNKNOWN/],
        [undefined, /INVALID_TARGET/],
        [{}, /INVALID_TARGET/],
      ] as const) {
        expect(() => fsm.enter(bad as never, {} as never, {} as never)).toThrow(code);
        expect(() => fsm.call(bad as never, {} as never, {} as never)).toThrow(code);
      }
      expect(() => fsm.enter('nowhere' as never)).toThrow(
        /Unknown scene "nowhere"\. Known: start, hungry/,
      );
      expect(() => fsm.set('start' as never)).toThrow(/NOT_SETTABLE/);
      expect(() => fsm.enter(Start, { bad: new Date() } as never)).toThrow(/DATA_NOT_JSON/);
    });
    expect(await peek(1)).toBe(undefined);
  });

  it('that enter with data which the schema rejects fail the update, and nothing changes', async () => {
    const { Start, send, peek } = start({ initial: undefined });
    const entered = send(1, 'x', ({ state: fsm }) => fsm.enter(Start, { n: 'many' } as never));
    await expect(entered).rejects.toMatchObject({ code: 'DATA_INVALID' });
    expect(await peek(1)).toBe(undefined);
  });

  it('set(…) leaves the scene with its reason, and clear() leaves it silently', async () => {
    const { Start, Hungry, log } = world();
    const own = bench({ states: [Start, Hungry, Plain] });
    await own.send(1, 'x', ({ state: fsm }) => fsm.enter(Start));
    await own.send(1, 'x');
    await own.machine.at({ user: 1, bot: 123 }).run(({ state: fsm }) => fsm.set(Plain.a));
    await own.send(2, 'x', ({ state: fsm }) => fsm.enter(Start));
    await own.machine.at({ user: 2, bot: 123 }).run(({ state: fsm }) => fsm.clear());
    await own.send(3, 'x', ({ state: fsm }) => fsm.enter(Start));
    await own.machine.at({ user: 3, bot: 123 }).run(({ state: fsm }) => fsm.call(Hungry));
    await own.machine.at({ user: 3, bot: 123 }).run(({ state: fsm }) => fsm.cancel());
    expect(log.filter((line) => line.includes('leaves'))).toEqual([
      'start leaves: replaced',
      'hungry leaves: canceled',
      'start leaves: canceled',
    ]);
    expect(await own.peek(3)).toBe(undefined);
  });

  it('that redirect to each other in an infinite loop are stopped by name', async () => {
    const Loop = {
      id: 'loop',
      '~scene': {
        engine: sceneEngine,
        was: [],
        states: [],
        first: () => null,
        enter: ({ turn }: SceneRun) => turn.state.enter('loop' as never),
        handle: () => {},
      },
    } as AnyScene;
    const { peek, machine } = bench({ states: [Loop, Plain] });
    const looped = machine
      .at({ user: 1, bot: 123 })
      .run(({ state: fsm }) => fsm.enter(Loop, {}, { params: {} }));
    const failure = await looped.catch((error: unknown) => error);
    const scenes = ['loop', 'loop', 'loop', 'loop'];
    expect(failure).toMatchObject({ code: 'TRANSITION_LOOP', details: { scenes } });
    expect(await peek(1)).toBe(undefined);
  });
});
