import { createBot } from './bot.js';
import { closeStorage, storage } from './storage.js';

const token = process.env['BOT_TOKEN'];
if (!token) {
  console.error('Set BOT_TOKEN in .env. You get a token from https://t.me/BotFather.');
  process.exit(1);
}

const { bot, machine } = createBot(token, storage);
machine.start(bot); // timeouts fire from now on

/** Stops without losing an update: no new ones, then the running ones end, then the storage is closed. */
async function stop() {
  bot.stop();
  await machine.stop();
  await closeStorage();
}
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());

try {
  await bot.launch(() => console.log('The bot is running.'));
} catch (error) {
  console.error('The bot ends. If Telegram answers 401 or 404, BOT_TOKEN is wrong.');
  throw error;
}
