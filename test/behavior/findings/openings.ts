/** What strangers may reach: webhooks, local pages, terminals, addresses, files, and the storage of a group that moves. */

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { commandTree } from '@telefsm/commands';
import { type FsmStorage, flow } from '@telefsm/core';
import { inspector } from '@telefsm/devtools';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { botApiServer, telegram } from '@telefsm/testing';
import { expect } from 'vitest';
import { makeBot } from '../../../examples/bare-webhook/bot.ts';
import { requireSecret } from '../../../examples/serverless/function.ts';
import { readSettings } from '../../../examples/two-processes/settings.ts';
import { terminalOn } from '../../../packages/devtools/src/cli/terminal.ts';
import { textUpdate } from '../frameworks.ts';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

const named = expect.objectContaining({ code: 'INVALID_OPTION' });
const ask = flow('ask', { trigger: '/ask' })
  .ask('name', { prompt: 'Name?', choices: ['Anna', 'Ben'] })
  .done(({ name }) => `Hello, ${name}!`);

/** What a browser says when another page, or another name of this computer, sends a request. */
const foreign: readonly Readonly<Record<string, string>>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
];

/** Counts the walks over a storage; each waits for a gate. */
function walked(storage: FsmStorage) {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const walks: string[] = [];
  const slow: FsmStorage = {
    ...storage,
    async *list(query) {
      walks.push(query.prefix ?? '');
      await gate;
      yield* storage.list?.(query) ?? [];
    },
  };
  return { slow, walks, open: () => open() };
}

export const openings: Table<'P13' | 'P14' | 'P15' | 'P16' | 'P17' | 'P18'> = {
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
        const { world, anna, said } = play(framework, [phone]);
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
        expect(said()).not.toContain('83.');
        await sends(84, anna.id);
        expect(said().at(-1)).toBe('84.');
      },
    ),
  ],
  P16: [
    once('stored text reaches the terminal without control and bidi characters', async () => {
      const bad = '\u001b[2J\u0007\u007f\u009b31m\u202eevil\u2066\u2028\u200f\nforged line';
      const [input, output, error] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const terminal = terminalOn({ input, output, error });
      await terminal.print(`data: ${JSON.stringify({ said: bad })}`, bad);
      terminal.tell(bad);
      output.end();
      error.end();
      const shown = `${await textOf(output)}${await textOf(error)}`;
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      expect(shown.split('\n')).toHaveLength(4);
      expect(shown).toContain('\\u202eevil');
    }),
  ],
  P17: [
    played(
      'an address that is misspelled, null or no plain object is rejected by name',
      ({ framework }) => {
        const { machine } = play(framework, [ask]);
        const odd: readonly unknown[] = [
          { user: 7, rooom: 1 },
          { user: '7' },
          { user: Number.NaN },
          { chat: 1.5 },
          { user: 7, business: 1 },
          JSON.parse('{"__proto__": 7, "user": 7}'),
          null,
          undefined,
          7,
          [7],
        ];
        for (const address of odd) expect(() => machine.at(address as never)).toThrow(named);
      },
    ),
    played('each of many machines of one bot answers its own buttons', async ({ framework }) => {
      const bot = framework.bot();
      bot.noteErrors();
      const names = Array.from({ length: 60 }, (_, at) => `shop${at}`);
      for (const namespace of names) {
        const own = flow('own', { trigger: `/${namespace}` })
          .ask('one', { prompt: 'Which?', choices: ['a'] })
          .done(() => `${namespace}.`);
        const property = namespace === 'shop0' ? {} : { property: namespace };
        bot.fsm({ states: [own], namespace, ...property } as never);
      }
      const anna = telegram(bot.bot).user('Anna');
      for (const namespace of names) {
        await anna.sends(`/${namespace}`);
        await anna.taps('a');
        anna.sees(`${namespace}.`);
      }
      expect(bot.errors).toEqual([]);
    }),
    once('an option or a path that SQLite would run, cut or misread is rejected by name', () => {
      for (const synchronous of ['off; drop table telefsm_conversations', 'FULL\n', '', 7]) {
        expect(() => sqliteStorage(':memory:', { synchronous } as never)).toThrow(named);
      }
      for (const path of ['a\0b', '', ' ', undefined, 7]) {
        expect(() => sqliteStorage(path as never)).toThrow(named);
      }
    }),
    once('a new SQLite file is readable by its owner only', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'telefsm-'));
      const storage = sqliteStorage(join(folder, 'bot.db'));
      for (const name of ['bot.db', 'bot.db-wal'])
        expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
      await storage.close?.();
      await rm(folder, { recursive: true });
    }),
    once('a chat of a command tree without a name is rejected by name', () => {
      const tree = commandTree('tree');
      tree.root.command('go');
      for (const id of [undefined, null, {}, 7])
        expect(() => tree.chat(id as never)).toThrow(named);
    }),
  ],
  P18: [
    kept(
      'a group that becomes a supergroup is walked through once, and only its new chat waits',
      async ({ framework, storage }) => {
        const { slow, walks, open } = walked(storage());
        const bot = framework.bot();
        bot.noteErrors();
        bot.fsm({ states: [ask], storage: slow });
        const seen: string[] = [];
        bot.use(({ fsm, text }) => void seen.push(`${text} at ${fsm.current}`));
        const said = (id: number, chat: number, text: string, more: object = {}) => {
          const update = textUpdate(id, text, { user: 5, chat }) as { message: object };
          Object.assign(update.message, more);
          return bot.handle(update);
        };
        telegram(bot.bot);
        await said(1, -7, '/ask');
        const service = { text: undefined };
        await said(2, -7, '', { ...service, migrate_to_chat_id: -1007 });
        const second = said(3, -1007, '', { ...service, migrate_from_chat_id: -7 });
        const later = said(4, -1007, '/where');
        await said(5, 5, 'another chat');
        expect(seen).toContain('another chat at null');
        expect(seen.join()).not.toContain('/where');
        open();
        await Promise.all([second, later]);
        expect(seen.at(-1)).toBe('/where at ask:name');
        await said(6, -1007, '', { ...service, migrate_from_chat_id: -7 });
        expect(walks).toEqual(['telefsm:b1:c-7']);
        expect(bot.errors).toEqual([]);
      },
    ),
    kept(
      'a group whose walk fails is moved by the other service message',
      async ({ framework, storage }) => {
        const own = storage();
        let failures = 1;
        const { bot, machine } = play(framework, [ask], {
          storage: {
            ...own,
            list(query) {
              if (failures-- > 0) throw new Error('The connection is lost.');
              return own.list?.(query) as never;
            },
          },
        });
        const failed: string[] = [];
        machine.observe('storageFailed', ({ operation }) => failed.push(operation));
        const seen: unknown[] = [];
        bot.use(({ fsm }) => void seen.push(fsm.current));
        const said = (id: number, chat: number, text: string, more: object = {}) => {
          const update = textUpdate(id, text, { user: 5, chat }) as { message: object };
          Object.assign(update.message, more);
          return bot.handle(update);
        };
        await said(1, -7, '/ask');
        await said(2, -7, '', { text: undefined, migrate_to_chat_id: -1007 });
        await machine.stop();
        machine.start();
        await said(3, -1007, '', { text: undefined, migrate_from_chat_id: -7 });
        await said(4, -1007, '/where');
        await machine.stop();
        expect(seen.at(-1)).toBe('ask:name');
        expect(failed).toEqual(['migrate']);
      },
    ),
  ],
};
