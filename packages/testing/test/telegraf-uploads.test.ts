/** Apart from other tests, since uploads of Telegraf 4.16.3 hang on the newest Node (`test/runtimes` lists it). */

import { Telegraf, Telegram } from 'telegraf';
import { afterEach, expect, it } from 'vitest';
import { type BotWorld, telegram } from '../src/index.ts';

let world: BotWorld | undefined;
afterEach(() => world?.stop());

it.each(['process', 'polling', 'webhook'] as const)(
  'a new Telegram of Telegraf uploads a file to the fake Telegram, by %s',
  async (via) => {
    const token = '73:uploads';
    const bot = new Telegraf(token);
    bot.on('text', async (ctx) => {
      const elsewhere = new Telegram(token, { apiRoot: 'https://bot-api.example.com' });
      for (const client of [new Telegram(token), elsewhere])
        await client.sendDocument(ctx.chat.id, { source: Buffer.from('abc'), filename: 'a.txt' });
    });
    world = telegram(bot, { via });
    await world.user('Anna').sends('a file, please');
    expect(world.transcript().match(/^Bot: \[document\]/gm)).toHaveLength(2);
  },
);
