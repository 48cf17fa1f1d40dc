import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../testing/src/virtual-clock.ts';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, RawUpdate, Turn } from '../src/index.ts';
import { isFsmError, keyValueStorage, memoryStorage, state, states } from '../src/index.ts';
import { bench, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { a: state(), b: state(), c: state() });
const order = ['Form:a', 'Form:b', 'Form:c'];

/** One change, as bots write it and as the model knows it. */
type Verb =
  | { readonly do: 'set'; readonly state: 0 | 1 | 2; readonly patch: Data | undefined }
  | { readonly do: 'leave' | 'next' | 'previous' | 'back' | 'clear' | 'commit' }
  | { readonly do: 'update' | 'replace'; readonly data: Data };
interface Data {
  readonly [name: string]: unknown;
}

/** One update of one conversation; `again` redelivers an earlier one instead. */
interface Act {
  readonly user: 1 | 2 | 3;
  readonly verbs: readonly Verb[];
  readonly throws: boolean;
  readonly again: number | undefined;
}

const data: fc.Arbitrary<Data> = fc
  .array(
    fc.tuple(
      fc.constantFrom('x', 'y', 'z', '__proto__', 'constructor'),
      fc.oneof(fc.nat(9), fc.constant(null), fc.constant([1, { deep: true }]), fc.constant('t')),
    ),
    { maxLength: 3 },
  )
  .map((entries) => Object.fromEntries(entries));
const plain = ['leave', 'next', 'previous', 'back', 'back', 'clear', 'commit'] as const;
const verb: fc.Arbitrary<Verb> = fc.oneof(
  fc.record({
    do: fc.constant('set' as const),
    state: fc.constantFrom(0 as const, 1 as const, 2 as const),
    patch: fc.option(data, { nil: undefined }),
  }),
  fc.record({ do: fc.constantFrom(...plain) }),
  fc.record({ do: fc.constantFrom('update' as const, 'replace' as const), data }),
);
const act: fc.Arbitrary<Act> = fc.record({
  user: fc.constantFrom(1 as const, 2 as const, 3 as const),
  verbs: fc.array(verb, { maxLength: 4 }),
  throws: fc.boolean(),
  again: fc.option(fc.nat(5), { nil: undefined, freq: 4 }),
});

/** The reference: a place, the way back to it, and the updates that were kept. */
interface Model {
  state: string | null;
  data: Data;
  way: { readonly state: string | null; readonly data: Data }[];
}

const empty = (): Model => ({ state: null, data: {}, way: [] });
const copy = (model: Model): Model => ({ ...model, way: [...model.way] });

/** The committed conversation: nothing remains of one without state and data. */
const committed = (model: Model): Model =>
  model.state === null && Object.keys(model.data).length === 0 ? empty() : copy(model);

/** @returns whether the verb is allowed here */
function play(model: Model, one: Verb): boolean {
  const move = (to: string | null, patch: Data = {}) => {
    if (to !== model.state)
      model.way = [...model.way, { state: model.state, data: model.data }].slice(-10);
    model.state = to;
    model.data = { ...model.data, ...patch };
  };
  switch (one.do) {
    case 'set':
      move(order[one.state] as string, one.patch);
      return true;
    case 'leave':
      move(null);
      return true;
    case 'update':
      model.data = { ...model.data, ...one.data };
      return true;
    case 'replace':
      model.data = one.data;
      return true;
    case 'clear':
      Object.assign(model, empty());
      return true;
    case 'back': {
      const past = model.way.at(-1);
      if (past === undefined) return false;
      Object.assign(model, past);
      model.way = model.way.slice(0, -1);
      return true;
    }
    case 'commit':
      return true;
    default: {
      const at = model.state === null ? -1 : order.indexOf(model.state);
      const to = at < 0 ? undefined : order[at + (one.do === 'next' ? 1 : -1)];
      if (to === undefined) return false;
      move(to);
      return true;
    }
  }
}

async function apply({ state: fsm }: Turn, one: Verb): Promise<void> {
  switch (one.do) {
    case 'set':
      fsm.set([Form.a, Form.b, Form.c][one.state] as typeof Form.a, one.patch ?? {});
      break;
    case 'leave':
      fsm.set(null);
      break;
    case 'update':
      fsm.update(one.data);
      break;
    case 'replace':
      fsm.replace(one.data);
      break;
    case 'commit':
      await fsm.commit();
      break;
    default:
      fsm[one.do]();
  }
}

