import { makeBot } from './after.ts';

const { BOT_TOKEN } = process.env;
if (BOT_TOKEN === undefined)
  throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
const bot = makeBot(BOT_TOKEN);
process.once('SIGINT', () => bot.stop('SIGINT'));
process.once('SIGTERM', () => bot.stop('SIGTERM'));
await bot.launch();
