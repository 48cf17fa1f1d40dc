import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine, stateFilter } from '../src/adapter.ts';
import type { Target, Turn } from '../src/index.ts';
import {
  anyState,
  contains,
  flow,
  memoryStorage,
  noState,
  scene,
  state,
  states,
  statesOf,
} from '../src/index.ts';
import { hookedScene } from '../src/scene/scene-hooks.ts';
import { describeMachine } from '../src/tools.ts';
import { bench } from './fixtures/bench.ts';

const Form = states('Form', {
  name: state(),
  Address: { city: state(), Deep: { zip: state() }, street: state() },
  age: state(),
});
const Other = states('Other', { name: state() });
const Empty = states('Empty', {});
// biome-ignore lint/suspicious/noExplicitAny: what JavaScript, or a careless cast, hands over
type Loose = any;

describe('states', () => {
  it('have ids of their groups and their names, at any depth', () => {
    expect(Form.name.id).toBe('Form:name');
    expect(Form.Address.city.id).toBe('Form.Address:city');
    expect(Form.Address.Deep.zip.id).toBe('Form.Address.Deep:zip');
    expect([`${Form.name}`, JSON.stringify(Form.name)]).toEqual(['Form:name', '"Form:name"']);
  });

  it('are listed once, level by level, in the order of their declaration', () => {
    expect(statesOf(Form).map(({ id }) => id)).toEqual([
      'Form:name',
      'Form.Address:city',
      'Form.Address.Deep:zip',
      'Form.Address:street',
      'Form:age',
    ]);
    expect(statesOf(Empty)).toEqual([]);
  });

  it('lie in their groups and in those around, and in no other', () => {
    for (const what of [Form.Address.Deep.zip, 'Form.Address.Deep:zip', Form.Address.Deep]) {
      expect([contains(Form, what), contains(Form.Address, what), contains(Other, what)]).toEqual([
        true,
        true,
        false,
      ]);
    }
    expect(contains(Form.Address, Form.name)).toBe(false);
    expect(contains(Form.Address, Form)).toBe(false);
    expect(contains(Form, 'Form:nothing')).toBe(false);
    expect(contains(Empty, Form.name)).toBe(false);
  });

  it('of one state() twice are rejected by both names', () => {
    const one = state();
    expect(() => states('Twice', { a: one, b: one })).toThrow(/both "Twice:a" and "Twice:b"/);
  });

  it.each(['', 'a.b', 'a:b', '~x'])('reject a name that makes ids ambiguous: %j', (name) => {
    expect(() => states(name as never, { a: state() })).toThrow(/INVALID_NAME/);
    expect(() => states('Good', { [name]: state() })).toThrow(/INVALID_NAME/);
    expect(() => states('Good', { [name]: { a: state() } })).toThrow(/INVALID_NAME/);
  });

  it('may be named as JavaScript names its own', () => {
    const Own = states('Own', { constructor: state(), toString: state() });
    expect(Own.constructor.id).toBe('Own:constructor');
    expect(statesOf(Own)).toHaveLength(2);
  });
});

describe('a machine', () => {
  it('rejects two groups, or two scenes, of one name', () => {
    const copy = states('Form', { other: state() });
    expect(() => createMachine({ states: [Form, copy] as never })).toThrow(
      /named "Form".*GROUP_DUPLICATE/,
    );
    const node = () => scene('node').on({ handle: () => {} });
    expect(() => createMachine({ states: [node(), node()] })).toThrow(/SCENE_DUPLICATE/);
    expect(() => createMachine({ states: [Form, Form] })).not.toThrow();
  });

  it("rejects a group beside a scene or a flow of its name, in any order, unless it is the scene's own", () => {
    const node = scene('Form').on({ handle: () => {} });
    const wizard = flow('Form')
      .ask('a', { prompt: 'A?' })
      .done(() => undefined);
    for (const named of [node, wizard]) {
      for (const list of [
        [Form, named],
        [named, Form],
      ]) {
        expect(() => createMachine({ states: list })).toThrow(/named "Form".*GROUP_DUPLICATE/);
      }
    }
    const own = hookedScene('Form', { states: Form }, { hook: () => undefined, handle: () => {} });
    const hooked = { id: 'Form', '~scene': own.behavior } as never;
    expect(() => createMachine({ states: [Form], scenes: [hooked] })).not.toThrow();
  });

  it('accepts a group of a shape that no type describes', () => {
    const shape: Loose = { a: state(), nested: { b: state() } };
    const loose = states('Loose', shape);
    const machine = createMachine({ states: [loose, Form] as const });
    expect(statesOf(loose).map(({ id }) => id)).toEqual(['Loose:a', 'Loose.nested:b']);
    expect(describeMachine(machine).states).toHaveLength(7);
  });

  it.each([[undefined], [null], [7], ['Form'], [{}], [state()]])(
    'rejects %j in its list of states',
    (bad) => {
      expect(() => createMachine({ states: [bad] } as never)).toThrow(/TELEFSM_/);
    },
  );

  it('rejects a state outside its list, with a sentence', async () => {
    const { send } = bench({ states: [Form] });
    await expect(send(1, 'a', ({ state: fsm }) => fsm.set(Other.name))).rejects.toMatchObject({
      code: 'STATE_UNKNOWN',
      message: expect.stringContaining('Unknown state "Other:name"'),
    });
  });

  it.each(['strategy', 'ttl', 'lease'])('rejects nonsense in its options: %s', (option) => {
    expect(() => createMachine({ [option]: 'nonsense' } as never)).toThrow(/TELEFSM_/);
  });
});

