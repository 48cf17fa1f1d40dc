import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { frozenData, type JsonObject, mergedData, noData } from '../src/base/json.ts';
import {
  before,
  type History,
  lastOf,
  noHistory,
  type Past,
  remember,
} from '../src/record/history.ts';
import { listIds, mostIds, noIds, type SeenIds, type TurnId, withId } from '../src/record/ids.ts';
import { newMark } from '../src/record/marks.ts';
import type { ConversationRecord, Frame } from '../src/record/record.ts';
import { emptyFrame, emptyRecord, framesOf } from '../src/record/record.ts';
import { decode, LazyWrite, replaced } from '../src/record/stored.ts';

/** Ids, oldest first, as a record keeps them. */
const seen = (ids: readonly TurnId[]) =>
  ids.reduce<SeenIds>((all, id) => withId(all, id, mostIds), noIds);

/** Names as people choose them, as JavaScript trips over them, and as the format itself uses them. */
const name = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    'toString',
    'valueOf',
    '',
    'd',
    's',
    '0',
    '\u0000',
    '😀',
    '\ud800',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const json = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER, ''),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 4 })
    .map((entries) => frozenData(Object.fromEntries(entries), 'data')),
}));
const id = fc.option(
  fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('d', 'G:d', 'G.N:s', 'G:')),
  { nil: null },
);
const past: fc.Arbitrary<Past> = fc.record({
  scene: id,
  state: id,
  data: json.object,
  memo: json.object,
});
/** A way back as moves make it, oldest first, and its end. */
const wayTo = (last: Past, pasts: readonly Past[]): History =>
  pasts.reduce(
    (history, one, at) =>
      remember(history, one, pasts[at + 1] ?? last, { most: 9, characters: 1e6 }),
    noHistory,
  );
/** Where a way leads, oldest first. */
function placesOf(history: History): Past[] {
  const last = lastOf(history);
  return last === undefined ? [] : [...placesOf(before(history, last)), last];
}
/** Places share values with what came after them, as moves make them: only then are differences small. */
const pastsOf = (last: Past) =>
  fc
    .array(fc.tuple(past, fc.boolean(), fc.subarray([0, 1, 2, 3])), { maxLength: 4 })
    .map((list) => {
      const out: Past[] = [];
      let after = last;
      for (const [one, shares, picked] of list) {
        const names = Object.keys(after.data).filter((_, at) => picked.includes(at));
        const shared = Object.fromEntries(names.map((key) => [key, after.data[key]]));
        after = shares
          ? { ...one, scene: after.scene, data: frozenData({ ...one.data, ...shared }, 'data') }
          : one;
        out.unshift(after);
      }
      return out;
    });
const timers = fc.array(fc.record({ name: fc.string(), plus: fc.nat() }), { maxLength: 3 });
const frame: fc.Arbitrary<Frame> = past.chain((last) =>
  fc.record({
    scene: fc.constant(last.scene),
    state: fc.constant(last.state),
    data: fc.constant(last.data),
    memo: fc.constant(last.memo),
    entry: fc.nat(),
    into: fc.option(fc.string(), { nil: undefined }),
    history: fc.tuple(pastsOf(last), past, fc.boolean()).map(([pasts, other, isChanged]) =>
      // data may have been changed since the last move
      wayTo(isChanged ? other : last, pasts),
    ),
    paused: timers,
  }),
);
const place = fc.record(
  {
    chat: fc.integer(),
    thread: fc.integer({ min: 1 }),
    business: fc.string({ minLength: 1 }),
    directMessagesTopic: fc.integer({ min: 1 }),
  },
  { requiredKeys: ['chat'] },
);
const record = fc.record({
  version: fc.nat(99),
  top: frame,
  below: fc.array(frame, { maxLength: 2 }),
  ids: fc
    .uniqueArray(fc.oneof(fc.nat({ max: 2 ** 45 }), fc.string({ minLength: 1, maxLength: 9 })), {
      maxLength: 12,
    })
    .map(seen),
  marks: fc.array(fc.stringMatching(/^[\w-]{6}$/), { maxLength: 8 }).map((marks) => marks.join('')),
  replyAddress: fc.option(place, { nil: undefined }),
  timers,
  failures: fc.nat(4),
  pendingPrompt: fc.constantFrom(0, 1, 2),
  keyboard: fc.option(fc.nat(), { nil: undefined }),
  entries: fc.nat(),
  session: fc.option(
    json.object.map((session) => frozenData(session, 'session')),
    { nil: undefined },
  ),
  extra: json.object.map((extra) =>
    frozenData(
      Object.fromEntries(Object.entries(extra).filter(([key]) => key.length > 1)),
      'extra',
    ),
  ),
}) as unknown as fc.Arbitrary<ConversationRecord>;

