/** Wizards, sessions and conversations on every storage: a restart at each step loses nothing. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Address, type Opened, open } from '../processes/engines.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { type StageFramework, stageFrameworks, textOf } from './stages.ts';

let redis: RedisServer;
let postgres: PostgresServer;
let folder: string;
beforeAll(async () => {
  [redis, postgres, folder] = await Promise.all([
    startRedis(),
    startPostgres(),
    mkdtemp(join(tmpdir(), 'telefsm-sessions-')),
  ]);
});
afterAll(async () => {
  await Promise.all([redis.stop(), postgres.close(), rm(folder, { recursive: true })]);
});

const kept = memoryStorage();
const engines: Readonly<Record<string, () => Opened>> = {
  memory: () => ({ storage: kept, close: async () => {} }),
  SQLite: () => at({ engine: 'sqlite', path: join(folder, 'sessions.db') }),
  Redis: () => at({ engine: 'redis', port: redis.port, space: 'sessions' }),
  PostgreSQL: () => at({ engine: 'postgres', url: postgres.url, space: 'sessions' }),
};
const at = (address: Address): Opened => open(address);
let bots = 0;

describe.each(Object.keys(engines))('on %s', (engine) => {
  describe.each(stageFrameworks)('a wizard with a session on $name', (framework) => {
    it('survives a restart at each step, two updates at once, a redelivery and an error', async () => {
      const opened: Opened[] = [];
      const namespace = `bot-${++bots}`;
      const make = () => {
        const one = (engines[engine] as () => Opened)();
        opened.push(one);
        return botOn(framework, one, namespace);
      };
      try {
        const tg = telegram(make());
        const anna = tg.user('Anna');
        await anna.sends('/order');
        await tg.restart(make);
        await expect(anna.sends('fail')).rejects.toThrow('broken');
        await tg.restart(make);
        await Promise.all([anna.sends('tea'), anna.sends('3')]);
        await tg.redeliver();
        anna.sees('3 × tea');
        await tg.restart(make);
        await anna.sends('hello');
        anna.sees('Orders: 1');
      } finally {
        for (const { close } of opened) await close();
      }
    });
  });
});

function botOn(framework: StageFramework, { storage }: Opened, namespace: string) {
  const bot = framework.bot();
  const settings = { storage, namespace, defaultSession: () => ({ orders: 0 }) };
  bot.use(framework.session(settings));
  const order = framework.wizard(
    'order',
    async (ctx) => {
      await ctx.reply('What?');
      ctx.wizard.next();
    },
    framework.step('what', async (ctx) => {
      ctx.wizard.state['what'] = textOf(ctx);
      ctx.wizard.next();
      if (textOf(ctx) === 'fail') throw new Error('broken');
      await ctx.reply('How many?');
    }),
    async (ctx) => {
      ctx.session = { ...ctx.session, orders: Number(ctx.session?.['orders']) + 1 };
      await ctx.reply(`${textOf(ctx)} × ${ctx.wizard.state['what']}`);
      await ctx.scene.leave();
    },
  );
  bot.use(framework.stage([order]) as never);
  bot.command('order', framework.Stage.enter('order'));
  bot.use((ctx) => ctx.reply(`Orders: ${ctx.session?.['orders']}`));
  return bot.bot;
}
