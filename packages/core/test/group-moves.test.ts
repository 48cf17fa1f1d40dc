/** A group that becomes a supergroup while another process handles an update of it. */

import { expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { memoryStorage, type RawUpdate, type Turn } from '../src/index.ts';
import { bench, gate } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

let lastUpdate = 0;

function inGroup(chat: number, user: number, more: object = {}): RawUpdate {
  const update_id = ++lastUpdate;
  const from = { id: user, is_bot: false, first_name: 'User' };
  const group = { id: chat, type: 'supergroup', title: 'Group' };
  return { update_id, message: { message_id: update_id, date: 1, from, chat: group, ...more } };
}

it('every conversation moves, also if another process has one of them for long', async () => {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const ours = bench({ clock, storage });
  const theirs = bench({ clock, storage: storage.view() });
  const users = [1, 2, 3, 4];
  for (const user of users) {
    await ours.give(inGroup(-5, user), ({ state: fsm }) => void fsm.update({ user }));
  }
  const failed = ours.notified('storageFailed');
  const held = gate();
  const slow = theirs.give(inGroup(-5, 2), async ({ state: fsm }) => {
    await held.opened;
    fsm.update({ slow: true });
  });
  await clock.advance(10);
  const moved = ours.give(inGroup(-5, 1, { migrate_to_chat_id: -1005 }));
  await clock.advance('8s');
  held.open();
  await ours.outlast(Promise.all([slow, moved]));
  const found: unknown[] = [];
  for (const user of users) {
    const update = ours.give(inGroup(-1005, user), ({ state: fsm }) => void found.push(fsm.data));
    await ours.outlast(update);
  }
  expect(found).toEqual([{ user: 1 }, { user: 2, slow: true }, { user: 3 }, { user: 4 }]);
  expect(failed).toEqual([]);
});

const storages = {
  memory: memoryStorage,
  'a shared storage': () => textStorage(virtualClock()),
};

it.each(Object.entries(storages))(
  'an update of the supergroup stays a redelivery when its cleared conversation on %s makes room for that of the group',
  async (_, storage) => {
    const { give } = bench({ storage: storage() });
    const seen: unknown[] = [];
    const look = ({ state: fsm }: Turn) => void seen.push(fsm.data);
    const first = inGroup(-1005, 1);
    await give(inGroup(-5, 1), ({ state: fsm }) => void fsm.update({ moved: 1 }));
    await give(first, ({ state: fsm }) => void fsm.update({ n: 1 }));
    await give(inGroup(-1005, 1), ({ state: fsm }) => fsm.clear());
    await give(inGroup(-1005, 1, { migrate_from_chat_id: -5 }), look);
    expect(seen).toEqual([{ moved: 1 }]);
    await give(first, look);
    await give(inGroup(-1005, 1), ({ state: fsm }) => fsm.clear());
    await give(first, look);
    expect(seen).toEqual([{ moved: 1 }]);
  },
);