describe('a filter of states', () => {
  const asked = async (at: Target | null, ...targets: Target[]) => {
    let found: boolean | undefined;
    await bench().send(1, 'a', ({ state: fsm }) => {
      if (at !== null) fsm.set(at as never);
      found = stateFilter(targets, 'test')(fsm);
      expect(fsm.is(...(targets as [Target]))).toBe(found);
    });
    return found;
  };

  it('matches a state, a group at any depth, an id, and any of several', async () => {
    const zip = Form.Address.Deep.zip;
    for (const target of [zip, zip.id, Form, Form.Address, Form.Address.Deep, anyState, '*']) {
      expect(await asked(zip, target)).toBe(true);
      expect(await asked(zip, Other.name, target)).toBe(true);
    }
    for (const target of [Form.name, Other, Empty, noState, 'Form']) {
      expect(await asked(zip, target)).toBe(false);
    }
    expect(await asked(Form.name, Form.Address)).toBe(false);
  });

  it('matches no state by noState and anyState only', async () => {
    expect(await asked(null, noState)).toBe(true);
    expect(await asked(null, anyState)).toBe(true);
    expect(await asked(null, Form, Other.name, 'x')).toBe(false);
  });

  it('of nothing, or of a value that is not a state, is rejected when it is made', () => {
    expect(() => stateFilter([undefined as never], 'inState()')).toThrow(
      /^inState\(\) was given undefined\. Expected a state, a group, .+ circular import/,
    );
    expect(() => stateFilter([], 'inState()')).toThrow(/INVALID_TARGET/);
    expect(() => stateFilter([state() as never], 'inState()')).toThrow(/STATE_UNBOUND/);
    for (const bad of [undefined, null, 7, {}, () => true]) {
      expect(() => stateFilter([bad as never], 'inState()')).toThrow(/INVALID_TARGET/);
    }
  });
});

describe('set', () => {
  it('keeps data, merges a patch, and removes undefined members', async () => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.update({ a: 1, b: 2 });
      fsm.set(Form.name, { b: 3, a: undefined } as object);
    });
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { b: 3 } });
    await send(1, 'b', ({ state: fsm }) => fsm.set(null));
    expect(await peek(1)).toMatchObject({ current: null, data: { b: 3 } });
  });

  it.each([
    ['undefined', undefined],
    ['a group', Form],
    ['anyState', anyState],
    ['noState', noState],
    ['an unnamed state()', state()],
    ['a scene', scene('s').on({ handle: () => {} })],
    ['a number', 7],
  ])('rejects %s by name, and nothing changes', async (_, target) => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      expect(() => fsm.set(target as never)).toThrow(/TELEFSM_/);
    });
    expect((await peek(1))?.current).toBe('Form:name');
  });
});

describe('next and previous', () => {
  it('move to the neighbor in the order of declaration, and are rejected at the ends', async () => {
    const { send, peek } = bench({ states: [Form] });
    await send(1, 'a', ({ state: fsm }) => {
      expect(() => fsm.next()).toThrow(/NO_NEIGHBOR/);
      fsm.set(Form.name);
      expect(() => fsm.previous()).toThrow(/"Form:name" has no previous state/);
      fsm.next({ a: 1 });
      expect([fsm.current, fsm.data]).toEqual(['Form:age', { a: 1 }]);
      expect(() => fsm.next()).toThrow(/NO_NEIGHBOR/);
      fsm.previous();
    });
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('name the missing group if a stored state belongs to none', async () => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await send(1, 'b', ({ state: fsm }) => {
      expect(() => fsm.next()).toThrow(/Unknown state "Form:name".*STATE_UNKNOWN/);
      expect(fsm.is(Form)).toBe(true);
      fsm.next();
    });
    expect((await peek(1))?.current).toBe('Form:age');
  });

  it('know the neighbors of a state that was read back', async () => {
    const { send, peek } = bench({ states: [Form] });
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.Address.city));
    await send(1, 'b', ({ state: fsm }) => fsm.next());
    expect((await peek(1))?.current).toBe('Form.Address:street');
  });
});

