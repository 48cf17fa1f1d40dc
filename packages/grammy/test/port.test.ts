/** Clients that a test has made by hand. */

import { expect, it } from 'vitest';
import { grammy } from '../src/port.ts';

it('a bound method with one parameter gets its payload', async () => {
  const payloads: object[] = [];
  const fake = { sendMessage: async (payload: object) => void payloads.push(payload) };
  const raw = { sendMessage: fake.sendMessage.bind(fake) };
  const port = grammy.portOf({ token: '1:test', api: { raw } });
  await port.call('sendMessage', { chat_id: 1, text: 'hello' });
  expect(payloads).toEqual([{ chat_id: 1, text: 'hello' }]);
});
