/** The parts that others may reach: webhooks, local pages, contacts and terminals. */

import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { flow } from '@telefsm/core';
import { inspector } from '@telefsm/devtools';
import { botApiServer, telegram } from '@telefsm/testing';
import { expect } from 'vitest';
import { makeBot } from '../../../examples/bare-webhook/bot.ts';
import { requireSecret } from '../../../examples/serverless/function.ts';
import { readSettings } from '../../../examples/two-processes/settings.ts';
import { terminalOn } from '../../../packages/devtools/src/cli/terminal.ts';
import { play } from '../play.ts';
import { once, played, type Table } from './table.ts';

const named = expect.objectContaining({ code: 'INVALID_OPTION' });
const ask = flow('ask', { trigger: '/ask' })
  .ask('name', { prompt: 'Name?', choices: ['Anna', 'Ben'] })
  .done(({ name }) => `Hello, ${name}!`);

/** The headers of a browser when another page, or another name of this computer, sends a request. */
const foreign: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
];

export const openings: Table<'P13' | 'P14' | 'P15' | 'P16'> = {
  P13: [
    once('a webhook secret that is missing or empty is rejected when the bot starts', () => {
      for (const secret of [undefined, '', ' ', 'a b']) {
        expect(() => requireSecret(secret)).toThrow(/WEBHOOK_SECRET/);
        const settings = { BOT_TOKEN: '1:test', WEBHOOK_SECRET: secret };
        expect(() => readSettings(settings as never)).toThrow(/WEBHOOK_SECRET/);
        expect(() => makeBot({ token: '1:bare', secret: secret as string })).toThrow(
          /secret must be/,
        );
      }
    }),
    played('the test driver rejects an empty webhook secret', async ({ framework }) => {
      const { bot } = framework.bot();
      const handler = () => undefined;
      const open = () =>
        telegram(bot as never, { via: 'webhook', webhook: { handler, secret: '' } } as never);
      expect(open).toThrow(named);
    }),
  ],
  P14: [
    once('a foreign web page sets no webhook of the fake Bot API and gets no update', async () => {
      const server = await botApiServer({ token: '1:T' });
      for (const headers of foreign) {
        for (const call of [
          'setWebhook?url=https://evil.example/',
          'getUpdates',
          'deleteWebhook',
        ]) {
          const { status } = await fetch(`${server.url}/bot1:T/${call}`, {
            method: 'POST',
            headers,
          });
          expect(status).toBe(403);
        }
      }
      const info = await fetch(`${server.url}/bot1:T/getWebhookInfo`);
      expect(await info.json()).toMatchObject({ result: { url: '' } });
      await server.stop();
    }),
    played(
      'a page of the devtools opens with its random token, for itself only',
      async ({ framework }) => {
        const { machine } = play(framework, [ask]);
        const page = await inspector(machine as never);
        const again = await inspector(machine as never);
        try {
          expect(page.token).toMatch(/^[\w-]{32}$/);
          expect(again.token).not.toBe(page.token);
          const address = `http://127.0.0.1:${page.port}/`;
          expect((await fetch(address)).status).toBe(401);
          const authorization = `Bearer ${page.token}`;
          expect((await fetch(address, { headers: { authorization } })).status).toBe(200);
          for (const headers of foreign) {
            expect((await fetch(address, { headers: { authorization, ...headers } })).status).toBe(
              403,
            );
          }
        } finally {
          await page.stop();
          await again.stop();
        }
      },
    ),
  ],
  P15: [
    played(
      'a question for the own contact takes no contact of somebody else, and none that was forwarded',
      async ({ framework }) => {
        const phone = flow('phone', { trigger: '/phone' })
          .ask('number', { prompt: 'Your number?', accept: 'own_contact' })
          .done(({ number }) => `${number.phone_number}.`);
        const { world, anna, sentTexts } = play(framework, [phone]);
        await anna.sends('/phone');
        const chat = { id: anna.id, type: 'private', first_name: 'Anna' };
        const sends = (message_id: number, user_id: number | undefined, more: object = {}) =>
          world.update({
            message: {
              message_id,
              date: 1,
              chat,
              from: anna.raw,
              contact: { phone_number: `${message_id}`, first_name: 'A', user_id },
              ...more,
            },
          } as never);
        await sends(81, anna.id + 1);
        await sends(82, undefined);
        await sends(83, anna.id, {
          forward_origin: { type: 'user', date: 1, sender_user: anna.raw },
        });
        expect(sentTexts()).not.toContain('83.');
        await sends(84, anna.id);
        expect(sentTexts().at(-1)).toBe('84.');
      },
    ),
  ],
  P16: [
    once('stored text reaches the terminal without control and bidi characters', async () => {
      const bad = '\u001b[2J\u0007\u007f\u009b31m\u202eevil\u2066\u2028\u200f\nforged line';
      const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const terminal = terminalOn({ input, output, error });
      await terminal.print(`data: ${JSON.stringify({ said: bad })}`, bad);
      terminal.writeError(bad);
      output.end();
      error.end();
      const shown = `${await textOf(output)}${await textOf(error)}`;
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      expect(shown.split('\n')).toHaveLength(4);
      expect(shown).toContain('\\u202eevil');
    }),
  ],
};