describe('back', () => {
  const push = (n: number) => (turn: Turn) =>
    turn.state.set(`S${n}` as never, { [`d${n}`]: n } as never);

  it('restores the earlier state with its data, and drops later changes', async () => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await send(1, 'b', ({ state: fsm }) => {
      fsm.update({ name: 'Ann' });
      fsm.set(Form.age);
      fsm.update({ age: 3 });
      fsm.replace({ other: 1 });
    });
    await send(1, 'c', ({ state: fsm }) => fsm.back());
    expect(await peek(1)).toMatchObject({ current: 'Form:name', data: { name: 'Ann' } });
  });

  it('goes ten steps, or as many as `history` allows, and is then rejected', async () => {
    for (const history of [undefined, 2, 0]) {
      const { send } = bench(history === undefined ? {} : { history });
      for (let n = 0; n < 15; n++) await send(1, 'a', push(n));
      await send(1, 'b', ({ state: fsm }) => {
        for (let steps = 0; steps < (history ?? 10); steps++) fsm.back();
        expect(fsm.current).toBe(`S${14 - (history ?? 10)}`);
        expect(() => fsm.back()).toThrow(/NO_HISTORY/);
      });
    }
  });

  it('has no history of a conversation that was cleared', async () => {
    const { send } = bench();
    await send(1, 'a', push(1));
    await send(1, 'b', ({ state: fsm }) => fsm.clear());
    await send(1, 'c', ({ state: fsm }) => expect(() => fsm.back()).toThrow(/NO_HISTORY/));
  });

  it('keeps less of the way where data is large, the oldest steps first', async () => {
    const { send, text } = bench();
    const big =
      (n: number) =>
      ({ state: fsm }: Turn) => {
        fsm.set(`S${n}` as never);
        fsm.replace({ big: `${n}`.repeat(10_000) });
      };
    for (let n = 0; n < 9; n++) await send(1, 'a', big(n));
    expect(((await text(1)) as string).length).toBeLessThan(60_000);
    await send(1, 'b', ({ state: fsm }) => {
      fsm.back();
      expect(fsm.current).toBe('S7');
    });
  });
});

