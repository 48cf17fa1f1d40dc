/** The bot on Telegraf, as systemd runs it: long polling, SQLite, and a graceful stop. */

import { sqliteStorage } from '@telefsm/storage-sqlite';
import { type FsmFlavor, fsm } from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';
import { parcel, readSettings, texts } from './parcel.ts';

const { token, database, apiRoot } = readSettings(process.env);
const app = [parcel] as const;
const bot = new Telegraf<FsmFlavor<Context, typeof app>>(token, {
  handlerTimeout: 11 * 60_000, // a little more than `turn.max`
  ...(apiRoot !== undefined && { telegram: { apiRoot } }),
});
const storage = sqliteStorage(database);
const machine = fsm({ states: app, storage });
bot.use(machine);
bot.on('message', (ctx) => ctx.reply(texts.howTo));
bot.catch((error) => console.error(error));
machine.start(bot); // timeouts

async function stop(): Promise<void> {
  bot.stop(); // fetches no more updates
  await machine.stop(); // waits for running turns, 25 s at most
  await storage.close?.();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
await bot.launch();
