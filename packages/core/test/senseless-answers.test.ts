/** A storage of somebody else whose answers make no sense: the bot's author reads which one, and nothing is taken for kept. */

import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { type FsmStorage, memoryStorage, state, states } from '../src/index.ts';
import { sharedLeases } from '../src/storage.ts';
import { bench } from './fixtures/bench.ts';

const Form = states('Form', { name: state() });

describe('a storage whose answers make no sense', () => {
  it.each(['at once', 'later'])('fails to acquire: it answers nothing %s', async (when) => {
    const clock = virtualClock();
    const answer = (when === 'at once' ? undefined : Promise.resolve(undefined)) as never;
    const storage: FsmStorage = {
      ...memoryStorage({ clock }),
      coordination: sharedLeases,
      acquire: () => answer,
    };
    const { send, outlast } = bench({ clock, storage });
    const sent = send(1, 'a', () => {});
    await expect(outlast(sent)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      details: { operation: 'acquire' },
      cause: new Error('The storage answered an acquire with undefined.'),
    });
  });

  it('has not kept a commit that it answers with something else', async () => {
    const clock = virtualClock();
    const storage: FsmStorage = {
      ...memoryStorage({ clock }),
      coordination: sharedLeases,
      commit: async () => true as never,
    };
    const { send, outlast, peek } = bench({ clock, storage });
    const sent = send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await expect(outlast(sent)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await peek(1)).toBe(undefined);
  });
});
