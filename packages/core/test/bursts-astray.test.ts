/** Bursts that are larger or more mixed than those of a user who types. */

import { expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { memoryStorage, type RawUpdate, scene } from '../src/index.ts';
import { bench, message } from './fixtures/bench.ts';

function setUp() {
  const turns: number[][] = [];
  const Chat = scene('chat', { accept: ['text', 'photo'] }).on({
    handle: ({ messages, stay }) => {
      turns.push(messages.map(({ message_id }) => message_id));
      return stay();
    },
  });
  const clock = virtualClock();
  const storage = memoryStorage({ clock });
  const made = bench({ clock, storage, states: [Chat], initial: Chat, waiting: { burst: '1s' } });
  made.machine.start();
  return { ...made, turns };
}

/** A photo of an album. */
function photo(id: number, album: string): RawUpdate {
  const update = message(1, '', id) as { update_id: number; message: object };
  const { text: _, ...rest } = update.message as { text: string };
  const size = { file_id: `f${id}`, file_unique_id: `u${id}`, width: 1, height: 1 };
  return { ...update, message: { ...rest, photo: [size], media_group_id: album } };
}

it('a burst of 200 messages at once loses and swaps none', async () => {
  const { clock, send, give, outlast, turns } = setUp();
  await send(1, 'hello');
  const ids = Array.from({ length: 200 }, (_, number) => 10_000 + number);
  await outlast(Promise.all(ids.map((id) => give(message(1, `message ${id}`, id)))), 10);
  await clock.advance(5000);
  expect(turns.flat()).toEqual(ids);
  expect(turns.length).toBeLessThanOrEqual(3);
});

it('an album between texts is in the turn of the burst, photo by photo', async () => {
  const { clock, send, give, outlast, turns } = setUp();
  await send(1, 'hello');
  const updates = [
    message(1, 'look', 20_001),
    photo(20_002, 'a'),
    photo(20_003, 'a'),
    photo(20_004, 'a'),
    message(1, 'nice?', 20_005),
  ];
  await outlast(Promise.all(updates.map((update) => give(update))), 10);
  await clock.advance(10_000);
  expect(turns).toEqual([[20_001, 20_002, 20_003, 20_004, 20_005]]);
});