describe('data', () => {
  class Money {
    amount = 1;
  }
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  it.each<[string, unknown]>([
    ['a function', { f: () => 1 }],
    ['a BigInt', { n: 1n }],
    ['a symbol', { s: Symbol('s') }],
    ['an instance of a class', { m: new Money() }],
    ['a Date', { d: new Date(0) }],
    ['a Map', { m: new Map() }],
    ['a cycle', cycle],
    ['NaN', { n: Number.NaN }],
    ['Infinity', { n: Number.POSITIVE_INFINITY }],
    ['a hole in an array', { a: new Array(2) }],
    ['an array in place of an object', [1]],
    ['text in place of an object', 'x'],
    ['null in place of an object', null],
  ])('that is %s is rejected by its path, and nothing changes', async (_, bad) => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.update({ kept: 1 });
      const verbs = [
        () => fsm.update({ ok: 1, deep: { bad } } as object),
        () => fsm.set(Form.name, bad as object),
        () => fsm.replace(bad as object),
        () => fsm.update(bad as object),
      ];
      for (const verb of verbs.slice(
        typeof bad === 'object' && bad !== null && !Array.isArray(bad) ? 0 : 1,
      )) {
        expect(verb).toThrow(/TELEFSM_DATA_NOT_JSON/);
      }
    });
    expect(await peek(1)).toEqual({
      current: null,
      scene: null,
      data: { kept: 1 },
      history: expect.any(Array),
    });
  });

  it('that is read cannot be changed, and passed objects stay the caller’s', async () => {
    const { send, peek } = bench();
    const mine = { list: [{ n: 1 }] };
    await send(1, 'a', ({ state: fsm }) => {
      fsm.replace(mine);
      const read = fsm.data as typeof mine;
      expect(() => {
        (read.list[0] as { n: number }).n = 2;
      }).toThrow(TypeError);
    });
    mine.list.push({ n: 9 });
    (mine.list[0] as { n: number }).n = 9;
    expect((await peek(1))?.data).toEqual({ list: [{ n: 1 }] });
  });

  it('under odd names is kept, and sets no prototype', async () => {
    const { send } = bench();
    const odd = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":2}') as object;
    await send(1, 'a', ({ state: fsm }) => void fsm.update(odd));
    await send(1, 'b', ({ state: fsm }) => {
      expect(Object.keys(fsm.data).sort()).toEqual(['__proto__', 'constructor', 'toString']);
      expect((fsm.data as { admin?: boolean }).admin).toBe(undefined);
      expect(fsm.get('hasOwnProperty', 'none')).toBe('none');
      expect(fsm.get('constructor')).toBe(1);
    });
  });

  it('beyond the limit is rejected with its size, and nothing changes', async () => {
    const { send, text } = bench();
    await send(1, 'a', ({ state: fsm }) => void fsm.update({ n: 1 }));
    const before = await text(1);
    const large = send(1, 'b', ({ state: fsm }) => void fsm.update({ big: '€'.repeat(100_000) }));
    await expect(large).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      details: { limit: 262_144, bytes: expect.any(Number) },
    });
    expect(await text(1)).toBe(before);
  });

  it('beyond the limit by other parts of the record is rejected too: ids of runs, memos, and fields of a later version', async () => {
    const storage = memoryStorage();
    const { send, machine, bot } = bench({ maxRecordBytes: 2000, storage });
    const run = (id: string) => {
      return machine
        .at({ user: 1, bot: bot.id })
        .run(({ state: fsm }) => fsm.set(Form.name), { id });
    };
    await run('short');
    await expect(run('x'.repeat(2000))).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    const { key } = machine.at({ user: 2, bot: bot.id });
    const { fence } = await storage.acquire(key, { token: 'p.1', lease: 1000, queue: false });
    const text = JSON.stringify({ v: 1, s: 'Form:name', later: 'x'.repeat(2000) });
    await storage.commit(key, { token: 'p.1', fence }, { text, state: 'Form:name' });
    const sent = send(2, 'a', ({ state: fsm }) => void fsm.update({ n: 1 }));
    await expect(sent).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
  });

  it('beyond the limit by names is rejected too: of states, also of those on the history, and of scenes that wait', async () => {
    const { send } = bench({ maxRecordBytes: 20_000 });
    const long = (n: number) => `${n}`.repeat(10_000);
    await send(1, 'a', ({ state: fsm }) => fsm.set(long(1) as never));
    const second = send(1, 'b', ({ state: fsm }) => fsm.set(long(2) as never));
    await expect(second).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    const alone = send(2, 'a', ({ state: fsm }) => fsm.set('x'.repeat(20_000) as never));
    await expect(alone).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    const name = 's'.repeat(3000);
    const waiting = scene(name, { timeout: '1h' }).on({ handle: () => {} });
    const { send: sendTo } = bench({ maxRecordBytes: 20_000, scenes: [waiting] });
    const calls = ({ state: fsm }: Turn) => {
      for (let times = 0; times < 8; times++) fsm.call(waiting);
    };
    await expect(sendTo(1, 'a', calls)).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
  });

  it('nested deeper than any code can follow is rejected', async () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    const { send } = bench();
    await expect(send(1, 'a', ({ state: fsm }) => void fsm.update({ deep }))).rejects.toMatchObject(
      {
        code: 'DATA_NOT_JSON',
        details: { found: 'nested more than 500 deep' },
      },
    );
  });

  it('has one zero, as JSON has', async () => {
    const { send, peek } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.update({ zero: -0, deep: [{ zero: -0 }] });
      expect(fsm.data).toEqual({ zero: 0, deep: [{ zero: 0 }] });
    });
    expect((await peek(1))?.data).toEqual({ zero: 0, deep: [{ zero: 0 }] });
  });

  it('of any size below the limit is kept, and of any above is rejected', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(4000),
        fc.constantFrom('x', '€', '"', '\u0000', '😀'),
        async (n, letter) => {
          const { send, text } = bench({ maxRecordBytes: 4000 });
          const failure = await send(
            1,
            'a',
            ({ state: fsm }) => void fsm.update({ t: letter.repeat(n) }),
          ).catch((error: { code: string }) => error.code);
          const bytes = new TextEncoder().encode(JSON.stringify({ t: letter.repeat(n) })).length;
          if (bytes > 4000) expect(failure).toBe('RECORD_TOO_LARGE');
          if (bytes < 3900)
            expect(new TextEncoder().encode(await text(1)).length).toBeGreaterThan(bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of another conversation is never seen', async () => {
    const { send, peek } = bench();
    for (const user of [1, 2, 3])
      await send(user, 'a', ({ state: fsm }) => void fsm.update({ user }));
    await send(2, 'b', ({ state: fsm }) => fsm.clear());
    expect([await peek(1), await peek(2), await peek(3)].map((one) => one?.data)).toEqual([
      { user: 1 },
      undefined,
      { user: 3 },
    ]);
  });
});
