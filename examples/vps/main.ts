/** The bot on grammY, as systemd runs it: long polling, SQLite, and a graceful stop. */

import { type FsmFlavor, fsm, isFsmError } from '@telefsm/grammy';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Bot, type Context } from 'grammy';
import { parcel, readSettings, texts } from './parcel.ts';

const { token, database, apiRoot } = readSettings(process.env);
const app = [parcel] as const;
const bot = new Bot<FsmFlavor<Context, typeof app>>(
  token,
  apiRoot === undefined ? {} : { client: { apiRoot } },
);
const storage = sqliteStorage(database);
const machine = fsm({ states: app, storage });
bot.use(machine);
bot.on('message', (ctx) => ctx.reply(texts.howTo));
bot.catch(({ error }) => {
  // After bot.stop(), grammY goes through the updates that it has fetched. Telegram delivers them again at the next start.
  if (!isFsmError(error, 'STOPPED')) console.error(error);
});
machine.start(bot); // timeouts

async function stop(): Promise<void> {
  await bot.stop(); // fetches no more updates, and confirms those that were handled
  await machine.stop(); // waits for running turns, 25 s at most
  await storage.close?.();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
await bot.start();
