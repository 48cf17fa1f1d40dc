import { readFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { type Stage, secret, stage } from './cloudflare-stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function begin(keptFor?: number): Promise<Stage> {
  const begun = await stage(keptFor);
  open.push(begun);
  return begun;
}

it('takes an order over three requests', async () => {
  const { telegram } = await begin();
  const anna = telegram.user('Anna');
  for (const text of ['hello', '/order', 'Soup', '1 Main Street', 'more']) await anna.sends(text);
  expect(telegram.transcript()).toBe(
    [
      'Anna: hello',
      'Bot: Send /order to begin.',
      'Anna: /order',
      'Bot: What would you like?',
      'Anna: Soup',
      'Bot: Where shall we bring it?',
      'Anna: 1 Main Street',
      'Bot: Soup is on its way to 1 Main Street.',
      'Anna: more',
      'Bot: Send /order to begin.',
    ].join('\n'),
  );
});

it('rejects a request without the secret, and ignores a redelivered update', async () => {
  const { telegram, url } = await begin();
  const anna = telegram.user('Anna');
  await anna.sends('/order');
  await anna.sends('Soup');
  const send = (headers: Readonly<Record<string, string>>) =>
    fetch(url, { method: 'POST', headers, body: JSON.stringify(telegram.updates.at(-1)) });
  expect((await send({})).status).toBe(401);
  expect((await send({ 'x-telegram-bot-api-secret-token': secret })).status).toBe(200);
  await anna.sends('1 Main Street');
  anna.sees('Soup is on its way to 1 Main Street.');
});

it('drops an unfinished order by an alarm', async () => {
  const { telegram } = await begin(0.01);
  const anna = telegram.user('Anna');
  await anna.sends('/order');
  await vi.waitFor(() => anna.sees('You have been away for a while, so I dropped your order.'), {
    timeout: 20_000,
  });
});

it('is configured under the names that its code uses', async () => {
  const [config = '', worker = ''] = await Promise.all(
    ['wrangler.jsonc', 'worker.ts'].map((name) =>
      readFile(new URL(`../../examples/cloudflare/${name}`, import.meta.url), 'utf8'),
    ),
  );
  const { main, durable_objects, migrations } = JSON.parse(config.replaceAll(/^\s*\/\/.*$/gm, ''));
  const [{ name, class_name: className }] = durable_objects.bindings;
  expect(main).toBe('worker.ts');
  expect(worker).toContain(`env.${name},`);
  expect(worker).toContain(`export class ${className} extends ConversationShard`);
  expect(migrations[0].new_sqlite_classes).toEqual([className]);
});
