import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, Turn } from '../src/index.ts';
import { isFsmError, keyValueStorage, state, states } from '../src/index.ts';
import type { Granted, LeaseHolder, Write } from '../src/storage.ts';
import { bench } from './fixtures/bench.ts';

const options = { token: 'p.1', lease: 1000, queue: false };
const write = (text: string, more: Partial<Write> = {}): Write => ({ text, state: null, ...more });

const isTrial = (key: string) => key.startsWith('telefsm-trial-');

function stored() {
  const texts = new Map<string, string>();
  const calls: string[] = [];
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    monotonic: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  const storage = keyValueStorage(
    {
      get: (key) => texts.get(key),
      set(key, text, ttl) {
        if (!isTrial(key)) calls.push(`set ${key} ${ttl}`);
        texts.set(key, text);
      },
      delete(key) {
        if (!isTrial(key)) calls.push(`delete ${key}`);
        texts.delete(key);
      },
    },
    { clock },
  );
  return { texts, calls, clock, storage };
}

const holder: LeaseHolder = { token: options.token, fence: 0 };

async function take(storage: FsmStorage, key = 'k') {
  const { stored } = (await storage.acquire(key, options)) as Granted;
  return {
    record: stored,
    commit: (next: Write | undefined) => storage.commit(key, holder, next),
    release: () => storage.release(key, holder),
  };
}

describe('keyValueStorage', () => {
  it('keeps a plain record as it is', async () => {
    const { texts, storage } = stored();
    expect(await (await take(storage)).commit(write('{"v":1}'))).toBe('done');
    expect(texts.get('k')).toBe('{"v":1}');
    expect(await storage.peek('k')).toEqual({ text: '{"v":1}' });
  });

  it('round trips every text, with and without lifetime and deadline', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `telefsm@${rest}`),
      fc.constantFrom('telefsm@,;', 'telefsm@1,2;x', '\ud800', '\0'),
    );
    const length = fc.option(fc.integer({ min: 1, max: 1e15 }), { nil: undefined });
    // a deadline may be due just when it is stored
    const until = fc.oneof(fc.constant(0), length);
    await fc.assert(
      fc.asyncProperty(text, length, until, async (text, ttl, deadlineIn) => {
        const { storage } = stored();
        const lengths = {
          ...(ttl === undefined ? {} : { ttl }),
          ...(deadlineIn === undefined ? {} : { deadlineIn }),
        };
        await (await take(storage)).commit(write(text, lengths));
        const expected = deadlineIn === undefined ? { text } : { text, deadlineIn };
        expect(await storage.peek('k')).toEqual(expected);
        expect((await take(storage)).record).toEqual(expected);
      }),
    );
  });

  it('reads an expired record as absent and counts deadlines from the answer', async () => {
    const { clock, storage } = stored();
    await (await take(storage)).commit(write('x', { ttl: 1000, deadlineIn: 400 }));
    clock.time += 600;
    expect(await storage.peek('k')).toEqual({ text: 'x', deadlineIn: -200 });
    clock.time += 400;
    expect(await storage.peek('k')).toBe(undefined);
    expect((await take(storage)).record).toBe(undefined);
  });

  it('passes the lifetime of a record to the store', async () => {
    const { calls, storage } = stored();
    await (await take(storage)).commit(write('x', { ttl: 1000 }));
    expect(calls).toEqual(['set k 1000']);
  });

  it('writes nothing when a turn ends without a commit', async () => {
    const { calls, storage } = stored();
    await (await take(storage)).release();
    expect(calls).toEqual([]);
  });

  it('deletes', async () => {
    const { texts, storage } = stored();
    await (await take(storage)).commit(write('x'));
    await (await take(storage)).commit(undefined);
    expect(texts.size).toBe(0);
  });

  it('passes on whatever else wrote into the store, as text', async () => {
    const { texts, storage } = stored();
    texts.set('k', 'no record at all');
    expect((await take(storage)).record).toEqual({ text: 'no record at all' });
    texts.set('k', { __session: 1 } as unknown as string);
    expect(await storage.peek('k')).toEqual({ text: '{"__session":1}' });
  });

  it('waits for a store that answers by promises, and reads null as nothing', async () => {
    const texts = new Map<string, string>();
    const storage = keyValueStorage({
      get: async (key) => texts.get(key) ?? null,
      set: async (key, text) => texts.set(key, text),
      delete: async (key) => texts.delete(key),
    });
    const lease = (await storage.acquire('k', options)) as Granted;
    expect(lease.stored).toBe(undefined);
    expect(await storage.commit('k', holder, write('x'))).toBe('done');
    expect(await storage.peek('k')).toEqual({ text: 'x' });
  });

  it('passes the failures of the store on', async () => {
    const storage = keyValueStorage({
      get: () => undefined,
      set: () => Promise.reject(new Error('disk on fire')),
      delete: () => undefined,
    });
    await expect(storage.acquire('k', options)).rejects.toThrow('disk on fire');
    await expect(storage.commit('k', holder, write('x'))).rejects.toThrow('disk on fire');
  });
});