const storages: { readonly [name: string]: (clock: VirtualClock) => FsmStorage } = {
  memory: (clock) => memoryStorage({ clock }),
  'texts behind a network': (clock) => textStorage(clock),
  'a simple store': (clock) => {
    const texts = new Map<string, string>();
    return keyValueStorage(
      {
        get: (key) => texts.get(key),
        set: (key, text) => texts.set(key, text),
        delete: (key) => texts.delete(key),
      },
      { clock },
    );
  },
};

const shown = (value: unknown) => JSON.stringify(value);

describe.each(Object.keys(storages))(
  'any run of updates over several conversations on %s',
  (name) => {
    it('ends like a simple model, whatever is thrown, committed early or redelivered', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 14 }), fc.boolean(), async (acts, atOnce) => {
          const clock = virtualClock();
          const storage = (storages[name] as (typeof storages)[string])(clock);
          const { give, peek } = bench({ clock, storage, states: [Form], attempts: 1000 });
          const models = new Map<number, Model>();
          const delivered = new Map<number, { readonly update: RawUpdate; readonly act: Act }[]>();
          const kept = new Set<number>();
          const forgotten = new Set<number>();
          const failed = new Set<number>();
          const running: Promise<void>[] = [];
          for (const [at, one] of acts.entries()) {
            const { user } = one;
            const mine = delivered.get(user) ?? [];
            delivered.set(user, mine);
            const before = one.again === undefined ? undefined : mine[mine.length - 1 - one.again];
            const { update, act: does } = before ?? { update: message(user, 'x'), act: one };
            if (before === undefined) mine.push({ update, act: one });
            const isCopy = before !== undefined;
            // a copy that waits behind its original shares its fate, also a failure
            if (isCopy && atOnce && failed.has(update.update_id)) continue;
            if (forgotten.has(update.update_id)) continue;
            const failure = expected(models, kept, forgotten, update.update_id, does);
            if (failure !== undefined) failed.add(update.update_id);
            const ran = give(update, async (turn) => {
              for (const verb of does.verbs) await apply(turn, verb);
              if (does.throws) throw new Error('thrown');
            }).then(
              () => undefined,
              (error) => (isFsmError(error) ? error.code : error.message),
            );
            const checked = ran.then((outcome) =>
              expect(`${at} ${outcome}`).toBe(`${at} ${failure}`),
            );
            if (atOnce) running.push(checked);
            else await checked;
          }
          await Promise.all(running);
          for (const [user, { state: at, data: found }] of models) {
            const seen = await peek(user);
            expect(seen?.current ?? null).toBe(at);
            expect(shown(Object.entries(seen?.data ?? {}).sort())).toBe(
              shown(Object.entries(found).sort()),
            );
          }
        }),
        { numRuns: 300 },
      );
    }, 120_000);
  },
);

/** Moves the model as an update does; says how it must fail. */
function expected(
  models: Map<number, Model>,
  kept: Set<number>,
  forgotten: Set<number>,
  id: number,
  { user, verbs, throws }: Act,
): string | undefined {
  if (kept.has(id)) return undefined;
  let safe = models.get(user) ?? empty();
  let model = copy(safe);
  let hasCommitted = false;
  let failure: string | undefined;
  for (const one of verbs) {
    if (!play(model, one)) {
      failure = one.do === 'back' ? 'NO_HISTORY' : 'NO_NEIGHBOR';
      break;
    }
    if (one.do !== 'commit') continue;
    safe = copy(model);
    hasCommitted = true;
  }
  failure ??= throws ? 'thrown' : undefined;
  if (failure === undefined) safe = model;
  model = committed(safe);
  const isThere = (one: Model) => one.state !== null || Object.keys(one.data).length > 0;
  const before = models.get(user) ?? empty();
  models.set(user, model);
  if (failure !== undefined && !hasCommitted) return failure;
  // an update that left an empty conversation empty need not be remembered
  if (isThere(before) || isThere(model)) kept.add(id);
  else forgotten.add(id);
  return failure;
}
