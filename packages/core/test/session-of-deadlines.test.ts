/** The session of a conversation, changed by handlers of deadlines: committed with what they do, and rolled back with it. */

import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { memoryStorage, scene } from '../src/index.ts';
import { bench } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

interface Seen {
  timeouts?: number;
  texts?: number;
  odd?: unknown;
}

function room(timeout: (session: Seen) => void) {
  return scene('room', { timeout: '1m' }).on({
    enter: () => {},
    timeout({ session, leave }) {
      const seen = session as Seen;
      seen.timeouts = (seen.timeouts ?? 0) + 1;
      timeout(seen);
      return leave();
    },
    handle({ session }) {
      const seen = session as Seen;
      seen.texts = (seen.texts ?? 0) + 1;
    },
  });
}

describe.each([
  ['memory', memoryStorage],
  [
    'a shared storage',
    ({ clock }: { clock: ReturnType<typeof virtualClock> }) => textStorage(clock),
  ],
])('in %s', (_, storage) => {
  async function inside(timeout: (session: Seen) => void) {
    const clock = virtualClock();
    const inRoom = room(timeout);
    const b = bench({ clock, storage: storage({ clock }), scenes: [inRoom] });
    await b.send(1, 'x', ({ state: fsm }) => fsm.enter('room' as never));
    await b.clock.advance('2m');
    const session = async () => JSON.parse((await b.text(1)) ?? '{}').u?.session;
    return { ...b, session };
  }

  it('a deadline that fails changes no session, however often it is tried', async () => {
    const { machine, session, clock, notified } = await inside(() => {
      throw new Error('mine');
    });
    const failed = notified('deadlineFailed');
    for (let tries = 0; tries < 5; tries++) {
      await machine.sweep();
      await clock.advance('2m');
    }
    expect(failed).toHaveLength(5);
    expect(await session()).toBe(undefined);
  });

  it('an update after a deadline that fails changes the session as if there had been none', async () => {
    const { send, session } = await inside(() => {
      throw new Error('mine');
    });
    await send(1, 'hello');
    expect(await session()).toEqual({ texts: 1 });
  });

  it('a deadline and its session are committed at once, also if the update then fails', async () => {
    const { send, session, peek } = await inside(() => {});
    await expect(
      send(1, 'hello', () => {
        throw new Error('mine');
      }),
    ).rejects.toThrow('mine');
    expect(await session()).toEqual({ timeouts: 1 });
    expect((await peek(1))?.scene).toBe(null);
  });

  it('a value that JSON has no form for is DATA_NOT_JSON, and names where it is', async () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    for (const [odd, found] of [
      [1n, '1n'],
      [cycle, 'a cycle'],
      [{ toJSON: () => 1n }, 'a function'],
    ] as const) {
      const { send, machine, notified } = await inside((session) => {
        session.odd = odd;
      });
      const failed = notified('deadlineFailed');
      await machine.sweep();
      expect(failed).toMatchObject([{ error: { code: 'DATA_NOT_JSON', details: { found } } }]);
      await send(1, 'hello');
    }
  });

  it('a function is DATA_NOT_JSON too, also if nothing else in the session has changed', async () => {
    const odd = scene('odd', {}).on({
      enter: () => {},
      handle: ({ session }) => void Object.assign(session, { odd: () => 'mine' }),
    });
    const clock = virtualClock();
    const b = bench({ clock, storage: storage({ clock }), scenes: [odd] });
    await b.send(1, 'x', ({ state: fsm }) => fsm.enter('odd' as never));
    await expect(b.send(1, 'hello')).rejects.toMatchObject({
      code: 'DATA_NOT_JSON',
      details: { path: 'session.odd', found: 'a function' },
    });
  });
});