it('a write that the store answers with false is not taken for a commit', async () => {
  const texts = new Map<string, string>();
  let isFull = false;
  const storage = keyValueStorage({
    get: (key) => texts.get(key),
    set: (key, text) => !isFull && texts.set(key, text),
    delete: (key) => texts.delete(key),
  });
  const { send, peek, outlast } = bench({ storage });
  const form = states('Full', { a: state(), b: state() });
  await send(1, 'a', (turn) => turn.state.set(form.a));
  isFull = true;
  const rejected = send(1, 'b', (turn) => turn.state.set(form.b));
  const failed = await outlast(rejected).catch((error: unknown) => error);
  expect(isFsmError(failed) && String(failed.cause)).toContain('The store returned false');
  expect((await peek(1))?.current).toBe('Full:a');
});

const Form = states('Form', { name: state() });
const long = 'telefsm:b7712345678:c-1001234567890:t1:u7712345678';

describe('keys in a simple store', () => {
  it('have at most 32 characters, lower case, and stay apart', async () => {
    const { texts, storage } = stored();
    const keys = [long, `${long}1`, 'telefsm:b1:custom=Ann', 'telefsm:b1:custom=ann', 'a%20b'];
    for (const key of keys) {
      await storage.acquire(key, options);
      await storage.commit(key, holder, write(key));
    }
    for (const key of keys) expect(await storage.peek(key)).toEqual({ text: key });
    expect([...texts.keys()].every((key) => /^[a-z\d:=-]{1,32}$/.test(key))).toBe(true);
    expect(texts.get('telefsm:b1:custom=ann')).toBe('telefsm:b1:custom=ann');
    await storage.commit(long, holder, undefined);
    expect(await storage.peek(long)).toBe(undefined);
    expect(texts.size).toBe(4);
  });
});

