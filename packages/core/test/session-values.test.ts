import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { sessionValues } from '../src/adapter.ts';
import { memoryStorage } from '../src/index.ts';
import { gate } from './fixtures/bench.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

describe('writes of one session', () => {
  it('at once are sent one by one, and those that a later one overtakes are not sent at all', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const sessions = sessionValues<number>(storage, { clock });
    const writes = Array.from({ length: 100 }, (_, n) => sessions.set('a', n));
    const other = sessions.set('b', 1);
    await Promise.all([...writes, other]);
    expect(await sessions.get('a')).toBe(99);
    expect(await sessions.get('b')).toBe(1);
    expect(storage.calls.filter((call) => call === 'commit')).toHaveLength(3);
    expect(storage.calls.filter((call) => call === 'acquire')).toHaveLength(3);
  });

  it('wait for each other, so that the last one wins, also if it deletes', async () => {
    const clock = virtualClock();
    const held = gate();
    let commits = 0;
    const storage = textStorage(clock, async (call) => {
      if (call.operation === 'commit' && ++commits === 1) await held.opened;
      return call.execute();
    });
    const sessions = sessionValues<number>(storage, { clock });
    const first = sessions.set('a', 1);
    const second = sessions.set('a', 2);
    const third = sessions.delete('a');
    held.open();
    await Promise.all([first, second, third]);
    expect(await sessions.get('a')).toBe(undefined);
    expect(commits).toBe(2);
    await sessions.set('a', 3);
    expect(await sessions.get('a')).toBe(3);
  });

  it('that fail fail for each that waited for them, and the next one is sent', async () => {
    const clock = virtualClock();
    let isOut = true;
    const storage = textStorage(clock, (call) => {
      if (isOut && call.operation === 'commit') throw driverError('fatal');
      return call.execute();
    });
    const sessions = sessionValues<number>(storage, { clock });
    const written = await Promise.allSettled([1, 2, 3].map((n) => sessions.set('a', n)));
    expect(written.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    isOut = false;
    await clock.advance('1m');
    await sessions.set('a', 4);
    expect(await sessions.get('a')).toBe(4);
  });
});

describe('a storage of several processes', () => {
  it('needs its coordination for sessions as it does for conversations', () => {
    const { coordination: _, ...storage } = textStorage(virtualClock());
    expect(() => sessionValues(storage)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('a session with a lifetime', () => {
  it('is gone when it was not written for so long', async () => {
    const clock = virtualClock();
    const sessions = sessionValues<number>(memoryStorage({ clock }), { clock, ttl: '1h' });
    await sessions.set('a', 1);
    await clock.advance('59m');
    await sessions.set('a', 2);
    await clock.advance('59m');
    expect(await sessions.get('a')).toBe(2);
    await clock.advance('1m');
    expect(await sessions.get('a')).toBe(undefined);
  });

  it('that is no length is rejected', () => {
    const wrong = () => sessionValues(memoryStorage(), { ttl: '1 week' as never });
    expect(wrong).toThrow(/ttl/);
  });
});

it.each(['a\ud83d', 'a\ude00b', 'a\0'])(
  'a session key that storages might take for another one is rejected: %j',
  async (key) => {
    const sessions = sessionValues<number>(memoryStorage());
    const error = { code: 'INVALID_OPTION', message: expect.stringContaining(JSON.stringify(key)) };
    await expect(sessions.set(key, 1)).rejects.toMatchObject(error);
    await expect(sessions.get(key)).rejects.toMatchObject(error);
    await expect(sessions.delete(key)).rejects.toMatchObject(error);
    await sessions.set('a😀', 1);
    expect(await sessions.get('a😀')).toBe(1);
  },
);
