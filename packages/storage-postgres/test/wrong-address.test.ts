import { createMachine } from '@telefsm/core/adapter';
import { expect, it, vi } from 'vitest';
import { postgresStorage } from '../src/index.ts';
import { openPool } from './clients.ts';

it('a wrong port fails the first update at once, with the error of the driver as cause', async () => {
  const { client, end } = openPool('postgres://bot@127.0.0.1:9/bot');
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const machine = createMachine({ storage: postgresStorage(client) });
  const from = { id: 1, is_bot: false, first_name: 'Ann' };
  const chat = { id: 1, type: 'private' };
  const update = { update_id: 1, message: { message_id: 1, date: 0, chat, from, text: 'a' } };
  let handled = 0;
  const sent = machine.handle(update, { id: 1, call: async () => true }, () => void handled++);
  await expect(sent).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    details: { operation: 'acquire' },
    cause: { code: 'ECONNREFUSED' },
  });
  // nothing was tried again
  expect(timers.mock.calls.filter(([, ms]) => Number(ms) >= 50 && Number(ms) < 600)).toEqual([]);
  expect(handled).toBe(0);
  timers.mockRestore();
  await end();
});