const metFrame = (one: Frame) => ({ ...one, history: placesOf(one.history) });

/** A record as the bot meets it: ids and ways back as what they stand for. */
const met = (value: ConversationRecord) => ({
  ...value,
  ids: listIds(value.ids),
  top: metFrame(value.top),
  below: value.below.map(metFrame),
});

/** Equality that sees a member named `__proto__`, too. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.keys(member)
          .sort()
          .map((key) => [key, (member as JsonObject)[key] ?? null])
      : (member ?? null),
  );

const textOf = (value: ConversationRecord) => new LazyWrite(value, undefined, undefined).text;
const read = (text: string) => decode({ text });

describe('a record as text', () => {
  it('is read back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(record, (value) => {
        const decoded = read(textOf(value));
        expect('record' in decoded && shown(met(decoded.record))).toBe(shown(met(value)));
      }),
    );
  });

  it('is the same text again when it is read and written', () => {
    fc.assert(
      fc.property(record, (value) => {
        const decoded = read(textOf(value));
        if (!('record' in decoded)) throw new Error('unreadable');
        const again = read(textOf(decoded.record));
        expect('record' in again && shown(met(again.record))).toBe(shown(met(decoded.record)));
      }),
    );
  });

  it('comes back with data that nobody can change, at any depth, here and on the history', () => {
    fc.assert(
      fc.property(record, (value) => {
        const decoded = read(textOf(value));
        if (!('record' in decoded)) throw new Error('unreadable');
        const places = framesOf(decoded.record).flatMap((one) => [one, ...placesOf(one.history)]);
        const open: unknown[] = places.flatMap(({ data, memo }) => [data, memo]);
        for (let one = open.pop(); one !== undefined; one = open.pop()) {
          if (typeof one !== 'object' || one === null) continue;
          expect(Object.isFrozen(one)).toBe(true);
          open.push(...Object.values(one));
        }
      }),
      { numRuns: 30 },
    );
  });

  it("that was cut anywhere, or is a third party's, is unreadable and throws nothing", () => {
    fc.assert(
      fc.property(record, fc.double({ min: 0, max: 0.999, noNaN: true }), (value, part) => {
        const text = textOf(value);
        const cut = read(text.slice(0, Math.floor(text.length * part)));
        expect('unreadable' in cut).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(['record', 'newer', 'unreadable']).toContain(Object.keys(read(text))[0]);
      }),
    );
  });

  it('that is nested beyond any stack is unreadable too', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(read(`{"v":1,"d":{"a":${deep}}}`)).toHaveProperty('unreadable');
  });

  it('with a field of another shape is unreadable by the name of that field, and never half understood', () => {
    const shapes: readonly [string, unknown][] = [
      ['m', 'x'],
      ['f', {}],
      ['f', [7]],
      ['f', [{ d: 1 }]],
      ['i', [true]],
      ['p', []],
      ['t', [['a']]],
      ['x', '1'],
      ['c', 1],
      ['s', 1],
      ['d', []],
      ['k', 'x'],
      ['n', '1'],
      ['r', 1],
      ['h', [{}]],
      ['h', [[1]]],
      ['h', [['s', 'a']]],
      ['h', [['s', [], []]]],
      ['h', [['s', [], 0, 1]]],
      ['h', [['s', [], 0, 'c', 1]]],
      ['z', {}],
    ];
    for (const [field, value] of shapes) {
      const decoded = read(JSON.stringify({ v: 1, [field]: value }));
      expect('unreadable' in decoded && decoded.unreadable).toContain(`'${field}'`);
    }
  });

  it('of a later format is reported as newer, whatever else it contains', () => {
    expect(read('{"v":2}')).toEqual({ newer: 2 });
    expect(read('{"v":2,"d":7}')).toEqual({ newer: 2 });
  });

  it('leaves out default values, and names everything by one letter', () => {
    expect(textOf({ ...emptyRecord, ids: seen([10, 11, 13]) })).toBe('{"v":1,"i":[13,2,1]}');
  });

  it('stores a form whose answers are named like its states in little more than those names', () => {
    const place = (state: string | null, data: object): Past => ({
      scene: null,
      state,
      data: frozenData(data, 'data'),
      memo: {},
    });
    const name = { name: 'Ann' };
    const pasts = [place(null, {}), place('Form:name', {}), place('Form:age', name)];
    const last = place('Form:city', { ...name, age: 30 });
    const frame = { ...emptyFrame, ...last, history: wayTo(last, pasts) };
    expect(textOf({ ...emptyRecord, top: frame })).toBe(
      '{"v":1,"s":"Form:city","d":{"name":"Ann","age":30},"h":[["Form:age",2],["Form:name",1],[]]}',
    );
  });

  it('keeps a history as differences: a form of many steps costs no copies of its data', () => {
    const big = 'x'.repeat(1000);
    const data = (n: number) =>
      frozenData(
        Object.fromEntries([['big', big], ...Array.from({ length: n }, (_, at) => [`a${at}`, at])]),
        'd',
      );
    const first = data(0);
    let last: Past = { scene: null, state: 's0', data: first, memo: {} };
    const way: Past[] = [];
    for (let n = 1; n <= 10; n++) {
      way.push(last);
      last = { ...last, state: `s${n}`, data: data(n) };
    }
    const value = {
      ...emptyRecord,
      top: { ...last, entry: 0, into: undefined, history: wayTo(last, way), paused: [] },
    };
    expect(textOf(value as unknown as ConversationRecord).length).toBeLessThan(1500);
  });
});

describe('marks', () => {
  it('of one process differ, also where chance has been replaced', () => {
    const chance = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const marks = Array.from({ length: 1000 }, newMark);
    chance.mockRestore();
    expect(new Set(marks).size).toBe(1000);
    for (const mark of marks) expect(mark).toMatch(/^[\w-]{6}$/);
  });

  it('of another process differ by chance', () => {
    const marks = Array.from({ length: 100 }, () => newMark().slice(3));
    expect(new Set(marks).size).toBeGreaterThan(90);
  });
});

describe('a history', () => {
  const places = past.chain((last) => fc.tuple(fc.constant(last), pastsOf(last)));

  it('leads through the places that it came by, as they were', () => {
    fc.assert(
      fc.property(places, ([last, pasts]) => {
        expect(shown(placesOf(wayTo(last, pasts)))).toBe(shown(pasts));
      }),
    );
  });

  it('does so whatever has become of the data since, and in the text', () => {
    fc.assert(
      fc.property(places, past, ([last, pasts], now) => {
        const here = { ...emptyFrame, ...now, history: wayTo(last, pasts) };
        const decoded = read(textOf({ ...emptyRecord, top: here }));
        if (!('record' in decoded)) throw new Error('unreadable');
        expect(shown(placesOf(decoded.record.top.history))).toBe(shown(pasts));
      }),
    );
  });

  it('is the same whether the change is known that has led on, or not', () => {
    const names = fc.constantFrom('name', 'age', '__proto__', 'x');
    const patches = fc.dictionary(names, fc.option(json.value, { nil: undefined }));
    fc.assert(
      fc.property(past, patches, patches, ({ memo, ...first }, before, patch) => {
        const data = mergedData(noData, before, 'data');
        const after = { scene: first.scene, data: mergedData(data, patch, 'data') };
        const left = { ...first, data, memo };
        const rules = { most: 9, characters: 9999 };
        const known = remember(noHistory, left, after, rules, patch);
        expect(shown(placesOf(known))).toBe(shown([left]));
        expect(shown(known)).toBe(shown(remember(noHistory, left, after, rules)));
      }),
    );
  });

  it('is as long as its rules allow, the newest steps first', () => {
    fc.assert(
      fc.property(places, fc.nat(5), fc.nat(300), ([last, pasts], most, characters) => {
        const way = pasts.reduce(
          (history, one, at) => remember(history, one, pasts[at + 1] ?? last, { most, characters }),
          noHistory,
        );
        const kept = placesOf(way);
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(most, pasts.length, 1));
        expect(shown(kept)).toBe(shown(kept.length === 0 ? [] : pasts.slice(-kept.length)));
      }),
    );
  });
});

describe('a record in the memory of this process', () => {
  const written = (id: number) => {
    const value: ConversationRecord = { ...emptyRecord, ids: [id] };
    return { value, write: new LazyWrite(value, undefined, undefined) };
  };

  it('is handed back as the very object, until a thousand others were written', () => {
    const { value, write } = written(1);
    replaced(undefined, write);
    const decoded = decode(write);
    expect('record' in decoded && decoded.record).toBe(value);
    for (let n = 0; n < 1100; n++) replaced(undefined, written(n).write);
    const cooled = decode(write);
    expect('record' in cooled && cooled.record).not.toBe(value);
    expect('record' in cooled && cooled.record.ids).toEqual([1]);
  });

  it('is its text alone once a storage has asked for that', () => {
    const { value, write } = written(1);
    expect(write.text).toBe('{"v":1,"i":[1]}');
    replaced(undefined, write);
    const decoded = decode(write);
    expect('record' in decoded && decoded.record).not.toBe(value);
    expect(decoded).toEqual({ record: value });
  });
});
