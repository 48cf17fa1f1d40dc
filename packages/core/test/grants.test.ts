import { describe, expect, it } from 'vitest';
import { createMachine, type FsmStorage, memoryStorage } from '../src/index.ts';
import { message } from './fixtures/updates.ts';

describe('the message that a conversation has been handed over', () => {
  it('wakes its waiter also if it overtakes the answer that he has to wait', async () => {
    const memory = memoryStorage();
    let tell = (_: string) => {};
    let asked = 0;
    const storage: FsmStorage = {
      ...memory,
      features: { ...memory.features, shared: true },
      async granted(listener) {
        tell = listener;
        return () => {};
      },
      async acquire(key, options) {
        asked++;
        // the first answer opens the channel; the second is overtaken
        if (asked === 2) tell(options.token);
        return asked <= 2 ? { busy: 60_000 } : memory.acquire(key, options);
      },
    };
    const timers = new Set<() => void>();
    const clock = {
      now: () => 0,
      setTimeout(task: () => void) {
        timers.add(task);
        return task;
      },
      clearTimeout: (task: unknown) => void timers.delete(task as () => void),
    };
    const machine = createMachine({ storage, clock });
    const bot = { id: 1, call: async () => true };
    let handled = 0;
    // no timer ever ends: only the message can wake it
    await machine.handle(message({ text: 'a' }), bot, () => void handled++);
    expect([handled, asked]).toEqual([1, 3]);
  });
});
