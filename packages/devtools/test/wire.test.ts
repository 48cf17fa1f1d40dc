import { botApiServer } from '@telefsm/testing';
import { expect, it } from 'vitest';
import { openWire } from '../src/playground/wire.ts';

it('the wire of the playground lets through only the bot with its token', async () => {
  const server = await botApiServer({ token: '1:secret' });
  const noted: string[] = [];
  const wire = openWire(server.url, '1:secret', ({ method }) => noted.push(method));
  const url = await wire.nextLife();
  const statuses = [];
  for (const path of ['bot1:guess/setWebhook?url=https://evil.example', '', 'bot1:secret/getMe'])
    statuses.push((await fetch(`${url}/${path}`)).status);
  expect(statuses).toEqual([401, 401, 200]);
  expect(noted).toEqual(['getMe']);
  await wire.stop();
  await server.stop();
});
