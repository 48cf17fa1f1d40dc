import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, Turn, UnknownState } from '../src/index.ts';
import { scene, state, states } from '../src/index.ts';
import { type SceneBehavior, sceneEngine } from '../src/scene-kit.ts';
import type { BenchOptions } from './fixtures/bench.ts';
import { bench } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state(z.object({ age: z.number() })) });

/** A conversation as an earlier version of the bot left it, and the present bot. */
async function deploy(options: BenchOptions, before: (turn: Turn) => unknown) {
  const clock = virtualClock();
  const storage = textStorage(clock);
  await bench({ clock, storage }).send(1, 'before', before);
  return bench({ clock, storage, states: [Form], ...options });
}

/** A bench whose storage contains this text. */
async function left(text: string, options: BenchOptions = {}) {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const made = bench({ clock, storage, states: [Form], ...options });
  await put(storage, made.machine.at({ user: 1, bot: made.bot.id }).key, text);
  return made;
}

async function put(storage: FsmStorage, key: string, text: string): Promise<void> {
  const token = `t${text}`;
  const { fence } = await storage.acquire(key, { token, lease: 9, queue: false });
  await storage.commit(key, { token, fence }, { text, state: null });
}

const gone = ({ state: fsm }: Turn) => {
  fsm.set('Gone:here' as never);
  fsm.update({ cart: ['apple'] });
};