describe('a simple store at its first use', () => {
  /** A store that limits keys or texts, until it is repaired. */
  function faulty(keep: (key: string, text: string) => string) {
    const texts = new Map<string, string>();
    let isRepaired = false;
    const sets: string[] = [];
    const storage = keyValueStorage({
      get: async (key) => texts.get(key),
      async set(key, text) {
        sets.push(key);
        texts.set(key, isRepaired ? text : keep(key, text));
      },
      delete: async (key) => void texts.delete(key),
    });
    const repair = () => {
      isRepaired = true;
    };
    return { ...bench({ storage }), texts, sets, repair };
  }

  it('that rejects the trial rejects the update before its handler, with the error of the store', async () => {
    const tooLong = new Error('value too long for type character varying(8)');
    const { send, repair } = faulty((key) => {
      if (key.length > 8) throw tooLong;
      return '';
    });
    let handled = 0;
    const handle = () => void handled++;
    const failed = await send(1, 'a', handle).catch((error: unknown) => error);
    expect(isFsmError(failed, 'STORAGE_FAILED') && failed.cause).toBe(tooLong);
    expect(handled).toBe(0);
    repair();
    await send(1, 'a', handle);
    expect(handled).toBe(1);
  });

  it.each([
    ['cuts texts', (_: string, text: string) => text.slice(0, 20)],
    ['loses characters', (_: string, text: string) => text.replace(/[^\0-\xff]/g, '?')],
  ])('that %s is named', async (_, keep) => {
    const { send } = faulty(keep);
    const failed: unknown = await send(1, 'a').catch((error: unknown) => error);
    expect(isFsmError(failed) && failed.code).toBe('STORAGE_FAILED');
    const { cause } = failed as Error;
    expect(isFsmError(cause, 'STORAGE_UNUSABLE') && cause.message).toContain('returned');
  });

  it.each<[string, unknown, string]>([
    ['text is an object', (text: string) => JSON.parse(text), "'[object Object]' (object), not"],
    ['text is bytes', (text: string) => Buffer.from(text), '(object), not'],
    ['missing text is an empty one', (text = '') => text, "returned '' (string), not 'undefined'"],
    [
      'missing text is false',
      (text: unknown = false) => text,
      "returned 'false' (boolean), not 'undefined'",
    ],
    [
      'deleted text is still there',
      (text?: string) => text ?? 'old',
      "returned 'old' (string), not 'undefined'",
    ],
  ])('whose %s is named', async (_, answer, words) => {
    const texts = new Map<string, string>();
    const storage = keyValueStorage({
      get: (key) => (answer as (text?: string) => string)(texts.get(key)),
      set: (key, text) => texts.set(key, text),
      delete: (key) => texts.delete(key),
    });
    const failed = await bench({ storage })
      .send(1, 'a')
      .catch(({ cause }) => cause);
    expect(isFsmError(failed, 'STORAGE_UNUSABLE') && failed.message).toContain(words);
  });

  it('that does not delete is named, and what to do', async () => {
    const texts = new Map<string, string>();
    const { send } = bench({
      storage: keyValueStorage({
        get: (key) => texts.get(key),
        set: (key, text) => texts.set(key, text),
        delete() {},
      }),
    });
    const failed = await send(1, 'a').catch(({ cause }) => cause);
    expect(isFsmError(failed, 'STORAGE_UNUSABLE') && failed.message).toContain(
      'Return text as written until deleted',
    );
  });

  it('is tried once, for all that come at once, and nothing of the trial stays', async () => {
    const { send, sets, texts } = faulty((_, text) => text);
    const set = [1, 2, 3].map((user) => send(user, 'a', (turn) => turn.state.set(Form.name)));
    await Promise.all(set);
    await send(4, 'b', (turn) => turn.state.set(Form.name));
    expect(sets.filter(isTrial)).toHaveLength(1);
    expect([...texts.keys()].filter(isTrial)).toEqual([]);
    expect(texts.size).toBe(4);
  });
});

describe('a write that its store answers late', () => {
  const add = ({ state: fsm }: Turn, text: string) => {
    const log = [...fsm.get<string[]>('log', []), text];
    fsm.set(Form.name, { log } as never);
  };

  function slow() {
    const clock = virtualClock();
    const texts = new Map<string, string>();
    let delay = 0;
    const storage = keyValueStorage(
      {
        get: (key) => texts.get(key),
        async set(key, text) {
          if (delay > 0) await new Promise<void>((go) => void clock.setTimeout(go, delay));
          texts.set(key, text);
        },
        delete: (key) => texts.delete(key),
      },
      { clock },
    );
    const made = bench({ clock, states: [Form], storage });
    /** A message whose record is written so many ms later. */
    async function write(text: string, ms: number) {
      const sent = made.send(1, text, (turn) => {
        delay = ms;
        add(turn, text);
      });
      await made.outlast(
        sent.finally(() => {
          delay = 0;
        }),
      );
    }
    return { ...made, write };
  }

  it('does not overwrite the update that comes meanwhile', async () => {
    const { clock, write, peek } = slow();
    await write('a', 0);
    await expect(write('b', 8000)).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
    await write('c', 0);
    await clock.advance('10s');
    expect((await peek(1))?.data).toEqual({ log: ['a', 'b', 'c'] });
  });

  it('that never comes holds up its conversation, and no other one', async () => {
    const { write, send, peek } = slow();
    await write('a', 0);
    await expect(write('b', Number.POSITIVE_INFINITY)).rejects.toMatchObject({
      code: 'COMMIT_UNKNOWN',
    });
    await send(2, 'a', (turn) => add(turn, 'a'));
    expect((await peek(2))?.data).toEqual({ log: ['a'] });
    await expect(write('c', 0)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect((await peek(1))?.data).toEqual({ log: ['a'] });
  });
});
