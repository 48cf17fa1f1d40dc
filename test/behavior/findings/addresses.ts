/** Addresses, files and names that are checked, and a group that moves to another one. */

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandTree } from '@telefsm/commands';
import { type FsmStorage, flow } from '@telefsm/core';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { telegram } from '@telefsm/testing';
import { expect } from 'vitest';
import { textUpdate } from '../frameworks.ts';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

const named = expect.objectContaining({ code: 'INVALID_OPTION' });
const ask = flow('ask', { trigger: '/ask' })
  .ask('name', { prompt: 'Name?', choices: ['Anna', 'Ben'] })
  .done(({ name }) => `Hello, ${name}!`);

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

export const addresses: Table<'P17' | 'P18'> = {
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
        const messageIn = (id: number, chat: number, text: string, more: object = {}) => {
          const update = textUpdate(id, text, { user: 5, chat }) as { message: object };
          Object.assign(update.message, more);
          return bot.handle(update);
        };
        telegram(bot.bot);
        await messageIn(1, -7, '/ask');
        const service = { text: undefined };
        await messageIn(2, -7, '', { ...service, migrate_to_chat_id: -1007 });
        const second = messageIn(3, -1007, '', { ...service, migrate_from_chat_id: -7 });
        const later = messageIn(4, -1007, '/where');
        await messageIn(5, 5, 'another chat');
        expect(seen).toContain('another chat at null');
        expect(seen.join()).not.toContain('/where');
        open();
        await Promise.all([second, later]);
        expect(seen.at(-1)).toBe('/where at ask:name');
        await messageIn(6, -1007, '', { ...service, migrate_from_chat_id: -7 });
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