describe('a stored state that no longer exists', () => {
  it('is deleted, the user gets a text, and the same message and the next one work', async () => {
    const { send, peek, sentTexts, notified } = await deploy({}, gone);
    const repaired = notified('repaired');
    const seen: unknown[] = [];
    await send(1, 'a', ({ state: fsm }) => void seen.push(fsm.current, fsm.data));
    expect(seen).toEqual([null, {}]);
    expect(sentTexts()).toEqual(['I was updated and lost our place. Please start again.']);
    expect(repaired).toMatchObject([{ stored: 'Gone:here', reason: 'state' }]);
    await send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    expect((await peek(1))?.current).toBe('Form:name');
    expect(sentTexts()).toHaveLength(1);
  });

  it('is deleted silently if the text is empty', async () => {
    const { send, sentTexts } = await deploy({ texts: { reset: '' } }, gone);
    await send(1, 'a', () => {});
    expect(sentTexts()).toEqual([]);
  });

  it('is repaired once, also if the handler then throws', async () => {
    const { send, sentTexts } = await deploy({}, gone);
    const failing = send(1, 'a', () => {
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    await send(1, 'b', () => {});
    expect(sentTexts()).toHaveLength(1);
  });

  it('is kept under `keep`, and the bot may move on from it', async () => {
    const { send, peek } = await deploy({ unknownState: 'keep' }, gone);
    const seen: unknown[] = [];
    await send(1, 'a', ({ state: fsm }) => void seen.push(fsm.current, fsm.data));
    expect(seen).toEqual(['Gone:here', { cart: ['apple'] }]);
    await send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { cart: ['apple'] } });
  });

  it('is rejected by name under `error`, and nothing changes', async () => {
    const { send, text } = await deploy({ unknownState: 'error' }, gone);
    const before = await text(1);
    await expect(send(1, 'a')).rejects.toMatchObject({
      code: 'STATE_UNKNOWN',
      details: { state: 'Gone:here', known: ['Form:name', 'Form:age'] },
    });
    expect(await text(1)).toBe(before);
  });

  it('is moved by a function, which gets the stored state and is committed before the handler', async () => {
    const found: UnknownState[] = [];
    const { send, peek } = await deploy(
      {
        unknownState: (what: UnknownState, { state: fsm }: Turn) => {
          found.push(what);
          fsm.set(Form.name);
        },
      },
      gone,
    );
    const failing = send(1, 'a', ({ state: fsm }) => {
      expect(fsm.current).toBe('Form:name');
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    expect(found).toMatchObject([
      { stored: 'Gone:here', data: { cart: ['apple'] }, reason: 'state' },
    ]);
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { cart: ['apple'] } });
  });

  it('is tried again with the next update if the function throws', async () => {
    let times = 0;
    const { send, peek } = await deploy(
      {
        unknownState: (_: UnknownState, { state: fsm }: Turn) => {
          if (times++ === 0) throw new Error('mine');
          fsm.set(Form.name);
        },
      },
      gone,
    );
    await expect(send(1, 'a')).rejects.toThrow('mine');
    await send(1, 'b');
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('is no unknown one where the present state names it as its former id', async () => {
    const Renamed = states('New', { here: state({ was: 'Gone:here' }) });
    const { send, peek } = await deploy({ states: [Renamed] }, gone);
    await send(1, 'a', ({ state: fsm }) => {
      expect(fsm.is(Renamed.here)).toBe(true);
      fsm.update({ seen: 1 });
    });
    expect(await peek(1)).toMatchObject({
      current: 'New:here',
      data: { cart: ['apple'], seen: 1 },
    });
  });
});

describe('stored data that the schema of its state rejects', () => {
  const bad = ({ state: fsm }: Turn) => {
    fsm.set('Form:age' as never);
    fsm.update({ age: 'many' });
  };

  it('is a case for the policy, which gets the reason', async () => {
    const found: UnknownState[] = [];
    const { send } = await deploy(
      { unknownState: (what: UnknownState) => void found.push(what) },
      bad,
    );
    await send(1, 'a');
    expect(found).toMatchObject([
      { stored: 'Form:age', reason: 'data', data: { age: 'many' }, issues: [/^age: /] },
    ]);
  });

  it('is a case for the policy, too, if a scene of another copy of the package rejects it', async () => {
    const own = states('theirs', { only: state() });
    let issues: readonly string[] = [];
    const theirs: SceneBehavior = {
      engine: sceneEngine,
      was: [],
      states: [own.only],
      first: () => own.only.id,
      check(data) {
        if (issues.length === 0) return data;
        const details = { state: 'theirs', issues };
        const facts = { code: 'DATA_INVALID', details, [Symbol.for('telefsm.error')]: true };
        throw Object.assign(new Error('theirs'), facts);
      },
      handle: (_, next) => next(),
    };
    const seen: UnknownState[] = [];
    const { send } = bench({
      scenes: [{ id: 'theirs', '~scene': theirs }],
      unknownState: (found: UnknownState) => void seen.push(found),
    });
    await send(1, 'a', ({ state: fsm }) => fsm.enter('theirs' as never));
    issues = ['too old'];
    await send(1, 'b');
    expect(seen).toMatchObject([{ reason: 'data', issues: ['too old'] }]);
  });

  it('is rejected by name under `error`', async () => {
    const { send } = await deploy({ unknownState: 'error' }, bad);
    await expect(send(1, 'a')).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  it('is converted where the schema converts', async () => {
    const Late = states('Form', { age: state(z.object({ age: z.coerce.number().catch(0) })) });
    const { send } = await deploy({ states: [Late] }, bad);
    await send(1, 'a', ({ state: fsm }) => expect(fsm.data).toEqual({ age: 0 }));
  });

  it('passes on what a schema throws', async () => {
    const broken = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () => {
          throw new Error('schema');
        },
      },
    };
    const Broken = states('Form', { age: state(broken as never) });
    const { send, text } = await deploy({ states: [Broken] }, bad);
    const before = await text(1);
    await expect(send(1, 'a')).rejects.toThrow('schema');
    expect(await text(1)).toBe(before);
  });
});

describe('a broken or third-party record', () => {
  const texts = ['', 'not json', 'null', '[]', '7', '{"name":"grammY session"}', '{"v":1,"d":7}'];

  it.each(texts)('%j is deleted under `reset`, and the user continues', async (text) => {
    const { send, peek, notified } = await left(text);
    const repaired = notified('repaired');
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    expect(repaired).toMatchObject([{ stored: text, reason: 'record' }]);
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it.each(texts)(
    '%j is rejected by name under `error` and `keep`, and left as it is',
    async (text) => {
      for (const unknownState of ['error', 'keep']) {
        const made = await left(text, { unknownState });
        await expect(made.send(1, 'a')).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
        expect(await made.text(1)).toBe(text);
      }
    },
  );

  it('comes to a policy function with its text', async () => {
    const found: UnknownState[] = [];
    const { send } = await left('{"name":1}', {
      unknownState: (what: UnknownState) => void found.push(what),
    });
    await send(1, 'a');
    expect(found).toMatchObject([{ stored: '{"name":1}', reason: 'record', data: {} }]);
  });
});

describe('a record of a newer version', () => {
  it('of the format is left alone, whatever the policy', async () => {
    for (const unknownState of ['reset', 'keep', 'error', () => {}]) {
      const { send, text } = await left('{"v":2,"new":true}', { unknownState });
      await expect(send(1, 'a')).rejects.toMatchObject({ code: 'RECORD_NEWER' });
      expect(await text(1)).toBe('{"v":2,"new":true}');
    }
  });

  it('of the bot is left alone', async () => {
    const made = await deploy({ migrations: { 2: (r: object) => r } }, ({ state: fsm }) =>
      fsm.set('Form:name' as never),
    );
    await made.send(1, 'a', ({ state: fsm }) => void fsm.update({ two: 1 }));
    const older = bench({
      clock: made.clock,
      storage: made.machine.storage,
      states: [Form],
      migrations: { 1: (r: object) => r },
    });
    const before = await older.text(1);
    await expect(older.send(1, 'b')).rejects.toMatchObject({
      code: 'RECORD_NEWER',
      details: { version: 2, known: 1 },
    });
    expect(await older.text(1)).toBe(before);
  });

  it('keeps the fields that it does not know', async () => {
    const { send, text } = await left('{"v":1,"s":"Form:name","future":{"a":[1]},"__proto__":5}');
    await send(1, 'a', ({ state: fsm }) => void fsm.update({ n: 1 }));
    const kept = JSON.parse((await text(1)) as string);
    expect(kept).toMatchObject({ s: 'Form:name', d: { n: 1 }, future: { a: [1] } });
    expect(Object.hasOwn(kept, '__proto__')).toBe(true);
  });
});

describe('migrations', () => {
  const log = (n: number) => (record: { data: { log?: number[] } }) => ({
    ...record,
    data: { ...record.data, log: [...(record.data.log ?? []), n] },
  });
  const migrations = { 12: log(12), 1: log(1), 3: log(3) };
  const named = ({ state: fsm }: Turn) => fsm.set('Form:name' as never);

  it('run in numeric order, each once, whatever their order of declaration', async () => {
    const { send, peek } = await deploy({ migrations }, named);
    for (let times = 0; times < 3; times++) await send(1, 'a');
    expect((await peek(1))?.data).toEqual({ log: [1, 3, 12] });
  });

  it('run from the version of a record', async () => {
    const made = await deploy({ migrations: { 1: log(1), 3: log(3) } }, named);
    await made.send(1, 'a');
    const { clock, machine } = made;
    const later = bench({ clock, storage: machine.storage, states: [Form], migrations });
    await later.send(1, 'b');
    expect((await later.peek(1))?.data).toEqual({ log: [1, 3, 12] });
  });

  it('do not run on a conversation that is new, nor on one that was cleared', async () => {
    const clock = virtualClock();
    for (const storage of [undefined, textStorage(clock)]) {
      const { send, peek } = bench({ clock, ...(storage && { storage }), migrations });
      await send(1, 'a', named);
      await send(1, 'b');
      expect((await peek(1))?.data).toEqual({});
      await send(1, 'c', ({ state: fsm }) => fsm.clear());
      await send(1, 'd', named);
      await send(1, 'e');
      expect((await peek(1))?.data).toEqual({});
    }
  });

  it('run also where the policy keeps an unknown state', async () => {
    const { send, peek } = await deploy({ migrations, unknownState: 'keep' }, gone);
    await send(1, 'a', ({ state: fsm }) => {
      expect(fsm.data).toEqual({ cart: ['apple'], log: [1, 3, 12] });
      fsm.update({ n: 1 });
    });
    expect((await peek(1))?.data).toEqual({ cart: ['apple'], log: [1, 3, 12], n: 1 });
  });

  it('may rename a state', async () => {
    const { send } = await deploy(
      { migrations: { 1: (record: object) => ({ ...record, state: 'Form:name' }) } },
      gone,
    );
    await send(1, 'a', ({ state: fsm }) => expect(fsm.current).toBe('Form:name'));
  });

  it('that throw fail the update, and nothing changes', async () => {
    const { send, text } = await deploy(
      {
        migrations: {
          1: () => {
            throw new Error('mine');
          },
        },
      },
      named,
    );
    const before = await text(1);
    await expect(send(1, 'a')).rejects.toThrow('mine');
    expect(await text(1)).toBe(before);
  });

  it.each([
    ['nothing', () => undefined, 'state undefined'],
    ['a promise', async (record: object) => record, 'state undefined'],
    ['a state that is no text', (record: object) => ({ ...record, state: 5 }), 'state 5'],
    ['no data', (record: object) => ({ ...record, data: null }), 'data null'],
  ])('that give %s fail the update by name, and nothing changes', async (_, wrong, found) => {
    const { send, text } = await deploy({ migrations: { 7: wrong } }, named);
    const before = await text(1);
    await expect(send(1, 'a')).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'migrations[7]', found: `one with the ${found}` },
    });
    expect(await text(1)).toBe(before);
  });

  it.each([{}, { 0: log(0) }, { 1.5: log(1) }, { x: log(1) }])('%j are rejected', (bad) => {
    expect(() => bench({ migrations: bad })).toThrow(/INVALID_MIGRATION/);
  });

  it('and a TTL hold together', async () => {
    const made = await deploy({ migrations, ttl: '1h' }, named);
    await made.send(1, 'a', ({ state: fsm }) => void fsm.update({ n: 1 }));
    await made.clock.advance('59m');
    expect((await made.peek(1))?.data).toEqual({ log: [1, 3, 12], n: 1 });
    await made.clock.advance('2m');
    expect(await made.peek(1)).toBe(undefined);
  });
});

describe('a conversation of an earlier system', () => {
  it('is adopted once, inside the transaction', async () => {
    let calls = 0;
    const { send, peek } = bench({
      adopt: ({ state: fsm }: Turn) => {
        calls++;
        fsm.set(Form.name);
        fsm.update({ taken: true });
      },
    });
    await send(1, 'a', ({ state: fsm }) => expect(fsm.data).toEqual({ taken: true }));
    await send(1, 'b');
    expect(calls).toBe(1);
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { taken: true } });
  });
});

describe('a scene that was taken out of the bot', () => {
  it('is a case for the policy, and nobody is stuck', async () => {
    const Old = scene('old').on({ enter: () => 'Here.', handle: () => {} });
    const clock = virtualClock();
    const storage = textStorage(clock);
    await bench({ clock, storage, states: [Old] }).send(1, 'a', ({ state: fsm }) => fsm.enter(Old));
    const { send, peek, notified } = bench({ clock, storage, states: [Form] });
    const repaired = notified('repaired');
    await send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    expect(repaired).toMatchObject([{ stored: 'old', reason: 'scene' }]);
    expect((await peek(1))?.current).toBe('Form:name');
  });
});
