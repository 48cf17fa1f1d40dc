/** `back()` after a deploy: states that were left long ago are migrated and renamed as the present one is. */

import { expect, it, vi } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { memoryStorage, scene, state, states } from '../src/index.ts';
import { bench } from './fixtures/bench.ts';

/** A record as a migration gets it. */
interface MigratedRecord {
  readonly state: string | null;
  readonly data: { readonly [name: string]: string };
}

const Before = states('Form', { name: state(), gone: state(), age: state() });
const After = states('Form', { name: state(), age: state() });

/** A user who was asked for a name, something else and an age, by the bot before the deploy. */
async function stored() {
  const clock = virtualClock();
  const storage = memoryStorage({ clock });
  const before = bench({ clock, storage, states: [Before] });
  await before.send(1, 'a', ({ state: fsm }) => fsm.set(Before.name, { full: 'Ada Byron' }));
  await before.send(1, 'b', ({ state: fsm }) => fsm.set(Before.gone, { other: 1 }));
  await before.send(1, 'c', ({ state: fsm }) => fsm.set(Before.age, { age: 36 }));
  return { clock, storage };
}

it('back() skips states that the machine does not have any more', async () => {
  const { send, peek, sentTexts } = bench({ ...(await stored()), states: [After] });
  const list = (await peek(1))?.history.map(({ current }) => current);
  let seen: unknown;
  await send(1, 'd', ({ state: fsm }) => {
    fsm.back();
    seen = { current: fsm.current, data: fsm.data };
  });
  expect(seen).toEqual({ current: 'Form:name', data: { full: 'Ada Byron' } });
  expect(list).toEqual(['Form:name', null]);
  await send(1, 'e', ({ state: fsm }) => fsm.back());
  await expect(send(1, 'f', ({ state: fsm }) => fsm.back())).rejects.toMatchObject({
    code: 'NO_HISTORY',
  });
  expect(sentTexts()).toEqual([]);
});

it('back() leads to the present name of a state', async () => {
  const Renamed = states('Form', {
    fullName: state({ was: 'Form:name' }),
    extra: state({ was: 'Form:gone' }),
    age: state(),
  });
  const { send } = bench({ ...(await stored()), states: [Renamed] });
  let seen: unknown;
  await send(1, 'd', ({ state: fsm }) => {
    fsm.back();
    seen = fsm.is(Renamed.extra);
  });
  expect(seen).toBe(true);
});

it('back() enters a scene under its present name', async () => {
  const clock = virtualClock();
  const storage = memoryStorage({ clock });
  const entered: string[] = [];
  const make = (id: string, was: readonly string[] = []) =>
    scene(id, { was }).on({ enter: () => void entered.push(id), handle: () => {} });
  const old = bench({ clock, storage, scenes: [make('lobby'), make('room')] });
  await old.send(1, 'a', ({ state: fsm }) => fsm.enter('lobby' as never));
  await old.machine.at({ user: 1 }).run(({ state: fsm }) => fsm.enter('room' as never));
  const now = bench({ clock, storage, scenes: [make('hall', ['lobby']), make('room')] });
  await now.machine.at({ user: 1 }).run(({ state: fsm }) => fsm.back());
  expect(entered).toEqual(['lobby', 'room', 'hall']);
  expect((await now.peek(1))?.scene).toBe('hall');
});

it('migrations run on the data that back() restores', async () => {
  const split = ({ state: at, data: { full = '', ...data } }: MigratedRecord) => ({
    state: at,
    data: { ...data, first: full.split(' ')[0] },
  });
  const { send, peek } = bench({ ...(await stored()), states: [Before], migrations: { 1: split } });
  await send(1, 'd', ({ state: fsm }) => fsm.back());
  expect(await peek(1)).toMatchObject({
    current: 'Form:gone',
    data: { first: 'Ada', other: 1 },
    history: [
      { current: 'Form:name', data: { first: 'Ada' } },
      { current: null, data: {} },
    ],
  });
});

it('the history ends at a state that a migration cannot migrate, and a warning says so once', async () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const strict = ({ state: at, data }: MigratedRecord) => {
    if (!('other' in data)) throw new Error('Too old.');
    return { state: at, data };
  };
  const { clock, storage } = await stored();
  const { send, peek } = bench({
    clock,
    storage,
    states: [Before],
    migrations: { 1: strict },
  });
  await send(1, 'd', ({ state: fsm }) => fsm.update({ seen: true } as never));
  const found = await peek(1);
  expect(found).toMatchObject({ current: 'Form:age', data: { seen: true } });
  expect(found?.history.map(({ current }) => current)).toEqual(['Form:gone']);
  const warnings = emit.mock.calls.map(([message, options]) => [message, options]);
  emit.mockRestore();
  expect(warnings).toEqual([
    [
      expect.stringMatching(/^migrations\[1\] failed on the state "Form:name".+Too old\. /),
      { code: 'TELEFSM_MIGRATION' },
    ],
  ]);
});
