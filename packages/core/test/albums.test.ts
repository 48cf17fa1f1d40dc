import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { flow, type RawUpdate, scene } from '../src/index.ts';
import { bench, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

/** One part of an album, in the private chat of a user. */
function part(user: number, album: string): RawUpdate {
  const update = message(user, '');
  const { text: _, ...rest } = update['message'] as { readonly text: string };
  const photo = [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }];
  return { ...update, message: { ...rest, photo, media_group_id: album } };
}

const picture = flow('picture', { trigger: '/picture' })
  .ask('photo', { prompt: 'A photo?', accept: 'photo' })
  .done(() => 'Thank you.');

/** Processes on one storage, of which each takes an update in turn. */
function processes(scenes: readonly object[]) {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const all = [storage, storage.view(), storage.view()].map((view) =>
    bench({ clock, storage: view, states: scenes }),
  );
  const passed: RawUpdate[] = [];
  let turn = 0;
  return {
    all,
    passed,
    async gives(...updates: readonly RawUpdate[]) {
      for (const update of updates) {
        await clock.advance(10);
        await all[turn++ % all.length]?.give(update, ({ update: found }) => {
          passed.push(found as RawUpdate);
        });
      }
    },
    allTexts: () => all.flatMap(({ sentTexts }) => sentTexts()),
  };
}

describe('an album whose parts reach several processes', () => {
  it('ends a flow by its first part, and the others reach neither the bot nor another flow', async () => {
    const { gives, passed, allTexts, all } = processes([picture]);
    await gives(message(1, '/picture'), part(1, 'g'), part(1, 'g'), part(1, 'g'), part(1, 'g'));
    expect(allTexts()).toEqual(expect.arrayContaining(['A photo?', 'Thank you.']));
    expect(passed).toEqual([]);
    await gives(message(1, '/picture'), part(1, 'g'));
    expect(allTexts()).toHaveLength(3);
    await gives(part(1, 'h'), part(1, 'h'));
    expect(allTexts()).toHaveLength(4);
    expect(passed).toEqual([]);
    const another = part(1, 'i');
    await gives(another);
    expect(passed).toEqual([another]);
    expect(await all[0]?.peek(1)).toBe(undefined);
  });

  it('comes whole to a scene that stays', async () => {
    const seen: unknown[] = [];
    const room = scene('room', { accept: 'photo' }).on({
      handle: ({ input }) => void seen.push(input.album),
    });
    const { gives, passed, all } = processes([room]);
    await all[0]?.send(1, 'a', ({ state: fsm }) => fsm.enter(room));
    await gives(part(1, 'g'), part(1, 'g'), part(1, 'g'));
    expect(seen).toEqual(['g', 'g', 'g']);
    expect(passed).toEqual([]);
  });

  it('costs no other conversation anything', async () => {
    const { gives, all } = processes([picture]);
    await gives(message(1, '/picture'), message(1, 'no photo'));
    expect(await all[0]?.text(1)).not.toContain('album');
  });
});
